"""
A row of the audit log, and the hash that chains it to the one before.

The hash of a row is the SHA-256 of its canonical JSON with everything but the
hash itself, the hash of the row before included::

    json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

Values are cut and rounded on their way in, so that every database gives back
exactly what was hashed.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from driftlock.model import microseconds

FIRST: Final = "0" * 64  # what stands before the first row
LONGEST_TEXT: Final = 200  # characters of one value
MOST_VALUES: Final = 100  # of a list or an object
DEEPEST: Final = 4
# From here on binary JSON writes a number without its exponent, and it comes back as another one.
_LARGE: Final = 10**15
_LARGEST: Final = 2**63
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who did what, when, to what; in its place of the chain."""

    tenant: str
    seq: int  # from 1 without gaps
    at: datetime
    actor: str
    role: str
    action: str
    object_kind: str
    object_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    address: str | None
    previous: str  # hash of the row before
    hash: str


def as_plain(row: AuditRow) -> dict[str, Any]:
    """The row as it is hashed and handed out; ``at_us`` counts microseconds since 1970 UTC."""
    return {
        "tenant": row.tenant,
        "seq": row.seq,
        "at_us": microseconds(row.at),
        "actor": row.actor,
        "role": row.role,
        "action": row.action,
        "object_kind": row.object_kind,
        "object_id": row.object_id,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "address": row.address,
        "previous": row.previous,
        "hash": row.hash,
    }


def digest(row: Mapping[str, Any]) -> str:
    """
    Hash of a plain row, 64 hexadecimal digits; what it says of its own hash is left out.

    >>> digest({"seq": 1, "previous": FIRST, "hash": "anything"})[:16]
    'be79e2e77e80a70c'
    """
    hashed = {name: value for name, value in row.items() if name != "hash"}
    return hashlib.sha256(_CANONICAL.encode(hashed).encode()).hexdigest()


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """
    What of *values* goes into a row: cut to a bounded size, and the same on every database.

    >>> plain({"limit": 0.05, "ids": range(3), "payload": b"secret", "share": 1e20})
    {'limit': 0.05, 'ids': [0, 1, 2], 'payload': '6 bytes', 'share': '1e+20'}
    """
    kept = _plain(values, DEEPEST)
    assert isinstance(kept, dict)
    return kept


def text(value: str, longest: int = LONGEST_TEXT) -> str:
    """*value* without what a database cannot keep, cut to *longest* characters."""
    cut = value if len(value) <= longest else f"{value[: longest - 1]}…"
    return cut.encode("utf-8", "replace").decode().replace("\0", "?")


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return (
            value if -_LARGEST < value < _LARGEST else text(f"{value:x}" if abs(value) >> 512 else str(value))
        )
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, datetime):
        return value.isoformat()
    if depth == 0:
        return "…"
    if isinstance(value, Mapping):
        named = list(value.items())
        kept = {text(str(name), 64): _plain(one, depth - 1) for name, one in named[:MOST_VALUES]}
        return kept if len(named) <= MOST_VALUES else {**kept, "…": len(named) - MOST_VALUES}
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    if isinstance(value, list | tuple | range):
        rest = len(value) - MOST_VALUES
        return [_plain(one, depth - 1) for one in value[:MOST_VALUES]] + ([f"… {rest}"] if rest > 0 else [])
    return text(str(value))


def _number(value: float) -> float | str:
    if not math.isfinite(value) or abs(value) >= _LARGE:
        return str(value)
    return value + 0.0  # minus zero has no sign in binary JSON
