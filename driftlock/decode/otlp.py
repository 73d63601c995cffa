"""
OTLP as JSON: logs, metrics and traces, one request or one request a line.

Read by hand and not with the protobuf library: in OTLP/JSON ids are hex, which
that library takes for base64, and it refuses fields it does not know. Every
log record, data point and span becomes one flat JSON object; what its resource
and scope say is repeated in it, so that an event stands alone.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from driftlock.decode import otlp_values, times
from driftlock.decode.elements import elements
from driftlock.decode.fields import service_of
from driftlock.decode.found import Found
from driftlock.decode.json_array import counted
from driftlock.decode.json_text import read_object
from driftlock.decode.lines import numbered_lines
from driftlock.decode.tally import Tally
from driftlock.model import Kind

SIGNALS: dict[str, tuple[Kind, str, str]] = {  # top key: kind, list of scopes, list of records
    "resourceLogs": ("logs", "scopeLogs", "logRecords"),
    "resourceMetrics": ("metrics", "scopeMetrics", "metrics"),
    "resourceSpans": ("traces", "scopeSpans", "spans"),
}
_TIMES = ("timeUnixNano", "startTimeUnixNano", "observedTimeUnixNano")
_POINT_KINDS = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")
_LLM_PREFIX = "attributes.gen_ai."


def read_lines(blocks: Iterable[bytes], tally: Tally) -> Iterator[Found]:
    """One request a line, as the Collector's file exporter writes them."""
    for number, line in numbered_lines(blocks, tally):
        if not line or line.isspace():
            continue
        request = read_object(line)
        if isinstance(request, str):
            tally.skip(number, request)
        elif not any(key in request for key in SIGNALS):
            tally.skip(number, "no resourceLogs, resourceMetrics or resourceSpans in this object")
        else:
            for key in SIGNALS:
                for group in _objects(request, key, number, tally):
                    yield from _group(key, group, number, tally)


def read_document(blocks: Iterable[bytes], tally: Tally) -> Iterator[Found]:
    """One request over several lines, of any size: it is cut into what one resource sent."""
    for element in elements(counted(blocks, tally), frozenset(SIGNALS), tally.skip):
        group = read_object(element.text)
        if isinstance(group, str):
            tally.skip(element.line, f"element {element.number:,} of {element.key}: {group}")
        else:
            yield from _group(element.key, group, element.line, tally)


def _group(key: str, group: dict[str, Any], line: int, tally: Tally) -> Iterator[Found]:
    kind, scopes, records = SIGNALS[key]
    resource = group.get("resource")
    shared = otlp_values.attributes(resource, "resource.") if isinstance(resource, dict) else {}
    service = service_of(shared.get("resource.service.name"))
    for scope_group in _objects(group, scopes, line, tally):
        scope = scope_group.get("scope")
        around = {**_scope(scope), **shared} if isinstance(scope, dict) else shared
        for record in _objects(scope_group, records, line, tally):
            for flat in _points(record, line, tally) if kind == "metrics" else (_record(record),):
                flat.update(around)
                names = tuple(flat)
                tally.shape(names)
                llm = kind != "metrics" and any(name.startswith(_LLM_PREFIX) for name in names)
                yield Found(orjson.dumps(flat), _at_us(flat), service, "llm" if llm else kind)


def _objects(parent: dict[str, Any], key: str, line: int, tally: Tally) -> Iterator[dict[str, Any]]:
    """The objects listed under *key*; whatever else stands there is reported."""
    children = parent.get(key)
    if children is None:
        return
    if not isinstance(children, list):
        tally.skip(line, f"{key} is not a list")
        return
    for child in children:
        if isinstance(child, dict):
            yield child
        else:
            tally.skip(line, f"{key} holds something that is not a JSON object")


def _scope(scope: dict[str, Any]) -> dict[str, Any]:
    named = {f"scope.{key}": scope[key] for key in ("name", "version") if isinstance(scope.get(key), str)}
    return {**named, **otlp_values.attributes(scope, "scope.")}


def _record(record: dict[str, Any]) -> dict[str, Any]:
    """A log record or a span."""
    return {**otlp_values.own_fields(record), **otlp_values.attributes(record, "attributes.")}


def _points(metric: dict[str, Any], line: int, tally: Tally) -> Iterator[dict[str, Any]]:
    """The data points of a metric, each with the metric's name, unit and type."""
    for point_kind in _POINT_KINDS:
        body = metric.get(point_kind)
        if not isinstance(body, dict):
            continue
        head = {key: metric[key] for key in ("name", "unit") if isinstance(metric.get(key), str)}
        head["type"] = point_kind
        for key in ("aggregationTemporality", "isMonotonic"):
            if isinstance(body.get(key), str | int):
                head[key] = body[key]
        for point in _objects(body, "dataPoints", line, tally):
            yield {**head, **_record(point)}
        return
    tally.skip(line, "a metric without gauge, sum, histogram, exponentialHistogram or summary")


def _at_us(flat: dict[str, Any]) -> int | None:
    for name in _TIMES:
        nanos = flat.get(name)
        if isinstance(nanos, int) and (at_us := times.from_number(nanos)) is not None:
            return at_us
    return None
