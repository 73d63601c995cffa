"""Reads the literals and matches of a raw deflate stream (RFC 1951)."""

from typing import Final

from driftlock_core.copies import Copyist, Parse

_END_OF_BLOCK: Final = 256
_LONGEST_CODE: Final = 15

# RFC 1951, 3.2.5: extra bits and first value of each length and distance code.
_LENGTH_EXTRA: Final = (0,) * 8 + (1,) * 4 + (2,) * 4 + (3,) * 4 + (4,) * 4 + (5,) * 4 + (0,)
_DISTANCE_EXTRA: Final = (0, 0, *(extra for extra in range(14) for _ in range(2)))
_CODE_LENGTH_ORDER: Final = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)

_Code = dict[tuple[int, int], int]  # (bits, code) -> symbol


def _first_values(extra: tuple[int, ...], first: int) -> tuple[int, ...]:
    values = []
    for bits in extra:
        values.append(first)
        first += 1 << bits
    return tuple(values)


_LENGTH_FIRST: Final = (*_first_values(_LENGTH_EXTRA, 3)[:-1], 258)
_DISTANCE_FIRST: Final = _first_values(_DISTANCE_EXTRA, 1)


class _Bits:
    """The stream bit by bit, lowest bit of each byte first."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._at = 0  # next byte to load
        self._loaded = 0
        self._count = 0  # bits in _loaded

    def take(self, count: int) -> int:
        while self._count < count:
            if self._at == len(self._stream):
                raise ValueError(f"deflate stream of {len(self._stream)} bytes ends inside a block")
            self._loaded |= self._stream[self._at] << self._count
            self._at += 1
            self._count += 8
        value = self._loaded & (1 << count) - 1
        self._loaded >>= count
        self._count -= count
        return value

    def bytes(self, count: int) -> bytes:
        """Whole bytes, from the next byte border on."""
        self.take(self._count % 8)
        return bytes(self.take(8) for _ in range(count))

    def symbol(self, code: _Code) -> int:
        word = 0
        for bits in range(1, _LONGEST_CODE + 1):
            word = word << 1 | self.take(1)
            if (bits, word) in code:
                return code[bits, word]
        raise ValueError(f"deflate stream holds a code that stands for nothing: {word:015b}")


def parse_deflate(stream: bytes, dictionary: bytes) -> Parse:
    """
    Decode a raw stream (no header, no checksum) and keep its literals and matches.

    Raises:
        ValueError: The stream is cut off, not deflate, or copies from before the dictionary.

    >>> parse_deflate(bytes.fromhex("4b4c4a4ed14d041289300600"), b"").text
    b'abcd-abcdabcd-abcd'
    """
    bits = _Bits(stream)
    copyist = Copyist(dictionary)
    last = False
    while not last:
        last = bool(bits.take(1))
        kind = bits.take(2)
        if kind == 0:
            _stored(bits, copyist)
        elif kind == 1:
            _block(bits, copyist, *_FIXED)
        elif kind == 2:
            _block(bits, copyist, *_dynamic_codes(bits))
        else:
            raise ValueError("deflate stream holds a block of unknown kind 3")
    return copyist.parse()


def _stored(bits: _Bits, copyist: Copyist) -> None:
    header = bits.bytes(4)
    length = int.from_bytes(header[:2], "little")
    if length ^ 0xFFFF != int.from_bytes(header[2:], "little"):
        raise ValueError("deflate stream holds a stored block whose length does not match its check")
    copyist.literal(bits.bytes(length))


def _block(bits: _Bits, copyist: Copyist, lengths: _Code, distances: _Code) -> None:
    while (symbol := bits.symbol(lengths)) != _END_OF_BLOCK:
        if symbol < _END_OF_BLOCK:
            copyist.literal((symbol,))
            continue
        row = symbol - _END_OF_BLOCK - 1
        if row >= len(_LENGTH_FIRST):
            raise ValueError(f"deflate stream holds the unused length code {symbol}")
        length = _LENGTH_FIRST[row] + bits.take(_LENGTH_EXTRA[row])
        row = bits.symbol(distances)
        if row >= len(_DISTANCE_FIRST):
            raise ValueError(f"deflate stream holds the unused distance code {row}")
        copyist.copy(length, _DISTANCE_FIRST[row] + bits.take(_DISTANCE_EXTRA[row]))


def _dynamic_codes(bits: _Bits) -> tuple[_Code, _Code]:
    lengths = bits.take(5) + 257
    distances = bits.take(5) + 1
    used = bits.take(4) + 4
    code_lengths = [0] * len(_CODE_LENGTH_ORDER)
    for place in _CODE_LENGTH_ORDER[:used]:
        code_lengths[place] = bits.take(3)
    code = _canonical_code(code_lengths)

    widths: list[int] = []
    while len(widths) < lengths + distances:
        symbol = bits.symbol(code)
        if symbol < 16:
            widths.append(symbol)
        elif symbol == 16:
            if not widths:
                raise ValueError("deflate stream repeats a code length before the first")
            widths += [widths[-1]] * (3 + bits.take(2))
        elif symbol == 17:
            widths += [0] * (3 + bits.take(3))
        else:
            widths += [0] * (11 + bits.take(7))
    return _canonical_code(widths[:lengths]), _canonical_code(widths[lengths : lengths + distances])


def _canonical_code(widths: list[int]) -> _Code:
    """RFC 1951, 3.2.2: codes of one width are consecutive, shorter ones come first."""
    code: _Code = {}
    word = 0
    for bits in range(1, _LONGEST_CODE + 1):
        word <<= 1
        for symbol, width in enumerate(widths):
            if width == bits:
                code[bits, word] = symbol
                word += 1
    return code


_FIXED: Final = (
    _canonical_code([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8),
    _canonical_code([5] * 30),
)
