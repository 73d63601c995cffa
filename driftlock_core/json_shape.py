"""JSON in canonical order, judged on the shape of the text (all digits 0): caches by shape stay exact."""

import re
from operator import itemgetter

MAX_DEPTH = 64

# White space holds 0x1E as well: it is the newline of a pretty-printed event.
_SPACE = rb"[ \t\r\x1e]*"
_STRING = rb'"[^"\\\x00-\x1f]*(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*)*"'
_SCALAR = rb"-?0+(?:\.0+)?(?:[eE][+-]?0+)?|true|false|null"
_TOKEN = re.compile(rb"%b(?:(?P<mark>[{}\[\]:,])|(?P<string>%b)|(?P<scalar>%b))" % (_SPACE, _STRING, _SCALAR))
# A whole member whose value is no object or array, up to its comma or brace: most are, and one search is quicker than four.
_MEMBER = re.compile(
    rb"%b(%b)%b:%b(%b|%b)%b([,}])" % (_SPACE, _STRING, _SPACE, _SPACE, _STRING, _SCALAR, _SPACE)
)
_BLANK = re.compile(rb"[ \t\r\x1e]*\Z")
_first = itemgetter(0)


class _NotJson(Exception):
    pass


class _Reader:
    """Recursive descent over the shape; what it returns is cut from *source*, which has the same length."""

    def __init__(self, shape: bytes, source: bytes) -> None:
        self.shape = shape
        self.source = source
        self.position = 0

    def token(self) -> tuple[str, bytes, bytes]:
        """Kind, shape and source text of the next token."""
        found = _TOKEN.match(self.shape, self.position)
        if found is None or found.lastgroup is None:
            raise _NotJson
        self.position = found.end()
        start, stop = found.span(found.lastgroup)
        return found.lastgroup, self.shape[start:stop], self.source[start:stop]

    def value(self, token: tuple[str, bytes, bytes], depth: int) -> bytes:
        kind, shape, source = token
        if kind != "mark":
            return source
        if depth >= MAX_DEPTH:
            raise _NotJson
        if shape == b"{":
            return self.members(depth + 1)
        if shape == b"[":
            return self.elements(depth + 1)
        raise _NotJson

    def members(self, depth: int) -> bytes:
        members: list[tuple[bytes, bytes]] = []
        mark = b","
        while mark == b",":
            key, text, mark = self.plain_member() or self.member(depth, alone=not members)
            if key:
                members.append((key, text))
        if mark != b"}":
            raise _NotJson
        members.sort(key=_first)  # stable: equal keys keep their order
        return b"{" + b",".join([text for _, text in members]) + b"}"

    def plain_member(self) -> tuple[bytes, bytes, bytes] | None:
        """Shape of the key, source of key and value, and the mark behind; None where the value is no plain one."""
        found = _MEMBER.match(self.shape, self.position)
        if found is None:
            return None
        self.position = found.end()
        key, stop = found.span(1)
        start, end = found.span(2)
        source = self.source
        return self.shape[key:stop], source[key:stop] + b":" + source[start:end], found[3]

    def member(self, depth: int, *, alone: bool) -> tuple[bytes, bytes, bytes]:
        """The same of any member; with no key where a brace closes an empty object."""
        kind, key_shape, key = self.token()
        if alone and key_shape == b"}":
            return b"", b"", b"}"
        if kind != "string" or self.token()[1] != b":":
            raise _NotJson
        text = key + b":" + self.value(self.token(), depth)
        return key_shape, text, self.token()[1]

    def elements(self, depth: int) -> bytes:
        elements: list[bytes] = []
        token = self.token()
        if token[1] == b"]":
            return b"[]"
        while True:
            elements.append(self.value(token, depth))
            mark = self.token()[1]
            if mark == b"]":
                break
            if mark != b",":
                raise _NotJson
            token = self.token()
        return b"[" + b",".join(elements) + b"]"


def canonical_json(shape: bytes, source: bytes) -> bytes | None:
    """
    *source* compact and with sorted keys, or None if *shape* is not a JSON object or array.

    Both texts have the same length; everything is decided on *shape*.

    >>> canonical_json(b'{"b": 00, "a": [true]}', b'{"b": 12, "a": [true]}')
    b'{"a":[true],"b":12}'
    """
    if not shape.lstrip(b" \t\r\x1e").startswith((b"{", b"[")):
        return None
    reader = _Reader(shape, source)
    try:
        text = reader.value(reader.token(), 0)
    except _NotJson:
        return None
    return text if _BLANK.match(shape, reader.position) else None
