"""What is taken out of a text, where, and what stands there instead."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

# Of constant length, so that neither the length of a secret nor its kind of letters is left.
MARKS: Final = {
    "secrets": b"<secret>",
    "emails": b"<email>",
    "phones": b"<phone>",
    "cards": b"<card>",
    "ids": b"<id>",
    "ibans": b"<iban>",
    "people": b"<personal>",
}
OWN_MARK: Final = b"<personal>"  # of fields named by hand
IS_MARK: Final = frozenset(MARKS.values()) | {b"<removed>"}


class Span(NamedTuple):
    """Bytes from *start* to *end* of a text, and what is written in their place."""

    start: int
    end: int
    mark: bytes


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """In order and apart: spans that overlap are one, with the mark of the one that begins first or is longer."""
    last: Span | None = None
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if last is None:
            last = span
        elif span.start < last.end:
            last = last._replace(end=max(last.end, span.end))
        else:
            yield last
            last = span
    if last is not None:
        yield last


def replaced(text: bytes, spans: Iterable[Span]) -> bytes:
    """*text* with the mark of each of *spans*, which are in order and apart, in its place."""
    parts, done = list[bytes](), 0
    for span in spans:
        parts += (text[done : span.start], span.mark)
        done = span.end
    return b"".join((*parts, text[done:]))
