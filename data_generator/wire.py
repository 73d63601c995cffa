"""The wire: events as the bytes a customer would send."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from data_generator.timeline import Emission, Record

Encode = Callable[[Sequence[Emission]], bytes]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# strftime would write the months of the machine's locale.
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPANS_PER_EXPORT: Final = 64
_SPAN_KINDS: Final = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
_STATUS_ERROR: Final = 2


def ndjson(stream: Sequence[Emission]) -> bytes:
    """One JSON object a line, its time first as ``timestamp``."""
    return _lines(
        json.dumps({"timestamp": _iso(_moment(event.at_us)), **event.record}, separators=(",", ":"))
        for event in stream
    )


def access_log(stream: Sequence[Emission]) -> bytes:
    """A reverse proxy's combined access log with its error lines in between."""
    return _lines(
        _error_line(event) if "severity" in event.record else _access_line(event) for event in stream
    )


def syslog(stream: Sequence[Emission]) -> bytes:
    """Classic syslog lines (RFC 3164 without the priority): no year, no zone."""
    return _lines(
        f"{_MONTHS[at.month - 1]} {at.day:2d} {at:%H:%M:%S} {record['host']} {record['program']}: "
        f"{record['message']}"
        for at, record in ((_moment(event.at_us), event.record) for event in stream)
    )


def application_text(stream: Sequence[Emission]) -> bytes:
    """Lines of an application's text log: time with milliseconds, level, thread, logger, message."""
    return _lines(
        f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} {record['level']:<5} "
        f"[{record['thread']}] {record['logger']} - {record['message']}"
        for at, record in ((_moment(event.at_us), event.record) for event in stream)
    )


def otlp_traces(stream: Sequence[Emission]) -> bytes:
    """
    OTLP/JSON, one export request a line, as the OpenTelemetry Collector writes files.

    The spans stand in the order of the stream, that of their ends; neighbours of one service
    share a ``resourceSpans`` entry.
    """
    exports = (
        stream[first : first + _SPANS_PER_EXPORT] for first in range(0, len(stream), _SPANS_PER_EXPORT)
    )
    return _lines(
        json.dumps({"resourceSpans": [*map(_resource_spans, _by_service(export))]}, separators=(",", ":"))
        for export in exports
    )


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _moment(at_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_us)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _access_line(event: Emission) -> str:
    at, record = _moment(event.at_us), event.record
    return (
        f"{record['client']} - - [{at.day:02d}/{_MONTHS[at.month - 1]}/{at.year}:{at:%H:%M:%S} +0000] "
        f'"{record["request"]}" {record["status"]} {record["size"]} "{record["referer"]}" "{record["agent"]}"'
    )


def _error_line(event: Emission) -> str:
    at, record = _moment(event.at_us), event.record
    return (
        f"{at:%Y/%m/%d %H:%M:%S} [{record['severity']}] {record['worker']}#{record['worker']}: "
        f"{record['message']}"
    )


def _by_service(export: Sequence[Emission]) -> list[list[Emission]]:
    return [list(events) for _, events in groupby(export, key=lambda event: event.record["service"])]


def _resource_spans(events: list[Emission]) -> Record:
    record = events[0].record
    resource = {
        "service.name": record["service"],
        "service.version": record["version"],
        "deployment.environment": "production",
    }
    return {
        "resource": {"attributes": _attributes(resource)},
        "scopeSpans": [
            {"scope": {"name": "shop.tracing", "version": "1.9.2"}, "spans": [*map(_span, events)]}
        ],
    }


def _span(event: Emission) -> Record:
    record = event.record
    span: Record = {"traceId": record["trace_id"], "spanId": record["span_id"]}
    if record["parent_span_id"]:
        span["parentSpanId"] = record["parent_span_id"]
    span |= {
        "name": record["name"],
        "kind": _SPAN_KINDS[record["kind"]],
        "startTimeUnixNano": f"{event.at_us - record['duration_us']}000",
        "endTimeUnixNano": f"{event.at_us}000",
        "attributes": _attributes(record["attributes"]),
    }
    if record["error"]:
        span["status"] = {"code": _STATUS_ERROR, "message": record["error"]}
    else:
        span["status"] = {}
    return span


def _attributes(values: Record) -> list[Record]:
    # OTLP/JSON writes 64-bit whole numbers as strings.
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in values.items()
    ]
