"""The numbers that events name: where each stands, its value, and the name before it."""

import hashlib
import re
import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from driftlock_core.masking import DELIMITERS, LONGEST_EVENT, shape_of, without_names, without_times

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# A number stands alone: no letter or digit runs into it from the left, and what has more dots or more digits
# than a double holds exactly is a version or an identifier.
_NUMBER: Final = re.compile(rb"(?<![A-Za-z0_.])(?<![A-Za-z0_]-)-?0+(?:\.0+)?(?![0_])(?!\.0)")
_LONGEST: Final = 15  # sign, digits and dot
# A name begins with a letter, here a, and may hold digits, dots and dashes, here 0; all else is a space.
_LETTERS: Final = bytes(
    97 if (chr(byte).isalpha() and byte < 128) or byte == 95 else 48 if byte in b"0.-" else 32
    for byte in range(256)
)
_APART: Final = bytes(32 if byte in DELIMITERS else 97 for byte in range(256))
_KEPT_TOKEN: Final = 64  # bytes of the longest token of which the numbers are kept
_NAME_REACH: Final = 40  # bytes before a number in which its name is looked for

# Shapes seen, for all streams of the process; emptied when full, lines come from outside.
_KNOWN_BYTES: Final = 16 * 1024 * 1024
_ENTRY_OVERHEAD: Final = 300


class Numbers(NamedTuple):
    """One entry per number, in the order of the events and within each from left to right."""

    events: Ints  # position of the event
    names: Ints  # digest of the name before it and of how many numbers of that name came before in the event
    values: Floats


class Span(NamedTuple):
    """A number in an event of some shape."""

    start: int
    stop: int
    name: int


def spans_of(shape: bytes) -> tuple[Span, ...]:
    """
    Where an event of this shape names numbers; times, addresses and what else masking knows are none.

    >>> [(span.start, span.stop) for span in spans_of(b'{"took_ms":00.0,"from":"00.0.0.00"} 00:00:00')]
    [(11, 15)]
    """
    found: list[Span] = []
    seen: dict[bytes, int] = {}
    # As masking reads it: times in the whole line, all else token by token.
    text = without_times(shape[:LONGEST_EVENT])
    apart, letters = text.translate(_APART) + b" ", shape[:LONGEST_EVENT].translate(_LETTERS)
    end = 0
    while (digit := text.find(b"0", end)) >= 0:
        begin, end = apart.rfind(b" ", end, digit) + 1 or end, apart.find(b" ", digit)
        token = text[begin:end]
        for start, stop in _numbers_in(token) if end - begin > _KEPT_TOKEN else _numbers_kept(token):
            name = shape[slice(*_named(letters, begin + start))]
            seen[name] = nth = seen.get(name, -1) + 1
            found.append(Span(begin + start, begin + stop, _digest(nth, name)))
    return tuple(found)


def _numbers_in(token: bytes) -> tuple[tuple[int, int], ...]:
    """Where a token of a shape, times crossed out, names numbers."""
    spans = (match.span() for match in _NUMBER.finditer(without_names(token)))
    return tuple((start, stop) for start, stop in spans if stop - start <= _LONGEST)


_numbers_kept: Final = lru_cache(maxsize=8192)(_numbers_in)


@lru_cache(maxsize=8192)
def _digest(nth: int, name: bytes) -> int:
    digest = hashlib.blake2b(b"%d %b" % (nth, name), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def packed(shape: bytes) -> bytes:
    """The spans of a shape as the compiled kernel reads them."""
    return b"".join(struct.pack("=iiq", *span) for span in spans_of(shape))


def number_at(event: bytes, nth: int) -> tuple[bytes, bytes]:
    """
    Name and text, as received, of the number that comes *nth* (0-based) in an event.

    >>> number_at(b"GET /a took_ms=12 sent=3.5", 1)
    (b'sent', b'3.5')
    """
    span = spans_of(shape_of(event))[nth]
    named = _named(shape_of(event).translate(_LETTERS), span.start)
    return event[slice(*named)], event[span.start : span.stop]


def _named(letters: bytes, number: int) -> tuple[int, int]:
    """
    Where the name of the number stands that begins at position *number*; an empty stretch where it has none.

    Args:
        letters: The shape, translated by :data:`_LETTERS`.
    """
    reach = max(0, number - _NAME_REACH)
    last = letters.rfind(b"a", reach, number)
    if last < 0:
        return number, number
    start = letters.find(b"a", letters.rfind(b" ", reach, last) + 1 or reach)
    stop = letters.find(b" ", last, number)
    return start, stop if stop >= 0 else number


class _Known(dict[bytes, tuple[Span, ...]]):
    """Computes what it misses, and holds a bounded number of bytes."""

    held = 0

    def __missing__(self, shape: bytes) -> tuple[Span, ...]:
        spans = spans_of(shape)
        size = len(shape) + _ENTRY_OVERHEAD * (1 + len(spans))
        self.held += size
        if self.held > _KNOWN_BYTES:
            self.clear()
            self.held = size
        self[shape] = spans
        return spans


_known = _Known()


def numbers_of(events: Sequence[bytes]) -> Numbers:
    """
    All numbers of *events*.

    >>> numbers_of([b"took 12 ms", b"GET /a", b"sent 3.5 kB in -7 s"]).values.tolist()
    [12.0, 3.5, -7.0]
    """
    at: list[int] = []
    names: list[int] = []
    values: list[float] = []
    for position, event in enumerate(events):
        for start, stop, name in _known[shape_of(event)]:
            at.append(position)
            names.append(name)
            values.append(float(event[start:stop]))
    return Numbers(
        np.array(at, dtype=np.int64), np.array(names, dtype=np.int64), np.array(values, dtype=np.float64)
    )
