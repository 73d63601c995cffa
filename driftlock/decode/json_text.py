"""One JSON object out of bytes, and in plain words what is wrong when there is none."""

import json
import re
from typing import Any

import orjson

from driftlock.decode import json_marks as marks

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|["{}\[\]]', re.DOTALL)
_NUMBERS_OF_PYTHON = (b"NaN", b"Infinity")  # no JSON, but Python and several exporters write them
_SCANNED_BYTES = 1024**2


def read_object(text: bytes) -> dict[str, Any] | str:
    """
    The JSON object *text* is, or the reason why it is none.

    >>> read_object(b'{"a": 1}'), read_object(b"[1]"), read_object(b'{"a": "x}')
    ({'a': 1}, 'not a JSON object', 'missing quote')
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if any(word in text for word in _NUMBERS_OF_PYTHON):
            try:
                value = json.loads(text)
                orjson.dumps(value)  # refuses what only Python reads: half surrogate pairs, endless integers
            except (ValueError, TypeError, RecursionError):
                return fault(text, error)
        else:
            return fault(text, error)
    return value if isinstance(value, dict) else "not a JSON object"


def fault(text: bytes, error: orjson.JSONDecodeError) -> str:
    """Why *text* is no JSON, in words a person can act on; *error* is what the parser said."""
    body = text.strip()
    if not body.startswith(b"{"):
        return "not a JSON object"
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        return f"not UTF-8 text at byte {wrong.start + 1:,}"
    open_brackets: list[int] = []
    for token in _TOKEN.finditer(body, 0, _SCANNED_BYTES):
        mark = body[token.start()]
        if mark == marks.QUOTE:
            if token.end() - token.start() == 1:
                return "missing quote"
        elif mark in marks.PARTNER:
            if not open_brackets or open_brackets.pop() != marks.PARTNER[mark]:
                return "brackets do not match"
            if not open_brackets and token.end() < len(body):
                return "more text after the JSON object"
        else:
            open_brackets.append(mark)
    if open_brackets and len(body) <= _SCANNED_BYTES:
        return (
            "missing closing bracket" if open_brackets[-1] == marks.OPEN_BRACKET else "missing closing brace"
        )
    return f"not valid JSON near character {error.colno:,}"
