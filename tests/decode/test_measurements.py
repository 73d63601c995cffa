"""Numbers in metric events: what is measured, what names a series, and what is neither."""

import doctest
import json
import math

import pytest

import driftlock.decode.measurements
from driftlock.decode.measurements import Measurements, Reading, reading_of


def payloads(*records):
    return [json.dumps(record).encode() for record in records]


def read(events):
    """Series and values of all *events* under the reading that fits them."""
    measurements = Measurements(reading_of(events))
    return [found for event in events for found in measurements.of(event)]


def test_examples_in_docstrings_give_what_they_print():
    failed, tried = doctest.testmod(driftlock.decode.measurements)
    assert failed == 0 < tried


def test_wide_rows_are_a_series_for_each_column():
    """Times are no series, and text with few values tells series apart."""
    events = payloads(
        {"time": "2026-01-05 10:00", "cpu": "0.5", "mem": "70", "host": "a"},
        {"time": "2026-01-05 10:00", "cpu": "0.7", "mem": "71", "host": "b"},
    )
    assert read(events) == [
        ("cpu{host=a}", 0.5),
        ("mem{host=a}", 70.0),
        ("cpu{host=b}", 0.7),
        ("mem{host=b}", 71.0),
    ]


def test_long_rows_are_a_series_for_each_name_and_labels():
    """The unit and the type of an OTLP point describe it and do not name it; attributes do."""
    point = {
        "name": "cpu",
        "unit": "1",
        "type": "gauge",
        "value": 0.5,
        "timeUnixNano": "17",
        "attributes.core": "3",
    }
    assert read(payloads(point, point | {"attributes.core": "4"})) == [
        ("cpu{core=3}", 0.5),
        ("cpu{core=4}", 0.5),
    ]


def test_a_value_without_a_name_is_one_series():
    assert read(payloads({"ts": 1, "value": 5}, {"ts": 2, "value": 6})) == [("value", 5.0), ("value", 6.0)]


@pytest.mark.parametrize("bad", ["", "n/a", "NaN", "inf", "1_000", "9.5x", None, True, [5]])
def test_what_is_no_number_is_a_gap_in_its_series(bad):
    """The record keeps its place; a list is no value at all and leaves none."""
    events = payloads(*({"time": "x", "cpu": at} for at in range(9)), {"time": "x", "cpu": bad})
    found = Measurements(reading_of(events[:9])).of(events[9])
    assert found == [] if isinstance(bad, list) else (found[0][0] == "cpu" and math.isnan(found[0][1]))


def test_text_in_a_measured_column_makes_no_label():
    """One word among numbers is a gap, not another series."""
    events = payloads(
        *({"time": "x", "cpu": str(at * at % 7)} for at in range(50)), {"time": "x", "cpu": "high"}
    )
    assert {name for name, _ in read(events)} == {"cpu"}


def test_row_numbers_and_even_clocks_are_not_measured():
    """What grows by the same step is a place, not a measure; a message per event is no label."""
    events = payloads(*({"id": at, "cpu": at * at % 7, "note": f"event {at}"} for at in range(100)))
    assert reading_of(events) == Reading(name=None, measured=("cpu",), labels=())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'http_requests_total{code="200"} 12 1700000000', [("http_requests_total{code=200}", 12.0)]),
        (b"up 1", [("up", 1.0)]),
        (b"2026-01-05 10:00,5.5", [("value", 5.5)]),
        (b'"March 5, 10:00";"7"', [("value", 7.0)]),
        (b"# HELP up whether it is up", []),
        (b"an ordinary sentence", []),
        (b"", []),
        (b"{broken", []),
        (b"{" * 5000, []),
        (b"\xff\xfe\x00", []),
    ],
)
def test_lines_are_read_as_prometheus_writes_them_or_as_two_cells(line, found):
    assert Measurements(Reading(name=None, measured=(), labels=())).of(line) == found


def test_a_reading_survives_json():
    reading = Reading(name="metric", measured=("value",), labels=("host",))
    assert Reading.from_record(json.loads(json.dumps(reading.as_record()))) == reading
