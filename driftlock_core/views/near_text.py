"""How far a text is from the nearest texts of the baseline, by pieces of characters and by words."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.nearest_sets import NearestSets
from driftlock_core.views.plain_text import event_at, quoted, text_of
from driftlock_core.views.stretches import Ints
from driftlock_core.views.words import placed_words, words_of

GRAMS: Final = (3, 5)  # bytes
_PLACES: Final = 5


def grams_of(text: bytes) -> Ints:
    """
    The different runs of 3 and of 5 bytes as numbers, ascending; a 1 in front keeps the two lengths apart.

    >>> [hex(gram) for gram in grams_of(b"abab")]
    ['0x1616261', '0x1626162']
    """
    symbols = np.frombuffer(text, dtype=np.uint8).astype(np.int64)
    found = []
    for length in GRAMS:
        grams = np.ones(max(0, len(symbols) - length + 1), dtype=np.int64)
        for shift in range(length):
            grams = grams << 8 | symbols[shift : shift + len(grams)]
        found.append(grams)
    return np.unique(np.concatenate(found))


class NearTextView:
    """Weighted distances of the unit's grams (``near.c``) and words (``near.w``) to its 3 nearest references."""

    name = "near text"
    statistics = (
        Statistic(name="near.c.res3"),
        Statistic(name="near.c.jac3"),
        Statistic(name="near.w.res3"),
        Statistic(name="near.w.jac3"),
    )

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        self._numbers: dict[bytes, int] = {}
        words = [words_of(unit.canonical) for unit in baseline]
        for text in words:
            for word in text:
                self._numbers.setdefault(word, len(self._numbers))
        grams = [grams_of(text_of(unit.raw)) for unit in baseline]
        numbered = [self._word_set(text) for text in words]
        self._grams = NearestSets(grams, groups)
        self._words = NearestSets(numbered, groups)
        self._texts = [words[at] for at in self._words.units.tolist()]
        rows = [
            (
                *self._grams.distances(grams[at], without=group),
                *self._words.distances(numbered[at], without=group),
            )
            for at, group in enumerate(groups.tolist())
        ]
        self._inside = np.array(rows, dtype=np.float64).reshape(-1, len(self.statistics))

    def inside(self) -> Floats:
        """Each unit against the references of all other groups."""
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Each unit against all references."""
        rows = [
            (
                *self._grams.distances(grams_of(text_of(unit.raw))),
                *self._words.distances(self._word_set(words_of(unit.canonical))),
            )
            for unit in units
        ]
        return np.array(rows, dtype=np.float64).reshape(-1, len(self.statistics))

    def places(self, unit: Unit) -> list[Place]:
        """The rarest words that the nearest reference lacks."""
        placed = placed_words(unit.canonical)
        words = [word for word, _ in placed]
        nearest = self._words.nearest(self._word_set(words))
        if nearest is None:
            return []
        held = frozenset(self._texts[nearest])
        first: dict[bytes, int] = {}
        for word, position in placed:
            if word not in held:
                first.setdefault(word, position)
        bits = {word: self._words.weight(self._numbers.get(word, -1)) for word in first}
        return [
            Place(
                event=event_at(unit.canonical, first[word]),
                bits=bits[word],
                what=f"{quoted(word[:60])} is missing in the nearest baseline unit"
                f" (number {self._words.units[nearest]})",
            )
            for word in sorted(first, key=lambda word: (-bits[word], first[word]))[:_PLACES]
        ]

    def _word_set(self, words: Sequence[bytes]) -> Ints:
        """Numbers of the different words, ascending; those the baseline does not hold count from −1 down."""
        different = dict.fromkeys(words)
        known = [self._numbers[word] for word in different if word in self._numbers]
        return np.array([*range(len(known) - len(different), 0), *sorted(known)], dtype=np.int64)
