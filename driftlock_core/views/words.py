"""How the words of a text follow one another."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.character_model import CharacterModel
from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.plain_text import batches, event_at, quoted, text_of
from driftlock_core.views.stretches import Ints, Stretches, borders_of, largest, means, sums

ESCAPES: Final = 1000  # words thought possible beside those seen
_PLACES: Final = 5
_WIDTH = re.compile(rb"<n[0-9]+>")
# Scripts without spaces (UTF-8 from E3 to E9: kana, Chinese characters) are read sign by sign.
_WORD = re.compile(rb"<[a-z]+[0-9]*>|[\xe3-\xe9][\x80-\xbf]{2}|[a-z\x80-\xe2\xea-\xff]+|[0-9]+|[^ \t-\r\x1e]")


def words_of(canonical: Sequence[bytes]) -> list[bytes]:
    """
    Letters, digits or a single sign at a time, in lower case; a mask is one word, whatever its width.

    Bytes from 0x80 up count as letters, but for scripts that put no spaces
    between words: of those every sign is a word.

    >>> words_of([b"Paid <N2> EUR, v2!"])
    [b'paid', b'<n>', b'eur', b',', b'v', b'2', b'!']
    """
    found: list[bytes] = _WORD.findall(_WIDTH.sub(b"<n>", text_of(canonical).lower()))
    return found


def placed_words(canonical: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """:func:`words_of`, each with where it begins in the text."""
    text = text_of(canonical).lower()
    return [(_WIDTH.sub(b"<n>", found.group()), found.start()) for found in _WORD.finditer(text)]


class WordsView:
    """Bits of words under the words before them: rate at orders 0 and 2, dearest at 1, total at 2."""

    name = "words"
    statistics = (
        Statistic(name="wrd0.mean"),
        Statistic(name="wrd2.mean"),
        Statistic(name="wrd1.max"),
        Statistic(name="wrd1.top3"),
        Statistic(name="wrd2.tot"),
    )

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        texts = [words_of(unit.canonical) for unit in baseline]
        self._numbers: dict[bytes, int] = {}
        for text in texts:
            for word in text:
                self._numbers.setdefault(word, len(self._numbers))
        numbered = self._numbered(texts)
        self._model, bits = CharacterModel.fitted(numbered, groups, orders=(0, 1, 2), escapes=ESCAPES)
        self._inside = _measured(bits, numbered.borders)

    def inside(self) -> Floats:
        """Each unit under the counts of all other groups."""
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Each unit under the counts of the whole baseline."""
        rows = [np.zeros((0, len(self.statistics)))]
        for batch in batches(units):
            numbered = self._numbered([words_of(unit.canonical) for unit in batch])
            rows.append(_measured(self._model.bits(numbered, orders=(0, 1, 2)), numbered.borders))
        return np.vstack(rows)

    def places(self, unit: Unit) -> list[Place]:
        """The dearest words under the word before them."""
        placed = placed_words(unit.canonical)
        words = [word for word, _ in placed]
        (bits,) = self._model.bits(self._numbered([words]), orders=(1,))
        places: list[Place] = []
        for at in np.argsort(-bits, kind="stable")[:_PLACES].tolist():
            known = "" if words[at] in self._numbers else ", a word the baseline does not hold"
            after = f"after {quoted(words[at - 1])}" if at else "at the beginning"
            places.append(
                Place(
                    event=event_at(unit.canonical, placed[at][1]),
                    bits=float(bits[at]),
                    what=f"{quoted(words[at][:60])} {after}{known}: {bits[at]:.1f} bits",
                )
            )
        return places

    def _numbered(self, texts: Sequence[Sequence[bytes]]) -> Stretches:
        """Words as numbers, −1 for those the baseline does not hold."""
        get = self._numbers.get
        numbers = [get(word, -1) for text in texts for word in text]
        return Stretches(np.array(numbers, dtype=np.int64), borders_of([len(text) for text in texts]))


def _measured(bits: Sequence[Floats], borders: Ints) -> Floats:
    order0, order1, order2 = bits
    return np.column_stack(
        [
            means(order0, borders),
            means(order2, borders),
            largest(order1, borders),
            _mean_of_dearest(order1, borders, 3),
            np.log2(1 + sums(order2, borders)),
        ]
    )


def _mean_of_dearest(bits: Floats, borders: Ints, count: int) -> Floats:
    """Mean of the *count* largest of each stretch, of all where there are fewer."""
    lengths = np.diff(borders)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    ranked = bits[np.lexsort((-bits, owner))]  # largest first within each stretch, stretches in place
    total: Floats = np.zeros(len(lengths))
    for place in range(count):
        has = lengths > place
        total[has] += ranked[borders[:-1][has] + place]
    return total / np.minimum(np.maximum(lengths, 1), count)
