"""Grams of many framed sequences at once, as numbers that the baseline fixed."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.stretches import Ints, borders_of

LONGEST: Final = 6
_PARTS: Final = {2: (1, 1), 4: (2, 2), 6: (4, 2)}  # a gram is a pair of shorter ones
_SHIFT: Final = 31  # bits of one half; there are never as many different grams


class SessionGrams:
    """
    Numbers of grams of 1, 2, 4 and 6 symbols.

    Grams the baseline holds have the same number in every call. Others get
    numbers that no gram of the baseline has, and keep them for one call only.

    Args:
        baseline: Sequences of symbols, at least one of them not empty.

    >>> grams = SessionGrams([[0, 5, 1], [0, 5, 5, 1]])
    >>> grams.number([[0, 5, 7, 1]], 2)[1].tolist()  # 0 5 is known
    [0, 3, 4]
    """

    def __init__(self, baseline: Sequence[Sequence[int]]) -> None:
        self._known: dict[int, Ints] = {}
        symbols, _ = _flat(baseline)
        self._known[1] = np.unique(symbols)
        for length in _PARTS:
            _, keys = self._keys(baseline, length)
            self._known[length] = np.unique(keys)

    def size(self, length: int) -> int:
        """Different grams of this length in the baseline; their numbers are smaller."""
        return len(self._known[length])

    def number(self, sequences: Sequence[Sequence[int]], length: int) -> tuple[Ints, Ints]:
        """Sequence and number of every gram of *length*, in order of sequences and places."""
        owner, keys = self._keys(sequences, length)
        return owner, _numbers(keys, self._known[length])

    def _keys(self, sequences: Sequence[Sequence[int]], length: int) -> tuple[Ints, Ints]:
        symbols, borders = _flat(sequences)
        every: dict[int, Ints] = {1: symbols}
        for longer in (size for size in _PARTS if size <= length):
            first, second = _PARTS[longer]
            left, right = (
                _numbers(every[first], self._known[first]),
                _numbers(every[second], self._known[second]),
            )
            # Grams across a border are numbered too, and dropped at the end.
            count = max(0, min(len(left), len(right) - first))
            every[longer] = left[:count] << _SHIFT | right[first : first + count]
        owner = np.repeat(np.arange(len(sequences)), np.diff(borders))
        ends = np.repeat(borders[1:], np.diff(borders))
        inside = np.flatnonzero(np.arange(len(symbols)) + length <= ends)
        return owner[inside], every[length][inside]


def _flat(sequences: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    borders = borders_of([len(sequence) for sequence in sequences])
    flat = np.fromiter(
        (x for sequence in sequences for x in sequence), dtype=np.int64, count=int(borders[-1])
    )
    return flat, borders


def _numbers(keys: Ints, known: Ints) -> Ints:
    """Place of each key among the *known*; keys not there are numbered from their count on."""
    place = np.searchsorted(known, keys)
    found = (
        known[np.minimum(place, len(known) - 1)] == keys if len(known) else np.zeros(len(keys), dtype=bool)
    )
    numbers = np.where(found, place, 0)
    numbers[~found] = len(known) + np.unique(keys[~found], return_inverse=True)[1].reshape(-1)
    return numbers
