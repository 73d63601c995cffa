"""How the characters of a text follow one another, against the baseline and against the text itself."""

import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.character_model import CharacterModel
from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.plain_text import batches, event_at, quoted, text_of
from driftlock_core.views.stretches import Ints, characters_of, dearest_windows, means, sums, worst_means

ESCAPES: Final = 60  # symbols thought possible beside those seen
WINDOW: Final = 12  # characters: about two words, the shortest thing a reader would call strange
_PLACES: Final = 5
# Of zlib, 2¹² bytes: what is read of a text lies within them, so they pack it as 2¹⁵ do, and are sooner ready.
_REACH: Final = 12


class CharactersView:
    """
    Bits per character, dearest stretch and total under contexts of up to 2 and 4 of them, and three ratios.

    ``chr.kl`` is order-4 bits over order-0 bits, ``chr.rz`` order-4 bits over
    the text's own zlib bits, ``self.z`` zlib bits per bit of text. All are 0
    for an empty text. Characters, not bytes, so that a letter new to the
    baseline is one piece of news in every script; the length of the whole
    text is counted in bytes.
    """

    name = "characters"
    statistics = (
        Statistic(name="chr2.mean"),
        Statistic(name="chr2.maxw"),
        Statistic(name="chr2.tot"),
        Statistic(name="chr4.mean"),
        Statistic(name="chr4.maxw"),
        Statistic(name="chr4.tot"),
        Statistic(name="chr.kl"),
        Statistic(name="chr.rz"),
        Statistic(name="self.z", two_sided=True),
        Statistic(name="len.char", two_sided=True),
    )

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        texts = [text_of(unit.raw) for unit in baseline]
        laid = characters_of(texts)
        self._model, bits = CharacterModel.fitted(laid, groups, orders=(0, 2, 4), escapes=ESCAPES)
        self._inside = _measured(baseline, texts, laid.borders, bits)

    def inside(self) -> Floats:
        """Each unit under the counts of all other groups."""
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Each unit under the counts of the whole baseline."""
        rows = [np.zeros((0, len(self.statistics)))]
        for batch in batches(units):
            texts = [text_of(unit.raw) for unit in batch]
            laid = characters_of(texts)
            rows.append(_measured(batch, texts, laid.borders, self._model.bits(laid, orders=(0, 2, 4))))
        return np.vstack(rows)

    def places(self, unit: Unit) -> list[Place]:
        """The dearest stretches of 12 characters under contexts of up to 4."""
        text = text_of(unit.raw)
        (bits,) = self._model.bits(characters_of([text]), orders=(4,))
        letters = text.decode("utf-8", "surrogateescape")

        def piece(start: int, stop: int) -> bytes:
            return letters[start:stop].encode("utf-8", "surrogateescape")

        return [
            Place(
                event=event_at(unit.raw, len(piece(0, start))),
                bits=float(bits[start:stop].sum()),
                what=f"{quoted(piece(start, stop))} costs {bits[start:stop].mean():.1f} bits a character,"
                f" the whole text {bits.mean():.1f}",
            )
            for start, stop in dearest_windows(bits, WINDOW, _PLACES)
        ]


def _measured(units: Sequence[Unit], texts: Sequence[bytes], borders: Ints, bits: Sequence[Floats]) -> Floats:
    """
    The statistics of *units* from their *texts*, and the bits of their characters at orders 0, 2 and 4.

    Args:
        borders: Where the characters of each text begin and end.
    """
    _, order2, order4 = bits
    totals0, totals2, totals4 = (sums(order, borders) for order in bits)
    packed = 8.0 * np.array([len(zlib.compress(text, 9, _REACH)) for text in texts])
    length = np.array([len(text) for text in texts])
    whole = np.array([sum(map(len, unit.raw)) + max(0, len(unit.raw) - 1) for unit in units])
    return np.column_stack(
        [
            means(order2, borders),
            worst_means(order2, borders, WINDOW),
            np.log2(1 + totals2),
            means(order4, borders),
            worst_means(order4, borders, WINDOW),
            np.log2(1 + totals4),
            totals4 / np.where(length, totals0, 1.0),
            totals4 / np.where(length, packed, 1.0),
            np.where(length, packed, 0.0) / (8 * np.maximum(length, 1)),
            np.log2(1 + whole),
        ]
    )
