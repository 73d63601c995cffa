"""Reads the tokens of an LZ4 block."""

from typing import Final

from driftlock_core.copies import Copyist, Parse

_MIN_MATCH: Final = 4
_MORE: Final = 15  # in half a token: the length goes on in the bytes that follow


def parse_lz4(block: bytes, dictionary: bytes) -> Parse:
    """
    Decode a block (no frame, no stored size) and keep its literals and matches.

    Raises:
        ValueError: The block ends inside a token or copies from before the dictionary.

    >>> parse_lz4(b"\\x35abc\\x03\\x00\\x10!", b"").pieces
    (Piece(length=3, distance=0), Piece(length=9, distance=3), Piece(length=1, distance=0))
    """
    copyist = Copyist(dictionary)
    at = 0
    try:
        while at < len(block):
            token = block[at]
            literals, at = _length(token >> 4, block, at + 1)
            if at + literals > len(block):
                raise IndexError
            copyist.literal(block[at : at + literals])
            at += literals
            if at == len(block):  # the last sequence has no match
                break
            distance = block[at] | block[at + 1] << 8
            length, at = _length(token & 15, block, at + 2)
            copyist.copy(length + _MIN_MATCH, distance)
    except IndexError:
        raise ValueError(f"LZ4 block of {len(block)} bytes ends inside a token") from None
    return copyist.parse()


def _length(half_token: int, block: bytes, at: int) -> tuple[int, int]:
    """The whole length and where to read on."""
    length = half_token
    if half_token == _MORE:
        while block[at] == 255:
            length += 255
            at += 1
        length += block[at]
        at += 1
    return length, at
