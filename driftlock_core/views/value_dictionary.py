"""The reading of a series as a dictionary of its own past values: how far the nearest one is."""

from bisect import bisect_left
from collections.abc import Iterable

from driftlock_core.views.numbers import Newest


class ValueDictionary:
    """
    Codes each value by the nearest one seen before; the distance is what that code loses.

    Grows with −log2 of the nearest-neighbour estimate of the value's density,
    so a larger distance is a longer code. Blind to order: a usual value at an
    unusual time costs nothing here.
    """

    name = "value"

    def __init__(self, seen: Iterable[float] = ()) -> None:
        self._seen = Newest(seen)

    def cost(self, value: float) -> float:
        """Distance to the nearest remembered value, in the series' own unit; 0 for the first. Then remembers it."""
        ordered = self._seen.ordered
        nearest = 0.0
        if ordered:
            at = bisect_left(ordered, value)
            above = ordered[at] - value if at < len(ordered) else float("inf")
            below = value - ordered[at - 1] if at else float("inf")
            nearest = min(above, below)
        self._seen.add(value)
        return nearest

    def state(self) -> list[float]:
        """What :class:`ValueDictionary` is made from again."""
        return self._seen.arrived()
