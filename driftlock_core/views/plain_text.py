"""The text of a unit: its events end to end, as far as text views read."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from driftlock_core.views.contract import Unit

READ: Final = 3000  # bytes; what lies beyond is left to the length of the events and to the compressor
_AT_ONCE: Final = 64  # units: their symbols and look-ups then still fit the processor's cache


def text_of(events: Sequence[bytes]) -> bytes:
    """
    The first 3000 bytes of the events joined by newlines.

    Bytes, not characters: what is no UTF-8 then needs no rule of its own.

    >>> text_of([b"GET /a", b"GET /b"])
    b'GET /a\\nGET /b'
    """
    return b"\n".join(event[:READ] for event in events[: READ + 1])[:READ]


def event_at(events: Sequence[bytes], position: int) -> int:
    """
    Which event holds the byte at *position* of the text; a newline between two belongs to the first.

    >>> [event_at([b"ab", b"c"], position) for position in range(4)]
    [0, 0, 0, 1]
    """
    ends = accumulate(len(event) + 1 for event in events)
    return next((number for number, end in enumerate(ends) if position < end), max(len(events) - 1, 0))


def batches(units: Sequence[Unit]) -> Iterator[Sequence[Unit]]:
    """*units* in runs that are scored together. What is computed of a unit does not depend on its run."""
    for start in range(0, len(units), _AT_ONCE):
        yield units[start : start + _AT_ONCE]


def quoted(piece: bytes) -> str:
    """A piece of text for a sentence, unprintable bytes escaped."""
    return repr(piece.decode("utf-8", "backslashreplace"))
