"""The text of a unit: its events end to end, as far as text views read."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

import numpy as np

from driftlock_core.views.contract import Unit

READ: Final = 3000  # bytes; of longer texts as many are chosen
ENDS: Final = 1000  # bytes read at either end of a longer text
STRETCH: Final = 100  # bytes; ten of these between the ends
# What lies beyond is left to the length of the events and to the compressor.
FARTHEST: Final = 65_536  # bytes
_AT_ONCE: Final = 64  # units: their symbols and look-ups then still fit the processor's cache


def text_of(events: Sequence[bytes]) -> bytes:
    """
    The events joined by newlines; of more than 3000 bytes a choice.

    Of the first 65536 bytes of a longer text these are read: the first 1000,
    the last 1000, and of what lies between the ten stretches of 100 least
    like the text itself, by its own frequencies of byte pairs, in their
    order. So nothing can hide behind a long harmless beginning.

    >>> text_of([b"GET /a", b"GET /b"])
    b'GET /a\\nGET /b'
    >>> buried = text_of([b"all is well " * 500 + b"%$#!" * 20 + b"all is well " * 500])
    >>> len(buried), buried.count(b"%$#!")
    (3000, 20)
    """
    text = _joined(events)
    return text if len(text) <= READ else b"".join(text[start:stop] for start, stop in _read(text))


def event_at(events: Sequence[bytes], position: int) -> int:
    """
    Which event holds the byte at *position* of the text; a newline between two belongs to the first.

    >>> [event_at([b"ab", b"c"], position) for position in range(4)]
    [0, 0, 0, 1]
    """
    text = _joined(events)
    if len(text) > READ:
        for start, stop in _read(text):
            if position < stop - start:
                position += start
                break
            position -= stop - start
        else:
            position = len(text) - 1
    ends = accumulate(len(event) + 1 for event in events)
    return next((number for number, end in enumerate(ends) if position < end), max(len(events) - 1, 0))


def batches(units: Sequence[Unit]) -> Iterator[Sequence[Unit]]:
    """*units* in runs that are scored together. What is computed of a unit does not depend on its run."""
    for start in range(0, len(units), _AT_ONCE):
        yield units[start : start + _AT_ONCE]


def quoted(piece: bytes) -> str:
    """A piece of text for a sentence, unprintable bytes escaped."""
    return repr(piece.decode("utf-8", "backslashreplace"))


def _joined(events: Sequence[bytes]) -> bytes:
    if len(events) == 1:
        return events[0][:FARTHEST]
    return b"\n".join(event[:FARTHEST] for event in events[: FARTHEST + 1])[:FARTHEST]


def _read(text: bytes) -> list[tuple[int, int]]:
    """Start and stop of what is read of a long text."""
    symbols = np.frombuffer(text, dtype=np.uint8).astype(np.int64)
    pairs = symbols[:-1] << 8 | symbols[1:]
    bits = np.log2(len(pairs)) - np.log2(np.bincount(pairs, minlength=1 << 16)[pairs])
    starts = np.arange(ENDS, len(text) - ENDS - STRETCH + 1, STRETCH)
    costs = bits[starts[:, None] + np.arange(STRETCH)].sum(axis=1)
    chosen = starts[np.argsort(-costs, kind="stable")[: (READ - 2 * ENDS) // STRETCH]]
    between = [(start, start + STRETCH) for start in sorted(chosen.tolist())]
    return [(0, ENDS), *between, (len(text) - ENDS, len(text))]
