"""Columns of a session for a model that is told what was broken: counts, ends, runs and pieces that repeat."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST: Final = 60  # lines, and as many pairs of neighbours, that get a column each
UNKNOWN: Final = -1


class SessionColumns:
    """Fitted on baseline sessions, masked lines each."""

    def __init__(self, baseline: Sequence[Sequence[bytes]]) -> None:
        self._numbers: dict[bytes, int] = {}
        known = [[self._numbers.setdefault(line, len(self._numbers)) for line in unit] for unit in baseline]
        self._lines, self._pairs = _most_held(known), _most_held([_runs_of(2, unit) for unit in known])
        self._grams = [{gram for unit in known for gram in _runs_of(n, unit)} for n in (2, 3)]
        self._ends = [Counter(tuple(unit[-n:]) for unit in known) for n in (1, 2, 3)]

    def of(self, units: Sequence[Sequence[bytes]]) -> Floats:
        """Shape ``(units, columns)``."""
        return np.array([self._row([self._numbers.get(line, UNKNOWN) for line in unit]) for unit in units])

    def _row(self, unit: list[int]) -> list[float]:
        numbers = np.array(unit)
        counts = np.zeros(2 * MOST)
        for places, found, first in (
            (self._lines, Counter(unit), 0),
            (self._pairs, Counter(_runs_of(2, unit)), MOST),
        ):
            for what, count in found.items():
                if what in places:
                    counts[first + places[what]] = count
        run, piece = longest_run(numbers), longest_repeat(numbers)
        news = [
            sum(gram not in known for gram in _runs_of(n, unit))
            for n, known in zip((2, 3), self._grams, strict=True)
        ]
        ends = [known[tuple(unit[-n:])] for n, known in zip((1, 2, 3), self._ends, strict=True)]
        size = len(unit)
        return [
            size,
            len(set(unit)),
            run,
            run / size,
            piece,
            piece / size,
            *news,
            news[0] / size,
            *ends,
            unit[-1],
            unit[-2],
            unit[0],
            *counts,
        ]


def longest_run(numbers: Ints) -> int:
    """
    How often in a row the same number stands at most.

    >>> longest_run(np.array([1, 2, 2, 2, 1]))
    3
    """
    changes = np.flatnonzero(np.diff(numbers) != 0)
    return int(np.diff(np.concatenate(([-1], changes, [len(numbers) - 1]))).max())


def longest_repeat(numbers: Ints) -> int:
    """
    Length of the longest piece, of two or more, that stands twice in a row.

    >>> longest_repeat(np.array([9, 1, 2, 3, 1, 2, 3, 8]))
    3
    """
    for length in range(len(numbers) // 2, 1, -1):
        differ = np.flatnonzero(numbers[:-length] != numbers[length:])
        if np.diff(np.concatenate(([-1], differ, [len(numbers) - length]))).max() > length:
            return length
    return 0


def _runs_of(count: int, unit: Sequence[int]) -> list[Hashable]:
    return list(zip(*(unit[at:] for at in range(count)), strict=False))


def _most_held(units: Sequence[Sequence[Hashable]]) -> dict[Hashable, int]:
    holders = Counter(what for unit in units for what in set(unit))
    ordered = sorted(holders, key=lambda what: (-holders[what], repr(what)))[:MOST]
    return {what: at for at, what in enumerate(ordered)}
