"""OTLP/JSON: what the golden files do not show."""

import json

import orjson

from driftlock.decode import otlp_values
from tests.decode.sources import read_all


def test_hex_ids_are_not_taken_for_base64() -> None:
    """32 hex digits are valid base64 of 24 bytes, and an id has 16."""
    assert (
        otlp_values.identifier("5b8efff798038103d269b633813fc60c", 16) == "5b8efff798038103d269b633813fc60c"
    )
    assert otlp_values.identifier("eee19b7ec3c1b174", 8) == "eee19b7ec3c1b174"
    assert otlp_values.identifier("0" * 32, 16) is None


def test_int64_is_read_as_text_and_as_number() -> None:
    """Both keep every digit; what no JSON number can hold stays text."""
    assert [
        otlp_values.integer(value) for value in ("9007199254740993", 9007199254740993, str(2**70), "x")
    ] == [
        9007199254740993,
        9007199254740993,
        str(2**70),
        "x",
    ]


def test_document_and_lines_give_the_same_events() -> None:
    """A request in one line and the same request over many lines."""
    request = {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": f"s{n}"}}]},
                "scopeSpans": [
                    {"spans": [{"name": f"span {n}", "startTimeUnixNano": str(10**18 + n * 10**9)}]}
                ],
            }
            for n in range(5)
        ]
    }
    one, _ = read_all(json.dumps(request).encode())
    many, _ = read_all(json.dumps(request, indent=2).encode())
    assert one == many
    assert [f"s{n}" for n in range(5)] == [event.service for event in one]


def test_a_request_of_one_huge_line_is_cut_into_resources() -> None:
    """Longer than one element may be, as one line: no resource is lost."""
    body = {"stringValue": "x" * 1_000}
    group = {"scopeLogs": [{"logRecords": [{"body": body, "timeUnixNano": "1714557600000000000"}] * 4_000}]}
    events, report = read_all(orjson.dumps({"resourceLogs": [group] * 5}))
    assert (len(events), report.skipped, report.recognition.format) == (20_000, 0, "otlp_json")


def test_deep_nesting_ends_somewhere() -> None:
    """Attribute values nested without end become null, not an error."""
    value: dict[str, object] = {"stringValue": "deep"}
    for _ in range(60):
        value = {"arrayValue": {"values": [value]}}
    request = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": value}]}]}]}
    events, _ = read_all(json.dumps(request).encode())
    assert b"null" in events[0].payload
