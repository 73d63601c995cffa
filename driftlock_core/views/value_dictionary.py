"""The reading of a series as a dictionary of its own past values: how far the nearest one is."""

import math
from collections.abc import Iterable, Sequence

from driftlock_core.views.newest import Newest


class ValueDictionary:
    """
    Codes each value by the nearest one seen before; the distance is what that code loses.

    Grows with −log2 of the nearest-neighbour estimate of the value's density,
    so a larger distance is a longer code. Blind to order: a usual value at an
    unusual time costs nothing here.
    """

    name = "value"

    def __init__(self, seen: Iterable[float] = (), fresh: int = 0) -> None:
        self.seen = Newest(seen, fresh)

    def costs(self, values: Sequence[float]) -> list[float]:
        """Distance of each to the nearest one before it, in the series' own unit; 0 for the first. Then remembers them."""
        return [gap if gap < math.inf else 0.0 for gap in self.seen.gaps(values)]

    def before(self, back: int = 0) -> list[float]:
        """Values remembered before the one that came *back* values before the newest, ascending."""
        return self.seen.before(back)
