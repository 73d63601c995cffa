"""What a compressor makes of a text: literal runs, and copies from what came before."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: *length* bytes copied from *distance* bytes before, or written out (0)."""

    length: int
    distance: int


@dataclass(frozen=True, slots=True)
class Parse:
    """The decoded text and the pieces it was made of; their lengths add up to the text's."""

    text: bytes
    pieces: tuple[Piece, ...]


class Copyist:
    """
    Writes a text down from literals and copies, and keeps the pieces.

    Neighbours that continue each other become one piece: a format with a
    longest match length cuts a long copy into several of the same distance.
    """

    def __init__(self, dictionary: bytes) -> None:
        self._written = bytearray(dictionary)
        self._known = len(dictionary)
        self._pieces: list[Piece] = []

    def literal(self, data: bytes | Iterable[int]) -> None:
        """Write bytes out."""
        before = len(self._written)
        self._written += bytes(data)
        self._append(len(self._written) - before, 0)

    def copy(self, length: int, distance: int) -> None:
        """
        Copy from *distance* bytes back; a copy longer than that repeats itself.

        Raises:
            ValueError: The distance reaches before the dictionary's first byte.
        """
        written = self._written
        if not 0 < distance <= len(written):
            raise ValueError(f"copy from {distance} bytes back, only {len(written)} are there")
        source = bytes(written[-distance:][:length])
        repeats = -(-length // len(source))
        written += (source * repeats)[:length]
        self._append(length, distance)

    def parse(self) -> Parse:
        """What was written after the dictionary."""
        return Parse(bytes(self._written[self._known :]), tuple(self._pieces))

    def _append(self, length: int, distance: int) -> None:
        if length == 0:
            return
        if self._pieces and self._pieces[-1].distance == distance:
            length += self._pieces.pop().length
        self._pieces.append(Piece(length, distance))
