"""A canonical line cut into its parts: which field each byte belongs to, and as what."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["value", "key", "punctuation"]
Shape = Literal["json", "text"]

PUNCTUATION: Final = "(punctuation)"
LAST_WORD: Final = 20  # words of plain text behind it share one place
LONGEST_PATH: Final = 120  # characters
MOST_DEPTH: Final = 64

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^"{}\[\],:]+', re.DOTALL)
# Attributes of OTLP: a list of names with a value each. Canonical members are sorted, so the name comes first.
_ATTRIBUTE = re.compile(rb'\{\s*"key"\s*:\s*"((?:[^"\\]|\\.)*)"')
_TYPED: Final = frozenset({"value", "stringValue", "intValue", "doubleValue", "boolValue", "bytesValue"})
_WORD = re.compile(rb"[^ \t\x1e]+|[ \t\x1e]+")
_PAIR = re.compile(rb"([A-Za-z_][\w.-]{0,60})=")


@dataclass(frozen=True, slots=True)
class LinePart:
    """Bytes *start* to *stop* (exclusive) of a line."""

    start: int
    stop: int
    path: str
    role: Role


@dataclass(slots=True)
class _Open:
    """An object or list that is not closed yet."""

    path: str
    is_list: bool
    attribute: bool = False
    key: str | None = None  # of the member whose value comes next


def line_parts(line: bytes) -> tuple[tuple[LinePart, ...], Shape]:
    """
    The parts of a line in order, without gaps, and how it was read.

    A JSON object or list is read by its paths: members behind a dot, elements
    of a list as ``[]``, OTLP attributes by their name. Everything else is
    plain text: ``name=value`` by its name, other words by their place.

    >>> [(part.path, part.role, part.stop) for part in line_parts(b'{"a":{"b":<N2>}}')[0]]
    [('(punctuation)', 'punctuation', 1), ('a', 'key', 4), ('(punctuation)', 'punctuation', 6), \
('a.b', 'key', 9), ('(punctuation)', 'punctuation', 10), ('a.b', 'value', 14), ('(punctuation)', \
'punctuation', 16)]
    >>> [part.path for part in line_parts(b"GET took=<N2>ms")[0] if part.role != "punctuation"]
    ['word 1', 'took', 'took']
    """
    if line[:1] in (b"{", b"[") and (parts := _json(line)) is not None:
        return parts, "json"
    return _text(line), "text"


def _json(line: bytes) -> tuple[LinePart, ...] | None:
    """None where the line is no JSON after all, or nested too deep."""
    parts: list[LinePart] = []
    held: list[_Open] = []
    for found in _TOKEN.finditer(line):
        token, start = found.group(), found.start()
        # What no token begins with, a quote that is never closed, leaves a gap.
        if start != (parts[-1].stop if parts else 0) or (start and not held):
            return None
        mark, top = token[:1], held[-1] if held else None
        if mark in (b"{", b"["):
            if len(held) == MOST_DEPTH:
                return None
            held.append(_opened(line, start, mark == b"[", top))
        elif mark in (b"}", b"]"):
            held.pop()
        elif mark == b",":
            if top is not None and not top.is_list:
                top.key = None
        elif mark != b":" and not token.isspace():
            if top is not None and not top.is_list and top.key is None:
                top.key = token[1:-1].decode("utf-8", "replace")
                _add(parts, start, found.end(), _path(top), "key")
            else:
                # The name of an attribute is a key, whatever member holds it.
                named = top is not None and top.attribute and top.key == "key"
                _add(parts, start, found.end(), _path(top), "key" if named else "value")
            continue
        _add(parts, start, found.end(), PUNCTUATION, "punctuation")
    return tuple(parts) if parts and parts[-1].stop == len(line) and not held else None


def _opened(line: bytes, start: int, is_list: bool, top: _Open | None) -> _Open:
    path = "" if top is None else _path(top)
    if top is not None and top.is_list and not is_list and (named := _ATTRIBUTE.match(line, start)):
        name = named[1].decode("utf-8", "replace")
        return _Open(_cut(f"{path.removesuffix('[]')}[{name}]"), is_list=False, attribute=True)
    # The value of an attribute is an object of one typed member: it stays the attribute.
    inside = top is not None and top.attribute and not is_list
    return _Open(path, is_list=is_list, attribute=inside)


def _path(top: _Open | None) -> str:
    if top is None:
        return ""
    if top.is_list:
        return _cut(f"{top.path}[]")
    if top.key is None or (top.attribute and (top.key == "key" or top.key in _TYPED)):
        return top.path
    return _cut(f"{top.path}.{top.key}" if top.path else top.key)


def _cut(path: str) -> str:
    return path if len(path) <= LONGEST_PATH else f"{path[: LONGEST_PATH - 1]}…"


def _text(line: bytes) -> tuple[LinePart, ...]:
    parts: list[LinePart] = []
    number = 0
    for found in _WORD.finditer(line):
        start, stop = found.span()
        if found.group()[:1] in b" \t\x1e":
            _add(parts, start, stop, PUNCTUATION, "punctuation")
            continue
        number += 1
        if pair := _PAIR.match(line, start, stop):
            name = pair[1].decode()
            _add(parts, start, pair.end(), name, "key")
            _add(parts, pair.end(), stop, name, "value")
        else:
            place = f"word {number}" if number < LAST_WORD else f"word {LAST_WORD} and on"
            _add(parts, start, stop, place, "value")
    return tuple(parts)


def _add(parts: list[LinePart], start: int, stop: int, path: str, role: Role) -> None:
    """Neighbours of one sort are made one."""
    if start == stop:
        return
    if parts and parts[-1].path == path and parts[-1].role == role:
        start = parts.pop().start
    parts.append(LinePart(start, stop, path, role))
