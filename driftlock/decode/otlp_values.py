"""Values of OTLP/JSON: 64-bit numbers that come as text, hex ids, typed attribute values."""

import base64
import binascii
import math
import re
from typing import Any

_MAX_DEPTH = 16  # of nested attribute values; deeper ones become null
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_ID_BYTES = {"traceId": 16, "spanId": 8, "parentSpanId": 8}
_DECIMAL = re.compile(r"-?\d{1,20}\Z")
_DOUBLE = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")
_LARGEST = 2**64  # orjson writes no larger integer
_INTEGERS = frozenset(
    {"timeUnixNano", "observedTimeUnixNano", "startTimeUnixNano", "endTimeUnixNano"}
    | {"asInt", "count", "zeroCount", "severityNumber", "flags", "droppedAttributesCount"}
)
_DOUBLES = frozenset({"asDouble", "sum", "min", "max", "scale", "zeroThreshold"})
_TEXTS = frozenset({"severityText", "eventName", "name", "traceState", "unit"})
_DROPPED_WHEN_ZERO = frozenset({"flags", "droppedAttributesCount"})
_VALUE_NAMES = {"asInt": "value", "asDouble": "value"}


def integer(value: object) -> object:
    """An int64 sent as number or text; anything else as it came, if it is a plain value."""
    if isinstance(value, str) and _DECIMAL.match(value):
        value = int(value)
    if isinstance(value, int) and not -_LARGEST // 2 <= value < _LARGEST:
        return str(value)
    return value if isinstance(value, str | int | float) else None


def double(value: object) -> object:
    """A double sent as number or text; "NaN" and "Infinity" stay text, JSON has no number for them."""
    if isinstance(value, str) and _DOUBLE.match(value):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return integer(value)


def identifier(value: object, size: int) -> str | None:
    """
    An id of *size* bytes in lower-case hex; None for an empty or all-zero one.

    The specification says hex. Some senders write base64, which has another
    length and so cannot be mistaken.

    >>> identifier("5B8EFFF798038103D269B633813FC60C", 16), identifier("W47/95gDgQPSabYzgT/GDA==", 16)
    ('5b8efff798038103d269b633813fc60c', '5b8efff798038103d269b633813fc60c')
    """
    if not isinstance(value, str) or not value.strip("0"):
        return None
    if len(value) == 2 * size and _HEX.match(value):
        return value.lower()
    if len(value) == (size + 2) // 3 * 4:
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return value
        if len(raw) == size:
            return raw.hex()
    return value


def any_value(value: object, depth: int = 0) -> object:
    """An AnyValue object as the plain value it holds; bytes stay base64 text."""
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return None
    if "stringValue" in value:
        return value["stringValue"] if isinstance(value["stringValue"], str) else None
    if "intValue" in value:
        return integer(value["intValue"])
    if "doubleValue" in value:
        return double(value["doubleValue"])
    if "boolValue" in value:
        return value["boolValue"] if isinstance(value["boolValue"], bool) else None
    if "bytesValue" in value:
        return value["bytesValue"] if isinstance(value["bytesValue"], str) else None
    inner = value.get("arrayValue")
    if isinstance(inner, dict):
        items = inner.get("values")
        return [any_value(item, depth + 1) for item in items] if isinstance(items, list) else []
    inner = value.get("kvlistValue")
    if isinstance(inner, dict):
        return key_values(inner.get("values"), "", depth + 1)
    return None


def key_values(pairs: object, prefix: str, depth: int = 0) -> dict[str, object]:
    """A list of ``{"key", "value"}`` as one object; pairs without a key are nothing."""
    if not isinstance(pairs, list):
        return {}
    return {
        prefix + pair["key"]: any_value(pair.get("value"), depth)
        for pair in pairs
        if isinstance(pair, dict) and isinstance(pair.get("key"), str)
    }


def attributes(owner: dict[str, Any], prefix: str) -> dict[str, object]:
    """The attributes of *owner*, flat, each name behind *prefix*."""
    return key_values(owner.get("attributes"), prefix)


def own_fields(record: dict[str, Any]) -> dict[str, object]:
    """What a log record, data point or span says itself, in its own order; unknown fields are left out."""
    flat: dict[str, object] = {}
    for name, value in record.items():
        if name in _ID_BYTES:
            flat[name] = identifier(value, _ID_BYTES[name])
        elif name in _INTEGERS:
            number = integer(value)
            flat[_VALUE_NAMES.get(name, name)] = (
                None if name in _DROPPED_WHEN_ZERO and number == 0 else number
            )
        elif name in _DOUBLES:
            flat[_VALUE_NAMES.get(name, name)] = double(value)
        elif name in _TEXTS and isinstance(value, str):
            flat[name] = value or None
        elif name == "kind":
            flat[name] = integer(value)
        elif name == "body":
            flat[name] = any_value(value)
        elif name == "status" and isinstance(value, dict):
            flat["status.code"] = integer(value.get("code"))
            flat["status.message"] = value.get("message") if isinstance(value.get("message"), str) else None
        elif name == "bucketCounts" and isinstance(value, list):
            flat[name] = [integer(item) for item in value]
        elif name == "explicitBounds" and isinstance(value, list):
            flat[name] = [double(item) for item in value]
        elif name in ("positive", "negative") and isinstance(value, dict):
            counts = value.get("bucketCounts")
            flat[f"{name}.offset"] = integer(value.get("offset"))
            flat[f"{name}.bucketCounts"] = [integer(n) for n in counts] if isinstance(counts, list) else None
        elif name in ("events", "links", "quantileValues") and isinstance(value, list):
            flat[name] = [_nested(item) for item in value if isinstance(item, dict)] or None
    return {name: value for name, value in flat.items() if value is not None}


def _nested(item: dict[str, Any]) -> dict[str, object]:
    """A span event, a span link or a quantile: its own fields and its attributes."""
    plain = {name: item[name] for name in ("quantile", "value") if isinstance(item.get(name), int | float)}
    own = {name: value for name, value in item.items() if name not in ("events", "links", "quantileValues")}
    return {**plain, **own_fields(own), **attributes(item, "attributes.")}
