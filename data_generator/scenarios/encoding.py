"""Events of a scenario as the bytes that anybody would send: NDJSON, or OTLP/JSON."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final, Literal

from data_generator.scenarios.event import Event, Record, Signal

Format = Literal["ndjson", "otlp"]
FORMATS: Final[tuple[Format, ...]] = ("ndjson", "otlp")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SEVERITY: Final = {"DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17}
_JSON: Final = json.JSONEncoder(separators=(",", ":")).encode
_SERVER_SPAN: Final = 2
_STATUS_ERROR: Final = 2
# Names of OpenTelemetry's conventions for generative models.
_GEN_AI: Final = {
    "model": "gen_ai.request.model",
    "conversation_id": "gen_ai.conversation.id",
    "prompt": "gen_ai.prompt",
    "response": "gen_ai.completion",
    "prompt_tokens": "gen_ai.usage.input_tokens",
    "completion_tokens": "gen_ai.usage.output_tokens",
    "finish_reason": "gen_ai.response.finish_reason",
}
_TOP: Final[dict[Signal, tuple[str, str, str]]] = {
    "logs": ("resourceLogs", "scopeLogs", "logRecords"),
    "llm": ("resourceLogs", "scopeLogs", "logRecords"),
    "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
    "traces": ("resourceSpans", "scopeSpans", "spans"),
}


def encode(events: Sequence[Event], data_format: Format, tenant: str) -> bytes:
    """
    The events in their order, each once.

    NDJSON is one object a line. OTLP/JSON is one export request a line; neighbours of one signal
    share a request, neighbours of one service a resource.
    """
    if data_format == "ndjson":
        return "".join(f"{_flat(event, tenant)}\n" for event in events).encode()
    return "".join(
        f"{_JSON(_request(signal, list(run), tenant))}\n"
        for signal, run in groupby(events, key=lambda event: event.signal)
    ).encode()


def iso(at_us: int) -> str:
    """The moment in UTC, to the millisecond."""
    return (_EPOCH + timedelta(microseconds=at_us)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _flat(event: Event, tenant: str) -> str:
    return _JSON({"timestamp": iso(event.at_us), "tenant": tenant, **event.record})


def _request(signal: Signal, events: list[Event], tenant: str) -> Record:
    resources, scopes, records = _TOP[signal]
    return {
        resources: [
            {
                "resource": {
                    "attributes": _attributes({"service.name": service, "service.namespace": tenant})
                },
                scopes: [
                    {"scope": {"name": "app.telemetry"}, records: [_record(event) for event in of_service]}
                ],
            }
            for service, of_service in groupby(events, key=lambda event: str(event.record["service"]))
        ]
    }


def _record(event: Event) -> Record:
    if event.signal == "traces":
        return _span(event)
    nanoseconds = f"{event.at_us}000"
    record = event.record
    if event.signal == "metrics":
        point = {"timeUnixNano": nanoseconds, "asDouble": float(record["value"])}
        return {"name": record["metric"], "unit": record["unit"], "gauge": {"dataPoints": [point]}}
    if event.signal == "llm":
        named = {_GEN_AI.get(key, key): value for key, value in record.items() if key != "service"}
        return {"timeUnixNano": nanoseconds, "severityNumber": 9, "attributes": _attributes(named)}
    rest = {k: v for k, v in record.items() if k not in ("level", "service", "message", "trace_id")}
    written = {
        "timeUnixNano": nanoseconds,
        "severityNumber": _SEVERITY[record["level"]],
        "severityText": record["level"],
        "body": {"stringValue": record["message"]},
        "attributes": _attributes(rest),
    }
    return written | {"traceId": record["trace_id"]} if "trace_id" in record else written


def _span(event: Event) -> Record:
    record = event.record
    parent = {"parentSpanId": record["parent_span_id"]} if record["parent_span_id"] else {}
    failed = {"code": _STATUS_ERROR, "message": record["error"]} if record["error"] else {}
    return {
        "traceId": record["trace_id"],
        "spanId": record["span_id"],
        **parent,
        "name": record["name"],
        "kind": _SERVER_SPAN,
        "startTimeUnixNano": f"{event.at_us - record['duration_us']}000",
        "endTimeUnixNano": f"{event.at_us}000",
        "attributes": _attributes(record["attributes"]),
        "status": failed,
    }


def _attributes(values: Record) -> list[Record]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> Record:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}  # 64-bit whole numbers are strings in OTLP/JSON
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _attributes(value)}}
    return {"stringValue": str(value)}


def batches(events: Iterable[Event], most: int, within_us: int | None = None) -> Iterable[list[Event]]:
    """Events in lists of at most *most*, and of at most *within_us* microseconds if that is given."""
    batch: list[Event] = []
    for event in events:
        full = len(batch) >= most
        late = batch and within_us is not None and event.at_us - batch[0].at_us >= within_us
        if full or late:
            yield batch
            batch = []
        batch.append(event)
    if batch:
        yield batch
