"""Text inside JSON strings: what the escapes stand for, and where in the raw text each byte of it lies."""

import re
from collections.abc import Iterator
from typing import Final

# A string with at least one escape, without its quotes. One that never ends is read over whole, since none of the
# quotes in it ends either.
_STRING: Final = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)++)(?:"|(\\?\Z))', re.DOTALL)
_ESCAPE: Final = re.compile(
    rb"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL
)
_SHORT: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b'"': b'"', b"/": b"/"}


def escaped_strings(text: bytes) -> Iterator[re.Match[bytes]]:
    r"""
    Strings in *text* with at least one escape; group 1 is what stands between the quotes.

    >>> [string[1] for string in escaped_strings(b'{"a\\"b":"c","d\\\\":"')]
    [b'a\\"b', b'd\\\\']
    """
    return (string for string in _STRING.finditer(text) if string[2] is None)


def unescape(raw: bytes) -> tuple[bytes, list[int]]:
    r"""
    What *raw*, the inside of a JSON string, stands for.

    An escape that JSON does not know stands for itself: text that only looks like JSON is read too.

    Returns:
        The text, and for each of its bytes, and for its end, where that begins in *raw*.

    >>> unescape(b'a\\"\\u0040')
    (b'a"@', [0, 1, 3, 9])
    """
    text, places, done = bytearray(), list[int](), 0
    for escape in _ESCAPE.finditer(raw):
        text += raw[done : escape.start()]
        places.extend(range(done, escape.start()))
        meant = _meant(escape)
        text += meant
        places.extend([escape.start()] * len(meant))
        done = escape.end()
    text += raw[done:]
    places.extend(range(done, len(raw) + 1))
    return bytes(text), places


def escaped(text: bytes) -> bytes:
    """*text*, printable ASCII, as it stands inside a JSON string."""
    return text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _meant(escape: re.Match[bytes]) -> bytes:
    high, low, unit, letter = escape.groups()
    if high is not None:
        return (
            (b"\\u" + high + b"\\u" + low)
            .decode("raw_unicode_escape")
            .encode("utf-16", "surrogatepass")
            .decode("utf-16")
            .encode()
        )
    if unit is not None:
        return chr(int(unit, 16)).encode("utf-8", "surrogatepass")
    return b"\\" if letter == b"\\" else _SHORT.get(letter, escape.group())
