"""Text lines that are objects in disguise: ``name=value`` pairs."""

import re
from typing import Final

FEWEST_PAIRS: Final = 2  # one "=" in a sentence makes no object
_LOOKED_AT: Final = 8_192  # bytes of a line

_NAME: Final = rb"[A-Za-z_@][\w.\-]{0,63}+"
# Possessive throughout, so that no text makes the search quadratic.
_PAIR: Final = re.compile(
    rb"(?<![^\s,;|])("
    + _NAME
    + rb')=("(?:[^"\\]++|\\.)*+"|[^\s"]*+(?:[^\S\n]++(?!'
    + _NAME
    + rb"=)[^\s]++)*+)"
)


def pairs_of(line: bytes) -> dict[str, str]:
    """
    Names and values of a line, the first of each name; empty if there are fewer than two.

    A value ends where the next pair begins, so that it may hold spaces.

    >>> pairs_of(b"merchant=Spencer PLC amount=107.29")
    {'merchant': 'Spencer PLC', 'amount': '107.29'}
    >>> pairs_of(b"GET /search?a=1&b=2")
    {}
    """
    found: dict[str, str] = {}
    for match in _PAIR.finditer(line[:_LOOKED_AT]):
        name, value = (part.decode(errors="replace") for part in match.groups())
        found.setdefault(name, value.strip().strip('"'))
    return found if len(found) >= FEWEST_PAIRS else {}
