"""Two-sided rank tails of numbers within many keys at once, any group left out."""

from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.views.contract import Floats, Groups

Ints = npt.NDArray[np.int64]

FEWEST_VALUES: Final = 8  # of others; fewer say nothing about a tail
_LEAST_SD: Final = 0.25  # a place that never varied does not make every change a catastrophe


class Tails:
    """
    Tails of values within their key.

    Args:
        keys: Of each baseline value, 0 to the number of keys − 1, none left out.
        values: Finite.
        groups: Leave-out group of each value.
    """

    def __init__(self, keys: Ints, values: Floats, groups: Groups) -> None:
        self._keys, self._values = keys, values
        self._groups: Ints = np.unique(groups, return_inverse=True)[1].reshape(-1).astype(np.int64)
        order = np.lexsort((values, keys))
        self._sorted = values[order]
        self._counts = np.bincount(keys)
        self._starts = np.cumsum(self._counts) - self._counts
        # Sums of squares are taken about the middle of a key, where they lose no digits.
        sums = np.bincount(keys, weights=values, minlength=len(self._counts))
        self._middle = sums / np.maximum(self._counts, 1)
        self._sum, self._squares = self._moments(keys, len(self._counts))

    def extremes(self, key: int) -> tuple[float, float]:
        """Smallest and largest value of a key."""
        start = int(self._starts[key])
        return float(self._sorted[start]), float(self._sorted[start + int(self._counts[key]) - 1])

    def inside(self) -> Floats:
        """Bits of each baseline value against those of other groups; NaN where they are fewer than 8."""
        if not len(self._keys):
            return np.zeros(0)
        groups = int(self._groups.max()) + 1
        pairs, pair = np.unique(self._keys * groups + self._groups, return_inverse=True)
        pair = pair.reshape(-1)
        own_sum, own_squares = self._moments(pair, len(pairs))
        own_count = np.bincount(pair)
        own_low, own_high = _ranks(pair, self._values)
        low, high = _ranks(self._keys, self._values)
        smallest = -_largest_elsewhere(self._keys, pair, -self._values)
        largest = _largest_elsewhere(self._keys, pair, self._values)
        return _bits(
            self._values,
            (low - own_low, high - own_high),
            (self._counts[self._keys] - own_count[pair]),
            (self._sum[self._keys] - own_sum[pair], self._squares[self._keys] - own_squares[pair]),
            (smallest, largest),
        )

    def outside(self, keys: Ints, values: Floats) -> Floats:
        """Bits of each value against all of its key; key −1 is unknown. NaN where they are fewer than 8."""
        bits = np.full(len(keys), np.nan)
        at = np.flatnonzero(keys >= 0)
        key, value = keys[at], values[at]
        order = np.argsort(key, kind="stable")
        low, high = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
        for same in np.split(order, np.flatnonzero(np.diff(key[order])) + 1) if len(at) else []:
            start = int(self._starts[key[same[0]]])
            known = self._sorted[start : start + int(self._counts[key[same[0]]])]
            low[same] = np.searchsorted(known, value[same], side="right")
            high[same] = len(known) - np.searchsorted(known, value[same], side="left")
        if len(at):
            count = self._counts[key]
            ends = self._sorted[self._starts[key]], self._sorted[self._starts[key] + count - 1]
            bits[at] = _bits(value, (low, high), count, (self._sum[key], self._squares[key]), ends)
        return bits

    def _moments(self, owner: Ints, owners: int) -> tuple[Floats, Floats]:
        away = self._values - self._middle[self._keys]
        return (
            np.bincount(owner, weights=away, minlength=owners).astype(np.float64),
            np.bincount(owner, weights=away * away, minlength=owners).astype(np.float64),
        )


def _bits(
    value: Floats,
    ranks: tuple[Ints, Ints],
    count: Ints,
    moments: tuple[Floats, Floats],
    ends: tuple[Floats, Floats],
) -> Floats:
    some = np.maximum(count, 1)
    rarer = np.minimum(ranks[0], ranks[1])
    tail = -np.log2(np.minimum(1.0, 2 * (rarer + 1) / (count + 1)))
    mean = moments[0] / some
    sd = np.sqrt(np.maximum(moments[1] / some - mean * mean, 0.0))
    enough = count >= FEWEST_VALUES
    excess = np.where(enough, np.maximum(np.maximum(ends[0] - value, value - ends[1]), 0.0), 0.0)
    bits: Floats = np.where(enough, tail + 2 * np.log2(1 + excess / np.maximum(sd, _LEAST_SD)), np.nan)
    return bits


def _ranks(owner: Ints, values: Floats) -> tuple[Ints, Ints]:
    """Values of the same owner not above, and not below, each value; itself counts."""
    order = np.lexsort((values, owner))
    sizes = np.bincount(owner)
    starts = (np.cumsum(sizes) - sizes)[owner]
    dense = np.unique(values, return_inverse=True)[1].reshape(-1)
    spread = int(dense.max()) + 1
    keys = owner * spread + dense
    ranked = keys[order]
    low = np.searchsorted(ranked, keys, side="right") - starts
    high = sizes[owner] - (np.searchsorted(ranked, keys, side="left") - starts)
    return low, high


def _largest_elsewhere(keys: Ints, pair: Ints, values: Floats) -> Floats:
    """For each value, the largest of its key in another group; −inf if there is none."""
    best = np.full(int(pair.max()) + 1, -np.inf)
    np.maximum.at(best, pair, values)
    owner = np.zeros(len(best), dtype=np.int64)
    owner[pair] = keys
    order = np.lexsort((-best, owner))
    first = np.flatnonzero(np.diff(owner[order], prepend=-1))
    follows = first + 1 < np.append(first[1:], len(order))
    second = np.full(int(keys.max()) + 1, -np.inf)
    second[owner[order[first[follows]]]] = best[order[first[follows] + 1]]
    top = np.full(int(keys.max()) + 1, -np.inf)
    top[owner[order[first]]] = best[order[first]]
    leads = np.zeros(len(best), dtype=np.bool_)
    leads[order[first]] = True
    elsewhere: Floats = np.where(leads[pair], second[keys], top[keys])
    return elsewhere
