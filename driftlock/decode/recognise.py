"""What a file is, from its first bytes: format, kind of telemetry, and the evidence for both."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice

from driftlock.decode import csv_dialect, csv_rows, json_array, kinds, ndjson, otlp, syslog, text
from driftlock.decode.elements import elements
from driftlock.decode.errors import UnknownFormat, UnknownKind
from driftlock.decode.found import Found
from driftlock.decode.json_text import read_object
from driftlock.decode.tally import Tally
from driftlock.model import KINDS, Kind, KindEvidence

HEAD_BYTES = 1024**2  # looked at before anything is decided
FORMATS = ("ndjson", "json_array", "json_events", "csv", "text", "syslog", "otlp_json")

_SAMPLED = 400  # lines and events
_JSON_LINES_SHARE = 0.5
_WRAPPED = re.compile(rb'\s*\{\s*"(resourceLogs|resourceMetrics|resourceSpans|events)"\s*:\s*\[')
_ARRAY = re.compile(rb"\s*\[\s*(?:\{|\]\s*\Z)")
_BY_HAND = "Chosen by hand."
_RECORDS: dict[Kind, str] = {
    "logs": "log records",
    "metrics": "metric data points",
    "traces": "spans",
    "llm": "spans or log records with gen_ai attributes",
}  # the kinds that OTLP has

Reader = Callable[[Iterable[bytes], Tally], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file will be read. ``own_kinds``: every event brings its kind."""

    format: str
    format_evidence: str
    kind: Kind
    kind_evidence: str
    read: Reader
    own_kinds: bool
    kind_seen: KindEvidence | None = None  # None where chosen by hand


@dataclass(frozen=True)
class Head:
    """The first bytes of a file; ``complete`` when they are all of it."""

    data: bytes
    complete: bool

    @cached_property
    def whole(self) -> bytes:
        """Only whole lines, unless there is none."""
        end = len(self.data) if self.complete else self.data.rfind(b"\n") + 1
        return self.data[:end] or self.data

    @cached_property
    def lines(self) -> list[bytes]:
        """Up to 400 lines that are not blank, without their ends."""
        full = (line.removesuffix(b"\r") for line in self.whole.split(b"\n") if line.strip())
        return list(islice(full, _SAMPLED))

    @cached_property
    def object_lines(self) -> int:
        """Sampled lines that are a JSON object each."""
        return sum(isinstance(read_object(line), dict) for line in self.lines)

    @cached_property
    def wrapper(self) -> str | None:
        """Key of the array the outermost object of a document is there for."""
        if match := _WRAPPED.match(self.data):
            return match[1].decode()
        wanted = json_array.EVENT_LISTS | otlp.SIGNALS.keys()
        first = next(elements([self.data], frozenset(wanted), _ignore), None)
        return first.key if first else None


def recognise(head: Head, *, format: str | None, kind: Kind | None) -> Reading:
    """
    Decide how to read a file that begins with *head*.

    Args:
        format: One of :data:`FORMATS` to overrule what is seen, else None.
        kind: A telemetry kind to overrule what is seen, else None.

    Raises:
        UnknownFormat: *format* is none of them.
        UnknownKind: *kind* is none of :data:`driftlock.model.KINDS`.
    """
    if format is not None and format not in FORMATS:
        raise UnknownFormat(format, FORMATS)
    if kind is not None and kind not in KINDS:
        raise UnknownKind(kind, KINDS)
    name, evidence = (format, _BY_HAND) if format is not None else _format(head)
    read, seen = _reader(name, head)
    if kind is not None:
        return Reading(name, seen or evidence, kind, _BY_HAND, read, False)
    sample = list(islice(read([head.whole], Tally()), _SAMPLED))
    kind_seen = _kind(name, sample, head)
    return Reading(
        name,
        evidence if format else seen or evidence,
        kind_seen.kind,
        kind_seen.sentence,
        read,
        own_kinds=name == "otlp_json",
        kind_seen=kind_seen,
    )


