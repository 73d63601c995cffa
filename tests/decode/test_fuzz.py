"""No bytes make it crash: it reads them or says MalformedPayload."""

import gzip
import json

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock.decode import FORMATS
from driftlock.errors import MalformedPayload
from tests.decode.sources import golden_inputs, read_all

formats = st.sampled_from([None, *FORMATS])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
otlp_names = st.sampled_from(
    [
        "resourceLogs",
        "resourceMetrics",
        "resourceSpans",
        "resource",
        "scopeLogs",
        "scopeMetrics",
        "scopeSpans",
        "scope",
        "logRecords",
        "metrics",
        "spans",
        "sum",
        "gauge",
        "histogram",
        "dataPoints",
        "attributes",
        "key",
        "value",
        "stringValue",
        "intValue",
        "kvlistValue",
        "arrayValue",
        "values",
        "body",
        "traceId",
        "asInt",
        "timeUnixNano",
        "status",
        "events",
        "bucketCounts",
        "positive",
        "quantileValues",
        "name",
        "kind",
    ]
)
otlp_trees = st.recursive(
    st.none()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["1714557600000000000", "AAAA"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(otlp_names, inner, max_size=4),
    max_leaves=25,
)
pieces = st.sampled_from(
    [
        b"2024-05-01T10:00:00Z ",
        b"May  1 10:00:00 h p[1]: ",
        b"<34>1 - - - - - -",
        b"[01/May/2024:12:00:00 +0200]",
        b"1714557600",
        b"240501 100000 x",
        b"0000-00-00 00:00:00",
        b"9999-12-31T23:59:59.999999999+14:59",
        b"Traceback (most recent call last):",
        b"\tat a.b(",
        b"Caused by: ",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\r",
        b" ",
        b"a,b,c",
        b'"',
        b'""',
        b",",
        b";",
        b"{",
        b"}",
        b"[",
        b"]",
        b'{"a":1}',
        b'{"events":[',
        b'{"resourceLogs":[',
        b'{"timestamp":',
        b"NaN",
        b"1e999",
        b"-",
        b"\xff",
        b"\xc3\xa9",
        b"\x00",
        b"\\",
        b"\\ud800",
        b"9" * 40,
    ]
)


def readable_or_malformed(data: bytes, format: str | None) -> None:
    try:
        events, report = read_all(data, format=format)
    except MalformedPayload as refusal:
        said = str(refusal)
    else:
        said = "read."
        assert events
        assert len(events) == report.events == sum(report.by_kind.values())
        assert len({event.key for event in events}) == len(events)
    assert said.endswith(".")


@given(data=st.binary(max_size=300), format=formats)
@settings(max_examples=600, deadline=None)
def test_any_bytes(data: bytes, format: str | None) -> None:
    """Random bytes."""
    readable_or_malformed(data, format)


@given(data=st.lists(pieces, max_size=30).map(b"".join), format=formats)
@settings(max_examples=1_500, deadline=None)
def test_any_mixture_of_telltale_pieces(data: bytes, format: str | None) -> None:
    """Pieces that readers look for, in any order."""
    readable_or_malformed(data, format)


@given(
    data=st.sampled_from([path.read_bytes() for path in golden_inputs()]),
    changes=st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), max_size=6),
    keep=st.integers(0, 5_000),
)
@settings(max_examples=500, deadline=None)
def test_damaged_golden_files(data: bytes, changes: list[tuple[int, int]], keep: int) -> None:
    """Good files with flipped bytes, cut off anywhere."""
    damaged = bytearray(data[:keep])
    for place, value in changes:
        if damaged:
            damaged[place % len(damaged)] = value
    readable_or_malformed(bytes(damaged), None)


@given(tree=otlp_trees, signal=st.sampled_from(["resourceLogs", "resourceMetrics", "resourceSpans"]))
@settings(max_examples=800, deadline=None)
def test_otlp_of_any_shape(tree: object, signal: str) -> None:
    """OTLP names in places where they do not belong, with values of the wrong type."""
    text = json.dumps({signal: tree if isinstance(tree, list) else [tree]})
    readable_or_malformed(text.encode(), None)
    readable_or_malformed(json.dumps(json.loads(text), indent=1).encode(), "otlp_json")


@given(value=st.dictionaries(st.text(max_size=8), json_values, max_size=4), format=formats)
@settings(max_examples=500, deadline=None)
def test_json_of_any_shape(value: dict[str, object], format: str | None) -> None:
    """JSON as Python writes it, NaN and half surrogate pairs included."""
    readable_or_malformed(json.dumps(value).encode(), format)
    readable_or_malformed(json.dumps([value, value], indent=2).encode(), format)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gzip", "zstd"])
@given(
    changes=st.lists(st.tuples(st.integers(4, 5_000), st.integers(0, 255)), max_size=4),
    keep=st.integers(0, 400),
)
@settings(max_examples=300, deadline=None)
def test_damaged_compression(pack: object, changes: list[tuple[int, int]], keep: int) -> None:
    """Compressed files with flipped bytes, cut off anywhere."""
    assert callable(pack)
    packed = bytearray(pack(b"2024-05-01T10:00:00Z one\n2024-05-01T10:00:01Z two\n" * 50)[:keep])
    for place, value in changes:
        if len(packed) > 4:
            packed[4 + place % (len(packed) - 4)] = value
    readable_or_malformed(bytes(packed), None)
