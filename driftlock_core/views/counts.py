"""View "counts": how often a unit holds each of its templates, against how often other units hold it."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit

Ints = npt.NDArray[np.int64]

_EXACT: Final = 6  # counts up to this have a bucket each; above, two buckets an octave
_PRIOR: Final = 0.3  # units added to every bucket, so that an empty one has finite bits
_SPREAD: Final = 0.9  # units added to the denominator: three buckets of prior
_SHARED: Final = 0.25  # weight of the neighbouring buckets of a wide one
_NEW_SURCHARGE: Final = 2.0  # bits for a template nobody has, over an empty bucket of a known one
_NEW: Final = 4.0  # bits of excess for the first of a template nobody has
_MOST_PLACES: Final = 5
_DECIMALS: Final = 9


class CountView:
    """
    Two statistics of a unit's template counts, in bits.

    ``cnt.max``: the rarest count, ``−log2((h + 0.3 + nbr)/(n + 0.9))``, h the
    other units with as many (in the same bucket) of that template and nbr a
    quarter of those in the buckets beside it, if it is wide.
    ``cnt.exc``: what exceeds the largest count q of any other unit, summed over
    templates: ``2·log2(c/q)``, or ``4 + 2·log2(1 + c)`` where nobody has it.

    n is the size of the whole baseline, inside and outside.
    """

    name: Final = "counts"
    statistics: Final = (Statistic(name="cnt.max"), Statistic(name="cnt.exc"))

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        self._units = len(baseline)
        self._templates: dict[bytes, int] = {}
        rows, templates, counts = [], [], []
        for row, unit in enumerate(baseline):
            for line, count in Counter(unit.canonical).items():
                rows.append(row)
                templates.append(self._templates.setdefault(line, len(self._templates)))
                counts.append(count)
        self._row = np.array(rows, dtype=np.int64)
        self._template = np.array(templates, dtype=np.int64)
        self._count = np.array(counts, dtype=np.int64)
        dense = np.unique(np.asarray(groups, dtype=np.int64), return_inverse=True)[1].reshape(-1)
        self._group: Ints = dense[self._row].astype(np.int64)
        self._base = bucket_of(int(self._count.max(initial=0))) + 2  # the neighbour above has a number too
        self._bucket = np.array([bucket_of(count) for count in counts], dtype=np.int64)
        self._cells, self._held = _tally(self._template * self._base + self._bucket)
        self._largest = np.zeros(len(self._templates), dtype=np.int64)
        np.maximum.at(self._largest, self._template, self._count)

    def inside(self) -> Floats:
        groups = int(self._group.max(initial=0)) + 1
        # A unit's own group is taken out of a bucket by counting the pairs (bucket of template, group).
        cell = self._template * self._base + self._bucket
        own_cells, own_held = _tally(cell * groups + self._group)
        near = [
            _looked_up(cell + step, self._cells, self._held)
            - _looked_up((cell + step) * groups + self._group, own_cells, own_held)
            for step in (0, -1, 1)
        ]
        bits, excess = self._bits(near, self._count, self._bucket, self._largest_elsewhere(groups))
        return _rows(self._row, bits, excess, self._units)

    def outside(self, units: Sequence[Unit]) -> Floats:
        row, _, bits, excess = self._judge(units)
        return _rows(row, bits, excess, len(units))

    def places(self, unit: Unit) -> list[Place]:
        """The first event of each template whose count is rarest."""
        _, held, bits, excess = self._judge([unit])
        dearest = np.argsort(-np.maximum(bits, excess), kind="stable")[:_MOST_PLACES].tolist()
        places = []
        for at in dearest:
            line, count = held[at]
            known = self._templates.get(line)
            if known is None:
                what = f"{count} × a line no unit of the baseline has"
            else:
                what = f"{count} × this line; units of the baseline have at most {int(self._largest[known])}"
            bits_here = float(max(bits[at], excess[at]))
            places.append(Place(event=unit.canonical.index(line), bits=bits_here, what=what))
        return places

    def _judge(self, units: Sequence[Unit]) -> tuple[Ints, list[tuple[bytes, int]], Floats, Floats]:
        held = [
            (row, line, count) for row, u in enumerate(units) for line, count in Counter(u.canonical).items()
        ]
        row = np.array([row for row, _, _ in held], dtype=np.int64)
        count = np.array([count for _, _, count in held], dtype=np.int64)
        template = np.array([self._templates.get(line, -1) for _, line, _ in held], dtype=np.int64)
        bucket = np.array([bucket_of(count) for _, _, count in held], dtype=np.int64)
        near = []
        for step in (0, -1, 1):
            known = (template >= 0) & (bucket + step < self._base)
            cell = np.where(known, template * self._base + bucket + step, -1)
            near.append(_looked_up(cell, self._cells, self._held))
        largest = np.zeros(len(held), dtype=np.int64)
        largest[template >= 0] = self._largest[template[template >= 0]]
        bits, excess = self._bits(near, count, bucket, largest)
        return row, [(line, count) for _, line, count in held], bits, excess

    def _bits(self, near: list[Ints], count: Ints, bucket: Ints, largest: Ints) -> tuple[Floats, Floats]:
        """Bits of each count and its excess; *near*: others in its bucket, in the one below and above."""
        same, below, above = near
        shared = np.where(bucket > _EXACT, _SHARED * (below + above), 0.0)
        bits = -np.log2((same + _PRIOR + shared) / (self._units + _SPREAD))
        bits = bits + np.where(largest == 0, _NEW_SURCHARGE, 0.0)
        over = 2 * np.log2(np.maximum(count / np.maximum(largest, 1), 1.0))
        return bits, np.where(largest == 0, _NEW + 2 * np.log2(1.0 + count), over)

    def _largest_elsewhere(self, groups: int) -> Ints:
        """For each pair (unit, template), the template's largest count in any unit of another group."""
        pairs, pair = np.unique(self._template * groups + self._group, return_inverse=True)
        best = np.zeros(len(pairs), dtype=np.int64)
        np.maximum.at(best, pair.reshape(-1), self._count)
        owner = pairs // max(groups, 1)
        order = np.lexsort((-best, owner))
        first = np.flatnonzero(np.diff(owner[order], prepend=-1))
        second = np.zeros(len(self._templates), dtype=np.int64)
        follows = first + 1 < np.append(first[1:], len(order))
        second[owner[order[first[follows]]]] = best[order[first[follows] + 1]]
        leads = np.zeros(len(pairs), dtype=np.bool_)
        leads[order[first]] = True
        elsewhere: Ints = np.where(leads, second[owner], self._largest[owner])[pair.reshape(-1)]
        return elsewhere


def bucket_of(count: int) -> int:
    """
    Counts up to 6 stand alone, then two buckets an octave.

    >>> [bucket_of(count) for count in (1, 6, 7, 8, 9, 11, 12, 15, 16, 10**6)]
    [1, 6, 7, 8, 8, 8, 9, 9, 10, 41]
    """
    if count <= _EXACT:
        return count
    octave = count.bit_length() - 1
    upper = count * count >= 1 << 2 * octave + 1  # count ≥ 2^(octave + ½), exactly
    return 2 * octave + upper + 2


def _tally(keys: Ints) -> tuple[Ints, Ints]:
    known, held = np.unique(keys, return_counts=True)
    return known, held


def _looked_up(keys: Ints, known: Ints, held: Ints) -> Ints:
    if not len(known):
        return np.zeros(len(keys), dtype=np.int64)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[place] == keys, held[place], 0)


def _rows(row: Ints, bits: Floats, excess: Floats, units: int) -> Floats:
    rows = np.zeros((units, 2))
    np.maximum.at(rows[:, 0], row, bits)
    # Inside, templates are summed in another order than outside; ranks must not see the last digits.
    rows[:, 1] = np.bincount(row, weights=excess, minlength=units)
    return np.round(rows, _DECIMALS)