def _format(head: Head) -> tuple[str, str]:
    lines = head.lines
    first = read_object(lines[0]) if lines else "blank"
    if isinstance(first, dict):
        if key := next((key for key in otlp.SIGNALS if key in first), None):
            return "otlp_json", f"The first object holds {key}."
        if len(lines) == 1 and head.complete and isinstance(first.get("events"), list):
            return "json_events", "One JSON object, and its “events” is an array."
    elif _ARRAY.match(head.data):
        return "json_array", "The text begins with [ and an object."
    elif head.data.lstrip().startswith(b"{"):
        mostly_lines = head.object_lines > len(lines) * _JSON_LINES_SHARE
        if not mostly_lines and head.wrapper is not None:
            return (
                "json_events" if head.wrapper in json_array.EVENT_LISTS else "otlp_json",
                f"One JSON object, and its “{head.wrapper}” is an array.",
            )
        if len(lines) == 1 and not head.complete:
            return "ndjson", f"The first line begins with {{ and is longer than {len(head.data):,} bytes."
    if lines and head.object_lines >= len(lines) * _JSON_LINES_SHARE:
        return "ndjson", f"{head.object_lines:,} of {len(lines):,} sampled lines are JSON objects."
    if sentence := syslog.evidence(lines):
        return "syslog", sentence
    if dialect := csv_dialect.recognise(lines):
        return "csv", dialect.evidence
    return "text", f"{len(lines):,} sampled lines are neither JSON nor CSV nor syslog."


def _reader(format: str, head: Head) -> tuple[Reader, str | None]:
    """The reader of *format*, and evidence that is only known with its details."""
    if format == "ndjson":
        return ndjson.read, None
    if format == "json_array":
        return partial(json_array.read, wanted=None), None
    if format == "json_events":
        return partial(json_array.read, wanted=json_array.EVENT_LISTS), None
    if format == "otlp_json":
        by_line = bool(head.lines) and isinstance(read_object(head.lines[0]), dict)
        return (otlp.read_lines if by_line else otlp.read_document), None
    if format == "csv":
        dialect = csv_dialect.recognise(head.lines, forced=True)
        if dialect is None:  # not even one row could be parsed: let every line say why
            dialect = csv_dialect.Dialect(",", ("column_1",), False, 0, 0)
        return partial(csv_rows.read, dialect=dialect), None
    manner = text.Manner.of(head.lines, is_syslog=format == "syslog")
    return partial(text.read, manner=manner), _text_evidence(manner) if format == "text" else None


def _text_evidence(manner: text.Manner) -> str:
    if manner.stamp is None:
        return (
            f"Plain text: {manner.sampled:,} sampled lines are neither JSON nor CSV nor syslog, "
            "and do not begin with a time."
        )
    without = "" if manner.stamp.read else "; it names no certain date, so the events carry no time"
    return (
        f"Plain text: {manner.stamped:,} of {manner.sampled:,} sampled lines begin with a time "
        f"written like “{manner.stamp.name}”{without}."
    )


def _kind(format: str, sample: list[Found], head: Head) -> KindEvidence:
    if format in ("text", "syslog"):
        return kinds.of_lines([found.payload for found in sample])
    if format != "otlp_json":
        records = (read_object(found.payload) for found in sample)
        return kinds.of_objects([record for record in records if isinstance(record, dict)])
    if own := [found.kind for found in sample if found.kind]:
        kind, count = Counter(own).most_common(1)[0]
        return kinds.counted(own, f"{count:,} of {len(sample):,} sampled events are {_RECORDS[kind]}.")
    if head.wrapper in otlp.SIGNALS:
        return KindEvidence(kind=otlp.SIGNALS[head.wrapper][0], sentence=f"The object holds {head.wrapper}.")
    return KindEvidence(kind="logs", sentence="No event in the sample, so it is taken for logs.")


def _ignore(line: int, reason: str) -> None:
    """A sample may end anywhere; what is wrong in it is reported when the file is read."""
