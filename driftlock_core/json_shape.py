"""JSON in canonical order, judged on the shape of the text (all digits 0): caches by shape stay exact."""

import re

MAX_DEPTH = 64

# White space holds 0x1E as well: it is the newline of a pretty-printed event.
_TOKEN = re.compile(
    rb"[ \t\r\x1e]*(?:"
    rb"(?P<mark>[{}\[\]:,])"
    rb'|(?P<string>"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*")'
    rb"|(?P<scalar>-?0+(?:\.0+)?(?:[eE][+-]?0+)?|true|false|null)"
    rb")"
)
_BLANK = re.compile(rb"[ \t\r\x1e]*\Z")


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
        token = self.token()
        if token[1] == b"}":
            return b"{}"
        while True:
            kind, key_shape, key = token
            if kind != "string" or self.token()[1] != b":":
                raise _NotJson
            members.append((key_shape, key + b":" + self.value(self.token(), depth)))
            mark = self.token()[1]
            if mark == b"}":
                break
            if mark != b",":
                raise _NotJson
            token = self.token()
        members.sort(key=lambda member: member[0])  # stable: equal keys keep their order
        return b"{" + b",".join(text for _, text in members) + b"}"

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
