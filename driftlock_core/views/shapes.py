"""The shape of a text: where letters, digits and signs alternate, whatever they are."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.character_model import CharacterModel
from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.plain_text import batches, event_at, quoted, text_of
from driftlock_core.views.stretches import (
    Ints,
    Stretches,
    borders_of,
    dearest_windows,
    laid_out,
    means,
    sums,
    worst_means,
)

ESCAPES: Final = 60  # symbols thought possible beside those seen
WINDOW: Final = 6  # shape symbols: as a rule three words and what stands between them
_PLACES: Final = 5

_LETTERS = bytes(byte for byte in range(256) if bytes([byte]).isalpha() or byte >= 0x80)
_CLASS = bytes.maketrans(_LETTERS + b"123456789", b"a" * len(_LETTERS) + b"0" * 9)
_RUNS = np.isin(np.arange(256), [*b"a0 "])  # these count once however often they are repeated


def shape_of(text: bytes) -> bytes:
    """
    Letters as ``a``, digits as ``0``, other bytes kept; runs of ``a``, ``0`` and space collapsed to one.

    Bytes from 0x80 up count as letters: most are parts of letters.

    >>> shape_of(b"Order 66,  (v2.10)!!")
    b'a 0, (a0.0)!!'
    """
    return _shapes([text])[0].symbols.astype(np.uint8).tobytes()


class ShapesView:
    """Bits per shape symbol, total and dearest stretch, under contexts of up to 2 and 4 shape symbols."""

    name = "shapes"
    statistics = (
        Statistic(name="shp2.mean"),
        Statistic(name="shp2.tot"),
        Statistic(name="shp2.maxw"),
        Statistic(name="shp4.mean"),
        Statistic(name="shp4.tot"),
        Statistic(name="shp4.maxw"),
    )

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        shapes, _ = _shapes([text_of(unit.raw) for unit in baseline])
        self._model, bits = CharacterModel.fitted(shapes, groups, orders=(2, 4), escapes=ESCAPES)
        self._inside = _measured(bits, shapes.borders)

    def inside(self) -> Floats:
        """Each unit under the counts of all other groups."""
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Each unit under the counts of the whole baseline."""
        rows = [np.zeros((0, len(self.statistics)))]
        for batch in batches(units):
            shapes, _ = _shapes([text_of(unit.raw) for unit in batch])
            rows.append(_measured(self._model.bits(shapes, orders=(2, 4)), shapes.borders))
        return np.vstack(rows)

    def places(self, unit: Unit) -> list[Place]:
        """The dearest stretches of 6 shape symbols under contexts of up to 4."""
        text = text_of(unit.raw)
        shapes, starts = _shapes([text])
        (bits,) = self._model.bits(shapes, orders=(4,))
        ends = np.append(starts[1:], len(text))
        shape = shapes.symbols.astype(np.uint8).tobytes()
        return [
            Place(
                event=event_at(unit.raw, int(starts[start])),
                bits=float(bits[start:stop].sum()),
                what=f"{quoted(text[starts[start] : ends[stop - 1]][:60])} has the shape"
                f" {quoted(shape[start:stop])}, {bits[start:stop].mean():.1f} bits a symbol",
            )
            for start, stop in dearest_windows(bits, WINDOW, _PLACES)
        ]


def _shapes(texts: Sequence[bytes]) -> tuple[Stretches, Ints]:
    """The shapes of *texts*, and where in the joined texts each of their symbols begins."""
    classes = laid_out([text.translate(_CLASS) for text in texts])
    symbols = classes.symbols
    again = np.zeros(len(symbols), dtype=bool)
    again[1:] = (symbols[1:] == symbols[:-1]) & _RUNS[symbols[1:]]
    again[classes.borders[:-1][classes.lengths > 0]] = False
    (starts,) = np.nonzero(~again)
    # Texts begin where they began, less what was collapsed before.
    kept = borders_of(~again)
    return Stretches(symbols[starts], kept[classes.borders]), starts


def _measured(bits: Sequence[Floats], borders: Ints) -> Floats:
    columns: list[Floats] = []
    for order in bits:
        columns += (
            means(order, borders),
            np.log2(1 + sums(order, borders)),
            worst_means(order, borders, WINDOW),
        )
    return np.column_stack(columns)
