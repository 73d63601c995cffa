"""Of which kind the telemetry of a file is, from sampled events, and the evidence for it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from driftlock.decode.json_text import read_object
from driftlock.decode.kind_fields import Seen, seen_in
from driftlock.decode.pairs import pairs_of
from driftlock.model import Kind, KindEvidence

# Of the sampled events, at least so many must look like a kind other than logs. The sampling error of a half
# in 400 events is 2.5 %: at 60 % most of the beginning of the file is of the kind beyond doubt.
SHARE_NEEDED: Final = 0.6
_SHOWN_FIELDS: Final = 6
_TABLE_SHARE: Final = 0.9  # of the events that must have the same fields to be rows of one table

_PROMETHEUS = re.compile(rb"[a-zA-Z_:][\w:]*(?:\{.*\})? [-+]?(?:\d[\d.eE+-]*|NaN|Inf)(?: -?\d+)?\s*\Z")
_IP = rb"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]+)"
_TCPDUMP = re.compile(rb"[\d:.\- ]{8,30} (?:\S{1,15} (?:In|Out|P|B|M) +)?IP6? \S{3,80} > \S{3,80}: ")
_VPC_FLOW = re.compile(rb"\d+ \S+ \S+ " + _IP + rb" " + _IP + rb"(?: \d+){7} (?:ACCEPT|REJECT|-) \S+\s*\Z")

_DESCRIBED: dict[Kind, str] = {
    "traces": "look like spans",
    "llm": "look like model calls or chats",
    "metrics": "look like measurements",
    "records": "look like transactions or rows of a table",
    "network": "look like network flows",
    "logs": "have a message or a level, or nothing that speaks for another kind",
}
_NOTHING: Final = KindEvidence(kind="logs", sentence="No whole event in the sample, so it is taken for logs.")


def of_object(record: dict[str, Any]) -> Kind:
    """The kind one object looks like; logs when nothing speaks for another."""
    return seen_in(_unwrapped(record)).kind


def of_objects(records: Sequence[dict[str, Any]]) -> KindEvidence:
    """The kind of JSON objects and rows of tables."""
    if not records:
        return _NOTHING
    inner = [_unwrapped(record) for record in records]
    shapes = Counter(frozenset(record) for record in inner)
    usual, count = shapes.most_common(1)[0]
    is_table = count >= _TABLE_SHARE * len(inner) and not any(_unnamed(name) for name in usual)
    return _decided(
        [seen_in(record, table=is_table and record.keys() == usual) for record in inner], _objects
    )


def of_lines(lines: Sequence[bytes]) -> KindEvidence:
    """The kind of lines of text: ``name=value`` pairs, metric samples, packets and flows tell more than logs."""
    seen = [seen_in_line(line) for line in lines if line.strip() and line[:1] != b"#"]
    return _decided(seen, _lines) if seen else _NOTHING


def of_bodies(bodies: Iterable[bytes]) -> KindEvidence:
    """The kind of events that may be JSON objects or text, each as it comes."""
    sampled = [body for body in bodies if body.strip()]
    objects = [record for body in sampled if isinstance(record := read_object(body), dict)]
    return of_objects(objects) if len(objects) * 2 > len(sampled) else of_lines(sampled)


def seen_in_line(line: bytes) -> Seen:
    """
    The kind one line of text looks like.

    >>> seen_in_line(b"Accepted password for root from 10.0.0.1 port 22 ssh2")
    Seen(kind='logs', fields=())
    """
    if _PROMETHEUS.match(line):
        return Seen("metrics")
    if _TCPDUMP.match(line) or _VPC_FLOW.match(line):
        return Seen("network")
    return seen_in(pairs_of(line))


def counted(kinds: Sequence[Kind], sentence: str) -> KindEvidence:
    """Evidence where every event names its own kind."""
    counts = Counter(kinds)
    kind, matching = counts.most_common(1)[0]
    return KindEvidence(
        kind=kind,
        sentence=sentence,
        sampled=len(kinds),
        matching=matching,
        counts=dict[str, int](counts.most_common()),
    )


def _decided(seen: Sequence[Seen], of_logs: Callable[[int, int], str]) -> KindEvidence:
    """The kind with most events if they are enough of them, else logs; ties go to the kind seen first."""
    counts = Counter(one.kind for one in seen)
    others = Counter({kind: count for kind, count in counts.items() if kind != "logs"})
    sampled, logs = len(seen), counts["logs"]
    kind: Kind = "logs"
    sentence = of_logs(logs, sampled)
    fields: tuple[str, ...] = ()
    if others:
        likeliest, count = others.most_common(1)[0]
        names = Counter(name for one in seen if one.kind == likeliest for name in one.fields)
        fields = tuple(name for name, _ in names.most_common(_SHOWN_FIELDS))
        looks = f"{count:,} of {sampled:,} sampled events {_DESCRIBED[likeliest]}"
        if count >= SHARE_NEEDED * sampled:
            kind = likeliest
            sentence = looks + (f" (fields {', '.join(fields)})." if fields else ".")
        else:
            sentence += f" {looks}: fewer than the {SHARE_NEEDED:.0%} that {likeliest} would need."
            fields = ()
    return KindEvidence(
        kind=kind,
        sentence=sentence,
        sampled=sampled,
        matching=counts[kind],
        counts=dict[str, int](counts.most_common()),
        fields=fields,
    )


def _objects(logs: int, sampled: int) -> str:
    return f"{logs:,} of {sampled:,} sampled events {_DESCRIBED['logs']}."


def _lines(logs: int, sampled: int) -> str:
    return f"{logs:,} of {sampled:,} sampled events are lines of text, which are logs."


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """What a ``body`` holds where nothing beside it speaks: an object, or a text of pairs."""
    body = record.get("body")
    if record.keys() & {"level", "severity"}:
        return record
    if isinstance(body, str):
        return pairs_of(body.encode(errors="replace")) or record
    return body if isinstance(body, dict) and body else record


def _unnamed(name: str) -> bool:
    return name.startswith("column_")
