"""How far out in the tails of its baseline numbers a number lies, in bits."""

from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups
from driftlock_core.views.field_codes import Ints

SMALLEST_SPREAD: Final = 0.25  # on the asinh axis, where 1 is about a factor of e


class NumberTails:
    """
    Two-sided tail of a number among the baseline's.

    With N baseline numbers, lo of them at most as high and hi at least as
    high: −log2 min(1, 2 min(lo + 1, hi + 1) / (N + 1)), and beyond either end
    2 log2(1 + excess / spread) more, the spread being half the distance of
    the 10 % and 90 % quantiles.

    Args:
        values: The baseline's numbers on the field's axis.
        groups: Leave-out group of each.

    >>> tails = NumberTails(np.arange(15.0), np.arange(15))
    >>> [round(float(bits), 2) for bits in tails.outside(np.array([7.0, 0.0, -7.0]))]
    [0.0, 2.0, 5.34]
    """

    def __init__(self, values: Floats, groups: Groups) -> None:
        order = np.lexsort((groups, values))
        self._values, self._groups = values[order], groups[order]
        ten, ninety = np.quantile(self._values, (0.1, 0.9))
        self._spread = max((float(ninety) - float(ten)) / 2, SMALLEST_SPREAD)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def mean_bits(self) -> float:
        """What the baseline's own numbers cost on average."""
        return float(self.outside(self._values).mean())

    def outside(self, values: Floats) -> Floats:
        """Bits of numbers the baseline does not hold."""
        lo = np.searchsorted(self._values, values, side="right")
        hi = len(self) - np.searchsorted(self._values, values, side="left")
        excess = np.maximum(self._values[0] - values, values - self._values[-1])
        return self._bits(lo, hi, excess)

    def inside(self, values: Floats, groups: Groups) -> Floats:
        """Bits of baseline numbers, those of their own group taken out of lo, hi and the range."""
        place, places = np.unique(self._values, return_inverse=True)
        span = len(place) + 1
        keys = np.sort(self._groups * span + places)
        asked = np.searchsorted(place, values)
        own_lo = _up_to(keys, groups * span + asked) - _up_to(keys, groups * span - 1)
        own_hi = _up_to(keys, groups * span + span - 1) - _up_to(keys, groups * span + asked - 1)
        lo = np.searchsorted(self._values, values, side="right") - own_lo
        hi = len(self) - np.searchsorted(self._values, values, side="left") - own_hi
        lowest, highest = self._end(groups, first=True), self._end(groups, first=False)
        # With no other number left there is no range to exceed.
        excess = np.fmax(np.fmax(lowest - values, values - highest), 0.0)
        return self._bits(lo, hi, excess)

    def _end(self, groups: Groups, *, first: bool) -> Floats:
        """The lowest (or highest) number of the other groups; NaN if there is none."""
        values, owners = (self._values, self._groups) if first else (self._values[::-1], self._groups[::-1])
        others = np.flatnonzero(owners != owners[0])
        runner_up = values[others[0]] if len(others) else np.nan
        end: Floats = np.where(groups == owners[0], runner_up, values[0])
        return end

    def _bits(self, lo: Ints, hi: Ints, excess: Floats) -> Floats:
        # N is the whole baseline's inside too, so that beyond all others costs the same for both.
        share = np.minimum(1.0, 2 * (np.minimum(lo, hi) + 1) / (len(self) + 1))
        bits: Floats = -np.log2(share) + 2 * np.log2(1 + np.maximum(excess, 0.0) / self._spread)
        return bits + 0.0  # −log2 1 is −0


def _up_to(ordered: Ints, keys: Ints) -> Ints:
    counts: Ints = np.searchsorted(ordered, keys, side="right").astype(np.int64)
    return counts
