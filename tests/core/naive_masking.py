"""
The mask once more: every rule of docs/measures/masking.md tried byte by byte, slowly.

No ``re``, nothing of the engine. What matches in a shape is found once, since it
depends on nothing else. The forms are in naive_classes, JSON is in naive_json.
"""

import hashlib
from functools import lru_cache

import naive_json
from naive_classes import NAMES, TIMESTAMPS, TOKEN_CLASSES
from naive_grammar import DIGITS, HEX, Form

KEPT = 65_536  # bytes of an event that are read
CUTS = b" \t\x1e\"',;=()[]{}<>|`"
FORMS = [("timestamp", TIMESTAMPS), *TOKEN_CLASSES]
LABELS = {"timestamp": b"<TS>", "base64": b"<B64>", "hash": b"<HEX>"}


def canonical(event: bytes, classes: frozenset[str] = NAMES) -> bytes:
    """The canonical form of one event, by section 1 of the text."""
    line = event.replace(b"\n", b"\x1e")
    shape = shape_of(line)
    tail = b""
    if len(line) > KEPT:
        tail = b" <cut %d %s>" % (len(line), hashlib.sha256(shape).hexdigest().encode())
        line, shape = line[:KEPT], shape[:KEPT]
    order = naive_json.order(shape)
    if order is not None:
        line, shape = bytes(line[i] for i in order), bytes(shape[i] for i in order)
    if "timestamp" in classes:
        line, shape = replaced(line, shape, frozenset({"timestamp"}))
    return tokens_masked(line, shape, classes - {"timestamp"}) + tail


def shape_of(line: bytes) -> bytes:
    """Every digit 1-9 becomes 0."""
    return bytes(ord("0") if byte in DIGITS else byte for byte in line)


def tokens_masked(line: bytes, shape: bytes, classes: frozenset[str]) -> bytes:
    """Cut at the separators, mask each token that may hold a volatile value."""
    masked = bytearray()
    start = 0
    for at in range(len(shape) + 1):
        if at < len(shape) and shape[at] not in CUTS:
            continue
        token = line[start:at]
        if is_looked_at(shape[start:at]):
            token, _ = replaced(token, shape[start:at], classes)
        masked += token + line[at : at + 1]
        start = at + 1
    return bytes(masked)


def is_looked_at(shape: bytes) -> bool:
    """A token with a digit, ``@``, ``.``, ``://`` or eight hex digits in a row."""
    marks = any(mark in shape for mark in (b"0", b"@", b".", b"://"))
    return marks or any(all(byte in HEX for byte in shape[i : i + 8]) for i in range(len(shape) - 7))


def replaced(line: bytes, shape: bytes, classes: frozenset[str]) -> tuple[bytes, bytes]:
    """From left to right, the first class that matches at a position takes its bytes; line and shape."""
    out_line, out_shape = bytearray(), bytearray()
    at = 0
    for start, end, name in matches(shape, classes):
        mark = (
            b"<N%d>" % (end - start)
            if name == "number"
            else LABELS.get(name, b"<%s>" % name.upper().encode())
        )
        out_line += line[at:start] + mark
        out_shape += shape[at:start] + mark
        at = end
    return bytes(out_line + line[at:]), bytes(out_shape + shape[at:])


@lru_cache(maxsize=20_000)
def matches(shape: bytes, classes: frozenset[str]) -> list[tuple[int, int, str]]:
    """Where each match begins and ends, and its class, from left to right."""
    tried = [(name, forms) for name, forms in FORMS if name in classes]
    found = []
    at = 0
    while at < len(shape):
        name, end = first_match(shape, at, tried)
        if end is not None:
            found.append((at, end, name))
        at = at + 1 if end is None else end
    return found


def first_match(shape: bytes, at: int, tried: list[tuple[str, list[Form]]]) -> tuple[str, int | None]:
    """The first class, and its first form, that matches at a position."""
    for name, forms in tried:
        for form in forms:
            end = form.end(shape, at)
            if end is not None:
                return name, end
    return "", None
