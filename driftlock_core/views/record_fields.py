"""
Units read as records: ``name=value`` pairs and JSON objects cut into fields.

A value ends at white space or a comma before the next ``name=``, or at ``&``,
``;``, ``?`` or a newline; one in quotes ends with them. What is left of the body without its values is a field too, named
``_tmpl``: an unknown, missing or reordered parameter makes another template.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from driftlock_core.masking import Masker
from driftlock_core.views.contract import Unit

Record = dict[bytes, bytes]  # field name → value; the template first

TEMPLATE: Final = b"_tmpl"
FEWEST_FIELDS: Final = 2  # one "=" in a sentence does not make it a record
SHARE_OF_RECORDS: Final = 0.5
# Deeper JSON is read as text: the parser's own limit depends on how deep the caller already stands.
DEEPEST: Final = 100

_NAME: Final = rb"[A-Za-z_@][\w.\-\[\]]{0,63}+"
# Possessive throughout, so that no text makes the search quadratic.
_COMMA: Final = rb",(?!\s*+" + _NAME + rb"=)"
_PIECE: Final = rb"(?:[^&;?\s,]++|" + _COMMA + rb")*+"
_SOME: Final = rb"(?:[^&;?\s,]++|" + _COMMA + rb")++"
_PAIR: Final = re.compile(
    rb"(?<![^\s&;?,])(" + _NAME + rb")=(\"?+)"
    rb"((?<=\")(?:[^\"\\\n]++|\\.)*+(?=\"(?:[\s&;?,]|\Z))"
    rb"|" + _PIECE + rb"(?:[^\S\n]++(?!" + _NAME + rb"=)" + _SOME + rb")*+)"
)
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_OPENING: Final = np.zeros(256, dtype=np.int64)
_OPENING[[ord("{"), ord("[")]] = 1
_OPENING[[ord("}"), ord("]")]] = -1

Pairs = list[tuple[bytes, bytes]]


class _Members(list[tuple[str, object]]):
    """A JSON object as written: names may repeat."""


class RecordReader:
    """
    Cuts units into fields; holds nothing but a cache of masked templates.

    >>> RecordReader().read([Unit((b"GET /a?id=7&name=J. Doe",), (b"",))])
    [{b'_tmpl': b'GET /a?id=&name=', b'id': b'7', b'name': b'J. Doe'}]
    """

    def __init__(self) -> None:
        self._masker = Masker()

    def read(self, units: Sequence[Unit]) -> list[Record]:
        """One record per unit, the template masked, so that a clock reading before the fields is no news."""
        records = [_record(unit) for unit in units]
        masked = self._masker.canonical([record[TEMPLATE] for record in records])
        for record, template in zip(records, masked, strict=True):
            record[TEMPLATE] = template
        return records


def event_of(unit: Unit, name: bytes) -> int:
    """Position of the event that holds the field; 0 for the template and for fields the unit lacks."""
    taken: Record = {TEMPLATE: b""}
    repeats: dict[bytes, int] = {}
    for position, event in enumerate(unit.raw):
        _add(taken, repeats, _cut(event)[0])
        if name != TEMPLATE and name in taken:
            return position
    return 0


def record_share(units: Sequence[Unit]) -> float:
    """Share of the units that hold at least two fields, in [0, 1]; 0 without units."""
    with_fields = sum(len(_record(unit)) > FEWEST_FIELDS for unit in units)
    return with_fields / len(units) if units else 0.0


def is_record(units: Sequence[Unit]) -> bool:
    """
    Whether the baseline's units read as records: at least half of them hold two fields or more.

    >>> is_record([Unit((b"a=1 b=2",), (b"",)), Unit((b"it is calm",), (b"",))])
    True
    """
    return record_share(units) >= SHARE_OF_RECORDS


def _record(unit: Unit) -> Record:
    record: Record = {TEMPLATE: b""}
    repeats: dict[bytes, int] = {}
    templates = []
    for event in unit.raw:
        pairs, template = _cut(event)
        _add(record, repeats, pairs)
        templates.append(template)
    record[TEMPLATE] = b"\n".join(templates)
    return record


def _add(record: Record, repeats: dict[bytes, int], pairs: Pairs) -> None:
    """The second ``id`` of a record is the field ``id[2]``: a parameter given twice is then not overlooked."""
    for name, value in pairs:
        if name in record:
            number = repeats.get(name, 1) + 1
            while (numbered := b"%b[%d]" % (name, number)) in record:
                number += 1
            repeats[name] = number
            name = numbered
        record[name] = value


def _cut(event: bytes) -> tuple[Pairs, bytes]:
    """The fields of an event, and its text without their values."""
    if (pairs := pairs_of_json(event)) is not None:
        return pairs, b"{" + b",".join(sorted(name for name, _ in pairs)) + b"}"
    parts = _PAIR.split(event)
    names, values = parts[1::4], parts[3::4]
    # An opening quote stays with the template, as the closing one does.
    parts[2::4] = [b"=" + quote for quote in parts[2::4]]
    parts[3::4] = [b""] * len(names)
    return [*zip(names, values, strict=True)], b"".join(parts)


def pairs_of_json(event: bytes) -> Pairs | None:
    """
    The fields of a JSON object, or None if the event is none. A list of messages has a field for each role.

    >>> pairs_of_json(b'{"a": {"b": 1}, "chat": [{"role": "user", "content": "hi"}]}')
    [(b'a.b', b'1'), (b'chat.user', b'hi')]
    """
    if event.lstrip()[:1] != b"{" or (members := _json_members(event)) is None:
        return None
    return [*_flat(members, b"")]


def _json_members(event: bytes) -> _Members | None:
    if event.count(b"{") + event.count(b"[") > DEEPEST:
        outside_strings = _STRING.sub(b"", event)
        depth = np.cumsum(_OPENING[np.frombuffer(outside_strings, dtype=np.uint8)])
        if depth.max() > DEEPEST:
            return None
    try:
        value = json.loads(
            event.decode("utf-8", "surrogateescape"),
            strict=False,  # a newline inside a string is no reason to see no fields at all
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            object_pairs_hook=_Members,
        )
    except ValueError:
        return None
    return value if isinstance(value, _Members) else None


def _flat(members: _Members, path: bytes) -> Iterator[tuple[bytes, bytes]]:
    for key, value in members:
        name = path + _encoded(key)
        if isinstance(value, _Members) and value:
            yield from _flat(value, name + b".")
        elif isinstance(value, list) and value and (said := _said(value)):
            for role, contents in said.items():
                yield name + b"." + _encoded(role), _encoded("\n".join(contents))
        else:
            yield name, _encoded(_written(value))


def _said(messages: list[object]) -> dict[str, list[str]]:
    """What each role says in a list of messages, in order; nothing if it is no such list."""
    said: dict[str, list[str]] = {}
    for message in messages:
        members = dict(message) if isinstance(message, _Members) else {}
        role = members.pop("role", None)
        if not isinstance(role, str):
            return {}
        content = members.pop("content", "")
        if isinstance(content, list):  # of parts, as images and texts are sent together
            texts = [dict(part).get("text", part) if isinstance(part, _Members) else part for part in content]
            content = "\n".join(map(_written, texts))
        rest = [_written(_Members(members.items()))] if members else []
        said.setdefault(role, []).append("\n".join([_written(content), *rest]))
    return said


def _written(value: object) -> str:
    """A JSON value as text: a list is one value, since its length would make other names each time."""
    if isinstance(value, str):
        return value
    if isinstance(value, _Members):
        return "{" + ",".join(f"{key}:{_written(member)}" for key, member in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return {None: "null", True: "true", False: "false"}[value]  # type: ignore[index]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
