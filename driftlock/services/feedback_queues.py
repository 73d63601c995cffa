"""Which windows are shown to be labelled, and in which order."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock.services.tuning_figures import WindowMap
from driftlock_core.recount import Rule
from driftlock_core.windows import Floats, Ints

SAMPLE: Final = 40  # unflagged windows a day
_SPARE: Final = 4  # as many times more are drawn, for those that turn out to be flagged
_U64: Final = np.uint64
# Multipliers of the finaliser of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
# Generators", 2014): every bit of a number moves every bit of the result.
_STEPS: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def drawn(stream_id: str, day: date, windows: int, most: int = SAMPLE) -> list[int]:
    """
    Window numbers drawn without replacement, the same for everybody all day long.

    Every window has a rank made of the stream, the day and its number; the
    smallest ranks are drawn. Windows that come during the day may join, and
    the order of all others stays.

    Args:
        windows: Judged so far; numbers are below it.
        most: Wanted unflagged; spare ones are drawn for those that are flagged.

    >>> drawn("5f0c33d1a9b24e76", date(2026, 1, 5), 1000, most=1)
    [962, 114, 633, 461, 183]
    """
    ranks = _mixed(np.arange(windows, dtype=_U64), _seed(f"{stream_id} {day.isoformat()}"))
    wanted = min(windows, (1 + _SPARE) * most)
    if not wanted:
        return []
    smallest = np.argpartition(ranks, wanted - 1)[:wanted]
    order = smallest[np.argsort(ranks[smallest], kind="stable")]
    return [int(one) for one in order]


def by_nearness(found: WindowMap, rule: Rule) -> tuple[Ints, Floats]:
    """
    Windows in order of how little a limit would have to move for them to change sides.

    Returns:
        Window numbers, and that movement as the absolute logarithm of a
        ratio: 0.1 is about 10 % of the limit. Windows that cannot be decided are left out.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        by_distance = np.log(np.maximum(found.distance, 0.0) / rule.threshold)
        by_p = np.log(rule.alpha / found.p)
    # Flagged: the smaller of two excesses. Not flagged: the larger of two shortfalls. Both are the minimum.
    margin = np.abs(np.minimum(by_distance, by_p))
    margin = np.where(np.isnan(margin) | found.unknown, np.inf, margin)
    order = np.argsort(margin, kind="stable")
    order = order[np.isfinite(margin[order])]
    return found.window[order], margin[order]


def apart(order: Iterable[int], reach: int, most: int) -> list[int]:
    """
    The first *most* of *order* of which no two overlap or touch.

    >>> apart([10, 12, 30, 31], reach=5, most=9)
    [10, 30]
    """
    chosen: list[int] = []
    for window in order:
        if all(abs(window - one) > reach for one in chosen):
            chosen.append(int(window))
            if len(chosen) == most:
                break
    return chosen


def _seed(text: str) -> np.uint64:
    return _U64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big"))


def _mixed(numbers: npt.NDArray[np.uint64], seed: np.uint64) -> npt.NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        state = (numbers + _U64(1)) * _U64(0x9E3779B97F4A7C15) + seed
        for shift, factor in _STEPS:
            state = (state ^ (state >> _U64(shift))) * _U64(factor)
        mixed: npt.NDArray[np.uint64] = state ^ (state >> _U64(31))
    return mixed
