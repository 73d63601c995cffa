"""What a numeric series was expected to show next: a range of values from the symbols or the season."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from driftlock_core.views.numbers import TAILS, Grid

# Part of the expected probability that is left out on each side: the range is the central nine tenths.
LEFT_OUT: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """
    What a detector expected of a record that raised an alert, from earlier records alone.

    Attributes:
        record: 0-based, counted from the detector's first record.
        value: What came instead, in the series' own unit.
        low: 5 % of what was expected lies below, in the series' own unit.
        high: 5 % of what was expected lies above; *low* to *high* hold the central 90 %.
        nearest: Remembered value nearest to *value*; the smaller of two.
        view: Name of the reading that was surprised most, the first of equals.
        surprise: Decades of each reading, in the order of the detector's readings.
        bits: The excess in bits: what describing the record took beyond the usual.
        p_value: As in the scores.
        page: As in the scores.
    """

    record: int
    value: float
    low: float
    high: float
    nearest: float
    view: str
    surprise: tuple[float, ...]
    bits: float
    p_value: float
    page: bool


def central(ordered: Sequence[float], grid: Grid, probability: Sequence[float]) -> tuple[float, float]:
    """
    Central 90 % of the next value, when *probability* says how likely each symbol of *grid* is.

    Within a symbol the values are as usual as they were before. A symbol that
    no remembered value has is left out, since it names no value.

    Args:
        ordered: Remembered values, ascending, at least one.
        probability: Of each symbol, shape ``(symbols,)``, positive.

    >>> grid = Grid(low=0.0, high=4.0, cells=4)
    >>> likely = [0.0, 0.96, 0.04, 0.0] + [0.0] * 8
    >>> central([0.1, 1.1, 1.2, 1.3, 2.5, 3.5], grid, likely)
    (1.1, 1.3)
    """
    parts: list[tuple[float, int, int]] = []
    start = 0
    while start < len(ordered):
        symbol = grid.symbol(ordered[start])
        place = _place(grid, symbol)
        stop = bisect_right(ordered, place, lo=start, key=lambda value: _place(grid, grid.symbol(value)))
        parts.append((probability[symbol], start, stop))
        start = stop
    return _at(ordered, parts, LEFT_OUT), _at(ordered, parts, 1.0 - LEFT_OUT)


def central_values(ordered: Sequence[float]) -> tuple[float, float]:
    """
    Central 90 % of *ordered*, ascending and not empty, each as likely as the others.

    >>> central_values([float(n) for n in range(100)])
    (5.0, 95.0)
    """
    whole = [(1.0, 0, len(ordered))]
    return _at(ordered, whole, LEFT_OUT), _at(ordered, whole, 1.0 - LEFT_OUT)


def nearest(ordered: Sequence[float], value: float) -> float:
    """The one of *ordered*, ascending and not empty, that is nearest to *value*; the smaller of two."""
    at = bisect_left(ordered, value)
    around = ordered[max(0, at - 1) : at + 1]
    return min(around, key=lambda one: abs(one - value))


def _place(grid: Grid, symbol: int) -> int:
    """Place of *symbol* in the order of its values: 0 is the lowest cell, what lies below is negative."""
    above = grid.symbols - TAILS
    return symbol if symbol < above else above - 1 - symbol


def _at(ordered: Sequence[float], parts: Sequence[tuple[float, int, int]], share: float) -> float:
    """Value up to which *share* of the weight of *parts* (weight, first place, place behind the last) lies."""
    wanted = share * math.fsum(weight for weight, _, _ in parts)
    for weight, start, stop in parts:
        if wanted < weight:
            return ordered[start + int(wanted / weight * (stop - start))]
        wanted -= weight
    return ordered[-1]
