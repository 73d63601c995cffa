"""View "nearest": how much of a unit the most similar baseline units do not have."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.line_templates import Templates
from driftlock_core.views.nearest_sets import NearestSets
from driftlock_core.views.session_grams import SessionGrams
from driftlock_core.views.stretches import Ints

_COUNTED: Final = (1, 2)  # lines
_RUNS: Final = (2, 4, 6)  # lines
# A token is the owner's number, the gram's length, the gram's number and, where it counts, a power of two.
_POWERS, _LENGTH, _OWNER = 6, 28, 31  # bits
_MOST_PLACES: Final = 5


class NearestView:
    """
    Distance to the three nearest baseline units, weighted by how rare the shared pieces are.

    ``near.b2.jac3``: templates and pairs of templates with their counts, a
    token for each power of two reached; the share of the union's weight that
    is not shared. ``near.s246.res3``: runs of 2, 4 and 6 templates, present or
    not; the share of the unit's weight that the other lacks. Start and end of
    the unit count as templates. Weights are those of :class:`NearestSets`.
    """

    name: Final = "nearest"
    statistics: Final = (Statistic(name="near.b2.jac3"), Statistic(name="near.s246.res3"))

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        self._templates = Templates(baseline)
        framed = self._templates.framed(baseline)
        self._grams = SessionGrams(framed)
        counted, runs = self._counted(framed), self._runs(framed)
        self._by_counts = NearestSets(counted, groups)
        self._by_runs = NearestSets(runs, groups)
        rows = [
            (
                self._by_counts.distances(counted[at], without=group)[1],
                self._by_runs.distances(runs[at], without=group)[0],
            )
            for at, group in enumerate(groups.tolist())
        ]
        self._inside = np.array(rows, dtype=np.float64).reshape(-1, len(self.statistics))

    def inside(self) -> Floats:
        """Each unit against the references of all other groups."""
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Each unit against all references; equal units are looked up once."""
        numbers: dict[tuple[int, ...], int] = {}
        which = [
            numbers.setdefault(tuple(symbols), len(numbers)) for symbols in self._templates.framed(units)
        ]
        different = [*numbers]
        rows = [
            (self._by_counts.distances(counted)[1], self._by_runs.distances(runs)[0])
            for counted, runs in zip(self._counted(different), self._runs(different), strict=True)
        ]
        return np.array(rows, dtype=np.float64).reshape(-1, len(self.statistics))[which]

    def places(self, unit: Unit) -> list[Place]:
        """First events of the dearest counts and pairs the nearest baseline unit does not share."""
        framed = self._templates.framed([unit])
        (tokens,) = self._counted(framed)
        nearest = self._by_counts.nearest(tokens)
        if nearest is None or not unit.canonical:
            return []
        first: dict[int, int] = {}  # event that completes a gram for the first time
        for length in _COUNTED:
            for at, gram in enumerate(self._grams.number(framed, length)[1].tolist()):
                event = max(0, min(at + length - 2, len(unit.canonical) - 1))
                first.setdefault(self._offset(length) + gram, event)
        dearest: dict[int, tuple[float, int]] = {}
        for token in np.setdiff1d(tokens, self._by_counts.tokens(nearest)).tolist():
            event = first[token >> _POWERS]
            before, count = dearest.get(event, (0.0, 0))
            dearest[event] = before + self._by_counts.weight(token), count + 1
        at = int(self._by_counts.units[nearest])
        return [
            Place(
                event=event,
                bits=bits,
                what=f"{count} of its counts and pairs are not in the nearest baseline unit ({at})",
            )
            for event, (bits, count) in sorted(dearest.items(), key=lambda each: (-each[1][0], each[0]))
        ][:_MOST_PLACES]

    def _counted(self, framed: Sequence[Sequence[int]]) -> list[Ints]:
        """Each template and pair of neighbours of a sequence, with the powers of two its count reaches."""
        tokens = []
        for length in _COUNTED:
            owner, gram = self._grams.number(framed, length)
            keys, counts = np.unique(owner << _OWNER | self._offset(length) + gram, return_counts=True)
            reached = np.frexp(counts.astype(np.float64))[1].astype(np.int64)  # bits of the count
            powers = np.arange(int(reached.sum())) - np.repeat(np.cumsum(reached) - reached, reached)
            tokens.append(np.repeat(keys, reached) << _POWERS | powers)
        return _by_owner(np.sort(np.concatenate(tokens)), len(framed), _OWNER + _POWERS)

    def _runs(self, framed: Sequence[Sequence[int]]) -> list[Ints]:
        """The different runs of a sequence."""
        tokens = []
        for length in _RUNS:
            owner, gram = self._grams.number(framed, length)
            tokens.append(owner << _OWNER | self._offset(length) + gram)
        return _by_owner(np.unique(np.concatenate(tokens)), len(framed), _OWNER)

    def _offset(self, length: int) -> int:
        """Keeps grams of different lengths apart, also those the baseline does not hold."""
        return length << _LENGTH


def _by_owner(tokens: Ints, owners: int, shift: int) -> list[Ints]:
    """Tokens of each owner without the owner, ascending as they are."""
    borders = np.searchsorted(tokens, np.arange(1, owners, dtype=np.int64) << shift)
    return np.split(tokens & (1 << shift) - 1, borders) if owners else []
