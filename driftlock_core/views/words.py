"""How the words of a text follow one another."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.character_model import CharacterModel
from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.plain_text import batches, event_at, quoted, text_of
from driftlock_core.views.stretches import Ints, largest, means, sums
from driftlock_core.views.vocabulary import Vocabulary, placed_words

ESCAPES: Final = 1000  # words thought possible beside those seen
_PLACES: Final = 5


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
        texts = [text_of(unit.canonical) for unit in baseline]
        self._vocabulary = Vocabulary(texts)
        numbered = self._vocabulary.numbers(texts)
        self._model, bits = CharacterModel.fitted(numbered, groups, orders=(0, 1, 2), escapes=ESCAPES)
        self._inside = _measured(bits, numbered.borders)

    def inside(self) -> Floats:
        """Each unit under the counts of all other groups."""
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Each unit under the counts of the whole baseline."""
        rows = [np.zeros((0, len(self.statistics)))]
        for batch in batches(units):
            numbered = self._vocabulary.numbers([text_of(unit.canonical) for unit in batch])
            rows.append(_measured(self._model.bits(numbered, orders=(0, 1, 2)), numbered.borders))
        return np.vstack(rows)

    def places(self, unit: Unit) -> list[Place]:
        """The dearest words under the word before them."""
        placed = placed_words(unit.canonical)
        words = [word for word, _ in placed]
        numbered = self._vocabulary.numbers([text_of(unit.canonical)])
        (bits,) = self._model.bits(numbered, orders=(1,))
        places: list[Place] = []
        for at in np.argsort(-bits, kind="stable")[:_PLACES].tolist():
            known = "" if self._vocabulary.number(words[at]) >= 0 else ", a word the baseline does not hold"
            after = f"after {quoted(words[at - 1])}" if at else "at the beginning"
            places.append(
                Place(
                    event=event_at(unit.canonical, placed[at][1]),
                    bits=float(bits[at]),
                    what=f"{quoted(words[at][:60])} {after}{known}: {bits[at]:.1f} bits",
                )
            )
        return places


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
    lengths = borders[1:] - borders[:-1]
    left, position = bits.copy(), np.arange(len(bits))
    total: Floats = np.zeros(len(lengths))
    for place in range(count):
        (longer,) = np.nonzero(lengths > place)
        dearest = largest(left, borders)
        total[longer] += dearest[longer]
        # Of equal ones the first is taken out; bits are never negative.
        taken = np.where(left == np.repeat(dearest, lengths), position, len(bits))
        at = -largest(-taken, borders)[longer]
        left[at.astype(np.int64)] = -1.0
    mean: Floats = total / np.minimum(np.maximum(lengths, 1), count)
    return mean
