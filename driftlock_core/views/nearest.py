"""View "nearest": how much of a unit the most similar baseline units do not have."""

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.overlap import MOST_REFERENCES, Overlap

_MOST_PLACES: Final = 5
_DECIMALS: Final = 9  # sums run in different orders inside and outside

Line = bytes | None  # None frames a unit: its start and its end


class NearestView:
    """
    Distance to the nearest baseline units, weighted by how rare the shared pieces are.

    A unit is a set of tokens, and a token t that df of the n baseline units
    have weighs ``W(t) = max(0.02, −log2((df + 0.5)/(n + 1)))`` bits; df leaves
    the own group out. ``res = 1 − W(shared)/W(unit)`` and
    ``jac = 1 − W(shared)/W(union)``, against at most 2000 baseline units.

    ``near.b2``: lines and pairs of lines with their counts, a token for each
    power of two reached; to the nearest by res, and the mean over the three
    nearest by jac. ``near.s246``: runs of 2, 4 and 6 lines, present or not; to
    the nearest. Start and end of the unit count as lines.
    """

    name: Final = "nearest"
    statistics: Final = (
        Statistic(name="near.b2.res1"),
        Statistic(name="near.b2.jac3"),
        Statistic(name="near.s246.res1"),
        Statistic(name="near.s246.jac1"),
    )

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        self._counted = Overlap(
            [counted_tokens(unit.canonical) for unit in baseline], groups, most=MOST_REFERENCES
        )
        self._runs = Overlap([run_tokens(unit.canonical) for unit in baseline], groups, most=MOST_REFERENCES)
        self._units = len(baseline)

    def inside(self) -> Floats:
        rows = np.zeros((self._units, 4))
        for column, overlap, jaccards in ((0, self._counted, 3), (2, self._runs, 1)):
            for row in range(self._units):
                rows[row, column : column + 2] = overlap.distances_inside(row, jaccards=jaccards)
        return np.round(rows, _DECIMALS)

    def outside(self, units: Sequence[Unit]) -> Floats:
        rows = np.zeros((len(units), 4))
        known: dict[tuple[bytes, ...], Floats] = {}
        for row, unit in enumerate(units):
            if unit.canonical not in known:
                counted = self._counted.distances_outside(counted_tokens(unit.canonical), jaccards=3)
                runs = self._runs.distances_outside(run_tokens(unit.canonical), jaccards=1)
                known[unit.canonical] = np.array([*counted, *runs])
            rows[row] = known[unit.canonical]
        return np.round(rows, _DECIMALS)

    def places(self, unit: Unit) -> list[Place]:
        """First events of the dearest pairs the nearest baseline unit does not share."""
        nearest, missing = self._counted.missing(counted_tokens(unit.canonical))
        framed = _framed(unit.canonical)
        first: dict[Hashable, int] = {}
        for at, pair in enumerate(pairwise(framed)):
            first.setdefault(pair, at)
        for at, line in enumerate(framed):
            first.setdefault((line,), at)
        dearest: dict[int, tuple[float, int]] = {}
        for (gram, _), bits in missing:
            event = max(0, min(first[gram] + len(gram) - 2, len(unit.canonical) - 1))
            before, tokens = dearest.get(event, (0.0, 0))
            dearest[event] = before + bits, tokens + 1
        ordered = sorted(dearest.items(), key=lambda entry: (-entry[1][0], entry[0]))[:_MOST_PLACES]
        return [
            Place(
                event=event,
                bits=bits,
                what=f"{tokens} of its counts and pairs are not in the nearest baseline unit ({nearest})",
            )
            for event, (bits, tokens) in ordered
            if unit.canonical
        ]


def counted_tokens(lines: Sequence[bytes]) -> list[tuple[tuple[Line, ...], int]]:
    """
    Each line and each pair of neighbours, with the powers of two its count reaches.

    >>> counted_tokens([b"a", b"a"])[:4]
    [((None,), 0), ((None,), 1), ((b'a',), 0), ((b'a',), 1)]
    """
    framed = _framed(lines)
    counts: Counter[tuple[Line, ...]] = Counter(zip(framed, strict=True))
    counts.update(pairwise(framed))
    return [(gram, power) for gram, count in counts.items() for power in range(count.bit_length())]


def run_tokens(lines: Sequence[bytes]) -> list[tuple[Line, ...]]:
    """The distinct runs of 2, 4 and 6 lines."""
    framed = _framed(lines)
    runs: dict[tuple[Line, ...], None] = {}
    for length in (2, 4, 6):
        runs.update(dict.fromkeys(zip(*(framed[start:] for start in range(length)), strict=False)))
    return list(runs)


def _framed(lines: Sequence[bytes]) -> list[Line]:
    return [None, *lines, None]
