"""Spans of a trace, read from the events of a window."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from driftlock.decode.fields import plain_name

_TRACE: Final = ("traceid", "trace")
_SPAN: Final = ("spanid", "id")
_PARENT: Final = ("parentspanid", "parentid", "parent")
_NAME: Final = ("name", "operationname", "spanname", "operation", "resource")
_SERVICE: Final = ("servicename", "resourceservicename", "service")
# Name: microseconds a unit has.
_STARTS: Final = {
    "starttimeunixnano": 1e-3,
    "startus": 1.0,
    "starttimeus": 1.0,
    "startms": 1e3,
    "starttimemillis": 1e3,
}
_ENDS: Final = {"endtimeunixnano": 1e-3, "endus": 1.0, "endms": 1e3}
_TOOK: Final = {
    "durationnano": 1e-3,
    "durationns": 1e-3,
    "durns": 1e-3,
    "durationus": 1.0,
    "durus": 1.0,
    "durationms": 1e3,
    "durms": 1e3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span as an event tells it; times in microseconds since 1970."""

    position: int  # of its event among those read
    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    service: str | None
    start_us: float
    duration_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A span in its place in the trace."""

    span: Span
    depth: int  # below the first span of its line; 0: a root, or its parent is not among the events


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """The spans of one trace, parents before their children, earlier before later."""

    trace_id: str
    steps: tuple[Step, ...]
    bits: float  # of its events together
    traces: int  # in all events read
    missing_parents: int  # spans whose parent is not among the events


def span_of(position: int, payload: bytes, at_us: int | None) -> Span | None:
    """
    The span that an event tells of, or None: it needs ids of a trace and a span, and a time.

    >>> span_of(0, b'{"trace_id": "a", "span_id": "b", "name": "GET", "duration_ms": 2}', 5).duration_us
    2000.0
    """
    try:
        event = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(event, dict):
        return None
    fields = {plain_name(str(name)): value for name, value in event.items()}
    trace, span = _text(fields, _TRACE), _text(fields, _SPAN)
    start = _number(fields, _STARTS)
    end, took = _number(fields, _ENDS), _number(fields, _TOOK)
    if took is None and end is not None and start is not None:
        took = end - start
    if start is None:
        start = None if at_us is None else float(at_us)
    if trace is None or span is None or start is None or took is None:
        return None
    return Span(
        position=position,
        trace_id=trace,
        span_id=span,
        parent_id=_text(fields, _PARENT),
        name=_text(fields, _NAME) or "span",
        service=_text(fields, _SERVICE),
        start_us=start,
        duration_us=max(0.0, took),
    )


def waterfall(events: Iterable[tuple[bytes, int | None]], bits: Sequence[float]) -> Waterfall | None:
    """
    The trace whose events take most bits, in its order; None where no event is a span.

    Args:
        events: Payload and time of each event, in order.
        bits: Of each event.
    """
    spans = [
        span
        for position, (payload, at_us) in enumerate(events)
        if (span := span_of(position, payload, at_us)) is not None
    ]
    if not spans:
        return None
    by_trace: dict[str, list[Span]] = {}
    for span in spans:
        by_trace.setdefault(span.trace_id, []).append(span)
    costs = {trace: sum(bits[span.position] for span in members) for trace, members in by_trace.items()}
    dearest = max(costs, key=lambda trace: costs[trace])  # of equals the first
    members = by_trace[dearest]
    here = {span.span_id for span in members}
    return Waterfall(
        trace_id=dearest,
        steps=_in_order(members),
        bits=costs[dearest],
        traces=len(by_trace),
        missing_parents=sum(span.parent_id is not None and span.parent_id not in here for span in members),
    )


def _in_order(spans: Sequence[Span]) -> tuple[Step, ...]:
    here = {span.span_id for span in spans}
    children: dict[str | None, list[Span]] = {}
    for span in sorted(spans, key=lambda one: (one.start_us, one.position)):
        children.setdefault(span.parent_id if span.parent_id in here else None, []).append(span)
    steps: list[Step] = []
    seen: set[int] = set()
    waiting = [(span, 0) for span in reversed(children.get(None, []))]
    while waiting:
        span, depth = waiting.pop()
        if span.position in seen:
            continue  # two events of one span id
        seen.add(span.position)
        steps.append(Step(span=span, depth=depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(span.span_id, []))]
    # Spans that are each other's parents hang below no root.
    steps += [Step(span=span, depth=0) for span in spans if span.position not in seen]
    return tuple(steps)


def _text(fields: dict[str, Any], names: Sequence[str]) -> str | None:
    return next((str(fields[name]) for name in names if fields.get(name) not in (None, "")), None)


def _number(fields: dict[str, Any], units: dict[str, float]) -> float | None:
    for name, unit in units.items():
        if name in fields:
            try:
                value = float(fields[name]) * unit
            except (TypeError, ValueError):
                return None
            return value if math.isfinite(value) else None
    return None
