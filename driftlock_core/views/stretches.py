"""Many sequences of symbols laid end to end, and sums and worst places of numbers along each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from driftlock_core.views.contract import Floats

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Sequence *i* is ``symbols[borders[i]:borders[i + 1]]``."""

    symbols: Ints
    borders: Ints  # one more than there are sequences; starts with 0

    @property
    def lengths(self) -> Ints:
        """Symbols in each sequence."""
        return self.borders[1:] - self.borders[:-1]

    @property
    def offsets(self) -> Ints:
        """Position of each symbol in its own sequence."""
        return np.arange(len(self.symbols)) - np.repeat(self.borders[:-1], self.lengths)


def borders_of(lengths: Sequence[int] | Ints | npt.NDArray[np.bool_]) -> Ints:
    """Where sequences of these lengths begin and end when laid end to end."""
    borders = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, dtype=np.int64, out=borders[1:])
    return borders


def laid_out(texts: Sequence[bytes]) -> Stretches:
    """Each byte a symbol."""
    symbols = np.frombuffer(b"".join(texts), dtype=np.uint8).astype(np.int64)
    return Stretches(symbols, borders_of([len(text) for text in texts]))


def characters_of(texts: Sequence[bytes]) -> Stretches:
    """
    Each character a symbol, by its Unicode number; bytes that are no UTF-8 are symbols of their own.

    >>> characters_of(["naïve".encode(), bytes([255])]).borders
    array([0, 5, 6])
    """
    if all(map(bytes.isascii, texts)):
        return laid_out(texts)
    wide = [text.decode("utf-8", "surrogateescape").encode("utf-32-le", "surrogatepass") for text in texts]
    symbols = np.frombuffer(b"".join(wide), dtype="<u4").astype(np.int64)
    return Stretches(symbols, borders_of([len(text) // 4 for text in wide]))


def sums(values: Floats, borders: Ints) -> Floats:
    """
    Sum of each stretch, 0 for empty ones; depends on the stretch alone to the last bit.

    >>> sums(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 2, 3]))
    array([3., 0., 4.])
    """
    lengths = borders[1:] - borders[:-1]
    found = np.zeros(len(lengths))
    if len(values):
        found[lengths > 0] = np.add.reduceat(values, borders[:-1][lengths > 0])
    return found


def means(values: Floats, borders: Ints) -> Floats:
    """Mean of each stretch, 0 for empty ones."""
    found: Floats = sums(values, borders) / np.maximum(borders[1:] - borders[:-1], 1)
    return found


def largest(values: Floats, borders: Ints) -> Floats:
    """Largest of each stretch, 0 for empty ones."""
    lengths = borders[1:] - borders[:-1]
    found = np.zeros(len(lengths))
    if len(values):
        found[lengths > 0] = np.maximum.reduceat(values, borders[:-1][lengths > 0])
    return found


def window_sums(values: Floats, width: int) -> Floats:
    """
    Sum of the *width* values from each position on, as far as there are that many.

    Added term by term, not by differences of running sums: a window then depends on its own values only.

    >>> window_sums(np.array([1.0, 2.0, 4.0]), 2)
    array([3., 6.])
    """
    count = max(0, len(values) - width + 1)
    found = np.zeros(count)
    for shift in range(width):
        found += values[shift : shift + count]
    return found


def worst_means(values: Floats, borders: Ints, width: int) -> Floats:
    """
    Largest mean over *width* neighbours within each stretch; the mean of a stretch that is shorter.

    >>> worst_means(np.array([1.0, 5.0, 3.0, 9.0]), np.array([0, 3, 4]), 2)
    array([4., 9.])
    """
    lengths = borders[1:] - borders[:-1]
    windows = np.zeros(len(values))
    inner = window_sums(values, width)
    windows[: len(inner)] = inner
    room = np.repeat(borders[1:], lengths) - np.arange(len(values))
    windows[room < width] = 0.0  # reaches into the next stretch; bits are never negative
    return np.where(lengths < width, means(values, borders), largest(windows, borders) / width)


def dearest_windows(values: Floats, width: int, count: int) -> list[tuple[int, int]]:
    """
    Start and end of the *count* dearest windows of one stretch that do not overlap, dearest first.

    >>> dearest_windows(np.array([0.0, 1.0, 7.0, 0.0, 3.0, 3.0]), 2, 2)
    [(1, 3), (4, 6)]
    """
    width = min(width, len(values))
    windows = window_sums(values, width) if width else np.zeros(0)
    taken: list[tuple[int, int]] = []
    for start in np.argsort(-windows, kind="stable"):
        if len(taken) == count:
            break
        if all(abs(int(start) - other) >= width for other, _ in taken):
            taken.append((int(start), int(start) + width))
    return taken
