"""How far sets of tokens are from the nearest sets of the baseline, many at a time; a set may be a sample."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel
from driftlock_core.views.contract import Floats, Groups
from driftlock_core.views.key_table import numbered
from driftlock_core.views.stretches import Ints, Stretches, borders_of
from driftlock_core.views.token_lists import lists_of

REFERENCES: Final = 2000  # more make every look-up dearer and hardly come nearer
NEIGHBOURS: Final = 3
_LEAST: Final = 0.02  # bits: what everybody has still counts for something
# Weights are whole multiples of this many bits, so that sums of them are exact and no order changes them.
_GRAIN: Final = 2.0**-10
_LONG: Final = 8  # a list of more than an eighth of the references is added faster as a row of all of them
_AT_ONCE: Final = 1 << 18  # entries of the index worked on together


class TextSets:
    """
    Baseline sets, at most 2000 of them taken at equal steps, behind an index from token to sets.

    A token that *df* of the n references hold weighs max(0.02, −log2((df + ½) / (n + 1))) bits.

    Args:
        sets: Tokens of each baseline unit, ascending, each once; not negative.
        groups: Which units are left out together.
    """

    def __init__(self, sets: Stretches, groups: Groups) -> None:
        units = len(sets.borders) - 1
        count = min(units, REFERENCES)
        self.units = np.arange(count) * units // max(count, 1)  # baseline unit behind each reference
        parts = np.split(sets.symbols, sets.borders[1:-1]) if units else []
        chosen = [parts[at] for at in self.units.tolist()]
        self._groups = np.unique(groups, return_inverse=True)[1].astype(np.int64)
        self._owners = self._groups[self.units]
        tokens = np.concatenate([np.zeros(0, dtype=np.int64), *chosen])
        borders = borders_of([len(one) for one in chosen])
        holder = np.repeat(np.arange(count), np.diff(borders))
        self._table, _, place, self._held = numbered(tokens)
        self._chosen = Stretches(place, borders)  # places of each reference's tokens in the table
        common = 2 * self._held > count
        self._lists, listed = lists_of(place, holder, common, count)
        self._listed = listed.astype(np.uint16)
        self._starts = np.cumsum(self._lists) - self._lists
        # One entry more, for tokens no reference holds.
        self._lists, self._starts = np.append(self._lists, 0), np.append(self._starts, 0)
        self._common = np.append(common, False)
        self._held = np.append(self._held, 0)
        bits = np.maximum(_LEAST, -np.log2((np.arange(count + 1) + 0.5) / (count + 1)))
        self._weights: Floats = np.round(bits / _GRAIN) * _GRAIN  # by number of holders
        whole = self._weights[self._held[place]]
        self._sizes: Floats = np.bincount(holder, weights=whole, minlength=count).astype(np.float64)
        self._index = None if kernel.nearest is None else self._for_kernel()

    def inside(self, sets: Stretches, shares: Floats | None = None) -> Floats:
        """:meth:`outside` of the baseline's own sets, without the references and the counts of their group."""
        return self._distances(sets, shares, self._groups)

    def outside(self, sets: Stretches, shares: Floats | None = None) -> Floats:
        """
        Share of each set's weight that a reference lacks, and of the union's that is not shared.

        Each is the mean over the 3 nearest references; in [0, 1], 1 without
        any; shape ``(sets, 2)``.

        Args:
            sets: Tokens of each set, each once.
            shares: If a set is a sample, how large a share of the whole it is.
        """
        return self._distances(sets, shares, None)

    def nearest(self, tokens: Ints) -> int | None:
        """The reference with the smallest Jaccard distance, the first of equals; none if there are none."""
        if not len(self.units):
            return None
        _, jaccard = self._table_of(Stretches(tokens, borders_of([len(tokens)])), np.ones(1), None)
        return int(np.argmin(jaccard[0]))

    def weight(self, token: int) -> float:
        """Bits of one token."""
        return float(self._weights[self._held[self._table.find(np.array([token]))[0]]])

    def _distances(self, sets: Stretches, shares: Floats | None, groups: Groups | None) -> Floats:
        count = len(sets.borders) - 1
        rows = np.ones((count, 2))
        if not len(self.units):
            return rows
        whole = np.ones(count) if shares is None else shares
        if kernel.nearest is not None and self._index is not None:
            apart = None
            if groups is not None:
                apart = groups, self._owners, self._chosen.symbols, self._chosen.borders
            places = self._table.find(sets.symbols)
            kernel.nearest(self._index, places, sets.borders, whole, apart, rows.reshape(-1))
            return rows
        for start, stop in self._batches(sets):
            borders = sets.borders[start : stop + 1]
            part = Stretches(sets.symbols[borders[0] : borders[-1]], borders - borders[0])
            own = None if groups is None else groups[start:stop]
            residue, jaccard = self._table_of(part, whole[start:stop], own)
            rows[start:stop, 0], rows[start:stop, 1] = _mean_of_least(residue), _mean_of_least(jaccard)
        return rows

    def _for_kernel(self) -> tuple[npt.NDArray[np.generic], ...]:
        """
        What the kernel looks tokens up in; of long lists it also gets rows with a byte for each reference.

        Returns:
            For each token where its list begins, its length, its holders, and a
            mark: 1 if the list names those that lack it, 2(n + 1) if it is row n
            too; the lists; the rows; weights and sizes in 1/1024 bit.
        """
        count = len(self.units)
        (marked,) = np.nonzero(self._lists > count // _LONG)
        row = np.zeros(len(self._lists), dtype=np.int64)
        row[marked] = 1 + np.arange(len(marked))
        tokens = np.column_stack([self._starts, self._lists, self._held, 2 * row + self._common])
        lists = self._lists[marked]
        first = np.cumsum(lists) - lists
        entries = np.repeat(self._starts[marked] - first, lists) + np.arange(int(lists.sum()))
        rows = np.zeros((len(marked), count), dtype=np.uint8)
        rows[np.repeat(np.arange(len(marked)), lists), self._listed[entries]] = 255
        weights, sizes = ((bits / _GRAIN).astype(np.int64) for bits in (self._weights, self._sizes))
        return tokens.astype(np.int32).reshape(-1), self._listed, rows.reshape(-1), weights, sizes

    def _batches(self, sets: Stretches) -> Iterator[tuple[int, int]]:
        """Runs of sets whose distances are worked on together; what comes out does not depend on the run."""
        # Entries of the index there may be, roughly: a token is as a rule in few references.
        costs = len(self.units) + sets.lengths * (1 + len(self.units) // 8)
        start, held = 0, 0
        for stop, cost in enumerate(costs.tolist()):
            if held and held + cost > _AT_ONCE:
                yield start, stop
                start, held = stop, 0
            held += cost
        if start < len(costs):
            yield start, len(costs)

    def _table_of(self, sets: Stretches, shares: Floats, groups: Groups | None) -> tuple[Floats, Floats]:
        """Both distances to every reference, shape ``(sets, references)``; infinite to the set's own group."""
        count = len(sets.borders) - 1
        shape = (count, len(self.units))
        owner = np.repeat(np.arange(count), sets.lengths)
        places = self._table.find(sets.symbols)
        holders = self._held[places]
        sizes = np.broadcast_to(self._sizes, shape)
        apart = None
        if groups is not None:
            fewer, change = self._left_out(groups, owner, places)
            holders = holders - fewer
            sizes = sizes + change
            apart = groups[:, None] == self._owners[None, :]
        weights = self._weights[holders]
        whole = np.bincount(owner, weights=weights, minlength=count)[:, None] / shares[:, None]
        shared = self._shared(owner, places, weights, shape) / shares[:, None]
        union = np.maximum(whole + sizes - shared, np.maximum(whole, shared))
        residue = (whole - shared) / np.where(whole > 0, whole, 1.0)
        jaccard = (union - shared) / np.where(union > 0, union, 1.0)
        if apart is not None:
            residue[apart] = jaccard[apart] = np.inf
        return residue, jaccard

    def _shared(self, owner: Ints, places: Ints, weights: Floats, shape: tuple[int, int]) -> Floats:
        """Weight of each set's tokens in each reference."""
        lists, common = self._lists[places], self._common[places]
        first = np.cumsum(lists) - lists
        entries = np.repeat(self._starts[places] - first, lists) + np.arange(int(lists.sum()))
        cells = np.repeat(owner * shape[1], lists) + self._listed[entries]
        signed = np.repeat(np.where(common, -weights, weights), lists)
        found = np.bincount(cells, weights=signed, minlength=shape[0] * shape[1]).astype(np.float64)
        base = np.bincount(owner[common], weights=weights[common], minlength=shape[0]).astype(np.float64)
        return found.reshape(shape) + base[:, None]

    def _left_out(self, groups: Groups, owner: Ints, places: Ints) -> tuple[Ints, Floats]:
        """
        What leaving each set's group out changes.

        Returns:
            In how many fewer references each token at *places* then is, and
            by how much the size of every reference changes, for each set.
        """
        fewer = np.zeros(len(places), dtype=np.int64)
        change = np.zeros((len(groups), len(self.units)))
        borders = borders_of(np.bincount(owner, minlength=len(groups)))
        for row, group in enumerate(groups.tolist()):
            members = np.flatnonzero(self._owners == group)
            if not len(members):
                continue
            starts, stops = self._chosen.borders[members], self._chosen.borders[members + 1]
            of_members = [
                self._chosen.symbols[start:stop]
                for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
            ]
            left, times = np.unique(np.concatenate(of_members), return_counts=True)
            lost = self._weights[self._held[left] - times] - self._weights[self._held[left]]
            change[row] = self._shared(np.zeros(len(left), dtype=np.int64), left, lost, (1, len(self.units)))[
                0
            ]
            mine = places[borders[row] : borders[row + 1]]
            at = np.minimum(np.searchsorted(left, mine), len(left) - 1) if len(left) else None
            if at is not None:
                fewer[borders[row] : borders[row + 1]] = np.where(left[at] == mine, times[at], 0)
        return fewer, change


def _mean_of_least(distances: Floats) -> Floats:
    """Mean of the smallest three that are finite, of fewer where there are fewer; 1 where there are none."""
    count = min(NEIGHBOURS, distances.shape[1])
    least = np.sort(np.partition(distances, count - 1, axis=1)[:, :count], axis=1)
    total, found = np.zeros(len(least)), np.zeros(len(least))
    for column in least.T:
        there = np.isfinite(column)
        total[there] += column[there]
        found += there
    mean: Floats = np.where(found > 0, total / np.maximum(found, 1), 1.0)
    return mean
