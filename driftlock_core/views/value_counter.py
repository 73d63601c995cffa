"""Counters: a series that only climbs is judged by its increments."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

FEWEST: Final = 16  # numbers of a warm-up: fewer may climb by chance
RESETS_PART: Final = 100  # at most one step in so many falls


def is_counter(values: Sequence[float]) -> bool:
    """
    Whether *values* climb as a counter does: never down but for rare resets to at most half, and mostly up.

    >>> is_counter([float(n * n) for n in range(50)]), is_counter([float(n % 7) for n in range(50)])
    (True, False)
    """
    if len(values) < FEWEST or min(values) < 0.0:
        return False
    steps = list(pairwise(values))
    falls = [(before, after) for before, after in steps if after < before]
    climbs = sum(after > before for before, after in steps)
    return (
        all(after <= before / 2 for before, after in falls)
        and len(falls) * RESETS_PART <= len(steps)
        and 2 * climbs >= len(steps)
    )


def increment(before: float, value: float) -> float:
    """
    What was counted from *before* to *value*; NaN after a reset, since what was counted up to it is not known.

    >>> increment(70.0, 75.0), increment(70.0, 69.0), increment(70.0, 3.0)
    (5.0, -1.0, nan)
    """
    return value - before if value > before / 2 else math.nan
