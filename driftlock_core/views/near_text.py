"""How far a text is from the nearest texts of the baseline, by pieces of characters and by words."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core import kernel
from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.plain_text import batches, event_at, quoted, text_of
from driftlock_core.views.stretches import Ints, Stretches, borders_of, laid_out
from driftlock_core.views.text_sets import TextSets
from driftlock_core.views.vocabulary import Vocabulary, placed_words, words_in

GRAMS: Final = (3, 5)  # bytes
# Runs of bytes compared of one text: all of a text of 250 bytes. Of more a sample stands for all, which
# moves a distance by 0.01 at most places and keeps a long text from costing more than a paragraph.
MOST_GRAMS: Final = 512
_OWNER: Final = 8 * max(GRAMS) + 1  # bits of a gram; above them stands whose it is
_MIXER: Final = np.uint64(0xD6E8FEB86659FD93)  # odd, without structure: which grams are sampled is arbitrary
_ALL: Final = 2.0**32  # above all mixed numbers
_PLACES: Final = 5


def grams_of(texts: Sequence[bytes], *, most: int | None = None) -> tuple[Stretches, Floats]:
    """
    The different runs of 3 and of 5 bytes of each text as numbers, ascending; a 1 in front keeps the two apart.

    Args:
        most: Of a text with more runs than this, repeats counted, only those
            with the lowest mixed numbers are taken: the same ones in every text.

    Returns:
        The runs, and the share of each text's that was taken.

    >>> [hex(gram) for gram in grams_of([b"abab"])[0].symbols]
    ['0x1616261', '0x1626162']
    """
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    shares = np.ones(len(texts))
    if most is not None:
        runs = sum(np.maximum(0, lengths - length + 1) for length in GRAMS)
        shares = np.minimum(1.0, most / np.maximum(1, runs))
    limits = shares * _ALL
    if kernel.grams is not None:
        joined, counts = b"".join(texts), np.empty(len(texts), dtype=np.int64)
        grams = np.empty(len(GRAMS) * len(joined), dtype=np.int64)
        total = kernel.grams(joined, borders_of(lengths), limits, grams, counts)
        return Stretches(grams[:total], borders_of(counts)), shares
    laid = laid_out(texts)
    room = np.repeat(laid.borders[1:], laid.lengths) - np.arange(len(laid.symbols))
    owner = np.repeat(np.arange(len(texts)), laid.lengths)
    found = []
    for length in GRAMS:
        (at,) = np.nonzero(room >= length)
        gram = owner[at] << _OWNER - 8 * length | 1
        for shift in range(length):
            gram = gram << 8 | laid.symbols[at + shift]
        found.append(gram)
    keys = np.concatenate(found)
    keys = np.unique(keys[_mixed(keys & (1 << _OWNER) - 1) < limits[keys >> _OWNER]])
    counts = np.bincount(keys >> _OWNER, minlength=len(texts))
    return Stretches(keys & (1 << _OWNER) - 1, borders_of(counts)), shares


def _mixed(grams: Ints) -> Ints:
    """A number below _ALL for each gram, as good as drawn by lot."""
    mixed = grams.astype(np.uint64) * _MIXER
    mixed = (mixed ^ mixed >> np.uint64(32)) * _MIXER
    return (mixed >> np.uint64(32)).astype(np.int64)


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
        raw = [text_of(unit.raw) for unit in baseline]
        masked = [text_of(unit.canonical) for unit in baseline]
        self._vocabulary = Vocabulary(masked)
        words = self._vocabulary.different(masked)
        self._grams = TextSets(grams_of(raw)[0], groups)
        self._words = TextSets(words, groups)
        self._texts = [masked[at] for at in self._words.units.tolist()]
        sampled, shares = grams_of(raw, most=MOST_GRAMS)
        self._inside = np.hstack([self._grams.inside(sampled, shares), self._words.inside(words)])

    def inside(self) -> Floats:
        """Each unit against the references of all other groups."""
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Each unit against all references."""
        rows = [np.zeros((0, len(self.statistics)))]
        for batch in batches(units):
            sampled, shares = grams_of([text_of(unit.raw) for unit in batch], most=MOST_GRAMS)
            words = self._vocabulary.different([text_of(unit.canonical) for unit in batch])
            rows.append(np.hstack([self._grams.outside(sampled, shares), self._words.outside(words)]))
        return np.vstack(rows)

    def places(self, unit: Unit) -> list[Place]:
        """The rarest words that the nearest reference lacks."""
        placed = placed_words(unit.canonical)
        words = self._vocabulary.different([text_of(unit.canonical)])
        nearest = self._words.nearest(words.symbols)
        if nearest is None:
            return []
        held = frozenset(words_in(self._texts[nearest]))
        first: dict[bytes, int] = {}
        for word, position in placed:
            if word not in held:
                first.setdefault(word, position)
        bits = {word: self._words.weight(self._vocabulary.number(word)) for word in first}
        return [
            Place(
                event=event_at(unit.canonical, first[word]),
                bits=bits[word],
                what=f"{quoted(word[:60])} is missing in the nearest baseline unit"
                f" (number {self._words.units[nearest]})",
            )
            for word in sorted(first, key=lambda word: (-bits[word], first[word]))[:_PLACES]
        ]
