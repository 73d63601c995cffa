"""The strings of a JSON event, each beside the same string of the event's canonical line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_DEPTH: Final = 64
_BLANK = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*"')
# Numbers of canonical lines are masks.
_SCALAR = re.compile(rb"(?:<[A-Z0-9]+>|[-+0-9.eE])+|true|false|null")
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_MASK = re.compile(rb"<(?:TS|JWT|ARN|URL|EMAIL|UUID|IP|DOMAIN|B64|HEX|N(\d+))>")
# What a mask may stand for: digits, a time, or letters without the delimiters that masking cuts at.
_STANDS_FOR: Final = {
    b"<TS>": rb"[0-9A-Za-z:,./ _+-]{4,48}?",
    b"<ARN>": rb"arn:[^\s\"]+?",
}
_TOKEN: Final = rb"[^ \t\"'`,;=()\[\]{}<>|]+?"


@dataclass(frozen=True, slots=True)
class Text:
    """A string inside its quotes: bytes *start* to *stop* (exclusive) of the event."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Members:
    """An object: names and values in the order of the event."""

    pairs: tuple[tuple[Text, "Node"], ...]


Node = Text | Members | list["Node"] | None  # None: a number, true, false, null


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of a string, and where they lie in the canonical line; a mask stands for all of its bytes."""

    start: int  # in the event
    stop: int
    canonical: int  # of the first byte, in the canonical line
    masked: bool


def tree(event: bytes) -> Node:
    """
    What the event, or its canonical line, holds; None if it is no JSON object or array.

    >>> tree(b'{"a": ["x", 1]}')
    Members(pairs=((Text(start=2, stop=3), [Text(start=8, stop=9), None]),))
    """
    try:
        node, stop = _value(event, _skip(event, 0), 0)
    except ValueError:
        return None
    return node if isinstance(node, Members | list) and _skip(event, stop) == len(event) else None


def _skip(event: bytes, at: int) -> int:
    found = _BLANK.match(event, at)
    return found.end() if found else at


def _value(event: bytes, at: int, depth: int) -> tuple[Node, int]:
    mark = event[at : at + 1]
    if mark == b'"':
        text = _string(event, at)
        return text, text.stop + 1
    if mark in (b"{", b"["):
        if depth >= MAX_DEPTH:
            raise ValueError("too deep")
        return _members(event, at, depth) if mark == b"{" else _elements(event, at, depth)
    if found := _SCALAR.match(event, at):
        return None, found.end()
    raise ValueError("no JSON")


def _string(event: bytes, at: int) -> Text:
    found = _STRING.match(event, at)
    if found is None:
        raise ValueError("no string")
    return Text(found.start() + 1, found.end() - 1)


def _members(event: bytes, at: int, depth: int) -> tuple[Members, int]:
    pairs: list[tuple[Text, Node]] = []
    at = _skip(event, at + 1)
    while event[at : at + 1] != b"}" or pairs:
        key = _string(event, at)
        at = _skip(event, key.stop + 1)
        if event[at : at + 1] != b":":
            raise ValueError("no colon")
        value, at = _value(event, _skip(event, at + 1), depth + 1)
        pairs.append((key, value))
        at = _skip(event, at)
        if event[at : at + 1] == b"}":
            break
        if event[at : at + 1] != b",":
            raise ValueError("no comma")
        at = _skip(event, at + 1)
    return Members(tuple(pairs)), at + 1


def _elements(event: bytes, at: int, depth: int) -> tuple[list[Node], int]:
    elements: list[Node] = []
    at = _skip(event, at + 1)
    while event[at : at + 1] != b"]" or elements:
        value, at = _value(event, at, depth + 1)
        elements.append(value)
        at = _skip(event, at)
        if event[at : at + 1] == b"]":
            break
        if event[at : at + 1] != b",":
            raise ValueError("no comma")
        at = _skip(event, at + 1)
    return elements, at + 1


def aligned(event: bytes, node: Node, canonical: bytes) -> dict[Text, tuple[Stretch, ...]]:
    """
    Where the bytes of each string lie in the canonical line.

    Canonical JSON has its members sorted by name, digits counting as 0, so the
    strings are met in that order. A string that masking changed beyond what can
    be followed is left out; of a line that was cut, all are.

    >>> event = b'{"b": "run 17", "a": "x"}'
    >>> found = aligned(event, tree(event), b'{"a":"x","b":"run <N2>"}')
    >>> [(s.canonical, s.masked) for s in found[Text(7, 13)]]
    [(14, False), (18, True)]
    """
    own = list(_in_canonical_order(event, node))
    theirs = [Text(found.start() + 1, found.end() - 1) for found in _STRING.finditer(canonical)]
    if len(own) != len(theirs):
        return {}
    found = {}
    for text, other in zip(own, theirs, strict=True):
        if (stretches := _followed(event, text, canonical, other)) is not None:
            found[text] = stretches
    return found


def _in_canonical_order(event: bytes, node: Node) -> Iterator[Text]:
    if isinstance(node, Text):
        yield node
    elif isinstance(node, list):
        for element in node:
            yield from _in_canonical_order(event, element)
    elif isinstance(node, Members):
        for key, value in sorted(
            node.pairs,
            key=lambda pair: event[pair[0].start - 1 : pair[0].stop + 1].translate(_DIGITS_TO_ZERO),
        ):
            yield key
            yield from _in_canonical_order(event, value)


def _followed(event: bytes, text: Text, canonical: bytes, other: Text) -> tuple[Stretch, ...] | None:
    stretches: list[Stretch] = []
    at, kept = text.start, other.start
    masks = [*_MASK.finditer(canonical, other.start, other.stop)]
    for number in range(len(masks) + 1):
        begin = masks[number].start() if number < len(masks) else other.stop
        literal = canonical[kept:begin]
        if not event.startswith(literal, at) or at + len(literal) > text.stop:
            return None
        if literal:
            stretches.append(Stretch(at, at + len(literal), kept, False))
        at += len(literal)
        if number == len(masks):
            break
        mask = masks[number]
        kept = mask.end()
        after = canonical[kept : masks[number + 1].start() if number + 1 < len(masks) else other.stop]
        length = _length(event, at, text.stop, mask, after, last=number + 1 == len(masks))
        if length is None:
            return None
        stretches.append(Stretch(at, at + length, mask.start(), True))
        at += length
    return tuple(stretches) if at == text.stop else None


def _length(
    event: bytes, at: int, stop: int, mask: "re.Match[bytes]", after: bytes, *, last: bool
) -> int | None:
    """Bytes that a mask stands for, told by its class and by the literal behind it."""
    if mask[1] is not None:
        return int(mask[1])
    class_of = _STANDS_FOR.get(mask[0], _TOKEN)
    found = re.compile(class_of + re.escape(after) + (rb"\Z" if last else b"")).match(event, at, stop)
    return None if found is None else found.end() - at - len(after)
