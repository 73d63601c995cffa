"""What rows of the two logs say on screen and in files."""

import json
from collections.abc import Mapping
from typing import Any, Final

from driftlock.model import moment
from driftlock.services.accesses import UNKNOWN
from driftlock.services.permissions import SYSTEM

LONGEST: Final = 300  # characters of a change on screen; files hold all
_OTHERS: Final[Mapping[str, str]] = {SYSTEM: "the program", "visitor": "a visitor", UNKNOWN: "not known"}
KEY: Final = "key:"


def actor(who: str, names: Mapping[str, str]) -> str:
    """
    Who acted, for people.

    >>> actor("system", {}), actor("key:1c1f7b1e00004000", {}), actor("a" * 32, {"a" * 32: "Ann"})
    ('the program', 'key 1c1f7b1e…', 'Ann')
    """
    if who.startswith(KEY):
        return f"key {who.removeprefix(KEY)[:8]}…"
    return names.get(who) or _OTHERS.get(who) or f"{who[:8]}…"


def thing(kind: str, object_id: str) -> str:
    """
    >>> thing("stream", "0123456789abcdef0123456789abcdef"), thing("bundles", "")
    ('stream 01234567…', 'bundles')
    """
    short = f"{object_id[:8]}…" if len(object_id) > 24 else object_id
    return f"{kind} {short}".strip()


def change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """
    What stood before, and after.

    >>> change({"role": "viewer"}, {"role": "analyst", "days": 3}), change(None, None)
    ('role: viewer → analyst; days: 3', '')
    """
    old, new = before or {}, after or {}
    parts = []
    for name in dict.fromkeys([*old, *new]):
        if name in old and name in new:
            parts.append(f"{name}: {_value(old[name])} → {_value(new[name])}")
        elif name in new:
            if new[name] is not None:  # what a change leaves empty that was not there before is no news
                parts.append(f"{name}: {_value(new[name])}")
        else:
            parts.append(f"{name}: {_value(old[name])} before")
    said = "; ".join(parts)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A plain row for a table of a file: changes as JSON, and the time in ISO 8601 beside its number."""
    told = dict(row)
    for name in ("before", "after"):
        told[name] = (
            None if told[name] is None else json.dumps(told[name], sort_keys=True, ensure_ascii=False)
        )
    return {"at": moment(told["at_us"]).isoformat(), **told}


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
