"""Payloads, keys, order, counts."""

import csv
import io
import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock.decode import BATCH_EVENTS, decode, peek
from driftlock.decode.errors import NothingReadable
from driftlock.decode.lines import MAX_ELEMENT_BYTES
from tests.decode.sources import read_all

names = st.text("abcdefgh_", min_size=1, max_size=6)
values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=12)
    | st.lists(st.integers(0, 9))
)
records = st.lists(st.dictionaries(names, values, max_size=4), min_size=1, max_size=12)
cells = st.text(
    st.characters(
        codec="utf-8", exclude_characters=";|", exclude_categories=("Cs", "Cc"), include_characters="\n"
    ),
    max_size=8,
)


@given(records=records)
@settings(max_examples=200, deadline=None)
def test_ndjson_comes_back_byte_for_byte(records: list[dict[str, object]]) -> None:
    """The payload is the line that was sent."""
    lines = [json.dumps(record).encode() for record in records]
    events, _ = read_all(b"\r\n".join(lines), format="ndjson")
    assert lines == [event.payload for event in events]


@given(records=records, indent=st.sampled_from([None, 0, 2]), wrapped=st.booleans())
@settings(max_examples=200, deadline=None)
def test_array_elements_come_back(
    records: list[dict[str, object]], indent: int | None, wrapped: bool
) -> None:
    """Each payload is its element's own bytes, bare or inside an object."""
    document = {"n": 1, "events": records, "end": []} if wrapped else records
    text = json.dumps(document, indent=indent).encode()
    events, _ = read_all(text, format="json_events" if wrapped else "json_array")
    assert records == [orjson.loads(event.payload) for event in events]
    assert all(event.payload in text for event in events)


@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_csv_rows_come_back(rows: list[list[str]]) -> None:
    """Quotes, separators and line ends inside fields included."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["alpha", "beta", "gamma"], *rows])
    events, report = read_all(out.getvalue().encode(), format="csv")
    assert report.skipped == 0
    assert rows == [list(orjson.loads(event.payload).values()) for event in events]


def test_latin_1_rows_are_read_too() -> None:
    """A row that is not UTF-8 is taken for Latin-1."""
    events, _ = read_all("time,city\n1714557600,Köln\n".encode("latin-1"))
    assert [event.payload for event in events] == [b'{"time":"1714557600","city":"K\xc3\xb6ln"}']


def test_keys_name_file_and_place() -> None:
    """The same file twice gives the same keys; another digest, or another line with the same text, another key."""
    first, _ = read_all(b"same\nsame\n", digest=b"a" * 32)
    again, _ = read_all(b"same\nsame\n", digest=b"a" * 32)
    other, _ = read_all(b"same\nsame\n", digest=b"b" * 32)
    assert first == again
    assert len({event.key for event in first + other}) == 4
    assert {16} == {len(event.key) for event in first}


def test_batches_are_bounded_in_events_and_bytes() -> None:
    """At most 5,000 events, fewer when they are large."""
    sizes = [len(batch) for batch in decode(io.BytesIO(b"x\n" * 12_000))]
    assert sizes == [BATCH_EVENTS, BATCH_EVENTS, 2_000]
    large = [len(batch) for batch in decode(io.BytesIO((b"y" * 3_000_000 + b"\n") * 7))]
    assert large == [3, 3, 1]


def test_order_of_arrival_is_kept_and_steps_back_counted() -> None:
    """Nothing is sorted; each event earlier than the timed one before it counts."""
    offsets = [5, 3, 4, 4, 1, 9]
    data = b"".join(b'{"ts":%d}\n' % (1_714_557_600 + offset) for offset in offsets) + b'{"ts":null}\n'
    events, report = read_all(data)
    base = 1_714_557_600_000_000
    assert [base + offset * 1_000_000 for offset in offsets] == [
        e.at_us for e in events if e.at_us is not None
    ]
    assert (report.out_of_order, report.with_time, report.events) == (2, 6, 7)
    assert (report.first_at_us, report.last_at_us) == (base + 1_000_000, base + 9_000_000)


def test_skipped_lines_are_all_counted_and_the_first_hundred_kept() -> None:
    """None vanishes."""
    _, report = read_all(b'{"a":1}\n' + b"broken\n" * 250, format="ndjson")
    assert (report.skipped, len(report.skipped_lines), report.skipped_lines[-1].line) == (250, 100, 101)


@pytest.mark.parametrize("format", ["text", "ndjson", "json_array"])
def test_one_enormous_element_is_skipped_and_the_next_is_read(format: str) -> None:
    """Over 16 MiB: the reason gives the limit, the file goes on."""
    large = b'{"a":"' + b"x" * MAX_ELEMENT_BYTES + b'"}'
    data = b'[{"b":1},\n%b,\n{"c":1}]' if format == "json_array" else b'{"b":1}\n%b\n{"c":1}\n'
    events, report = read_all(data % large, format=format)
    assert [event.payload for event in events] == [b'{"b":1}', b'{"c":1}']
    assert [skip.line for skip in report.skipped_lines] == [2]
    assert "over 16,777,216 bytes" in report.skipped_lines[0].reason


def test_brackets_without_end_cost_no_memory() -> None:
    """A file of nothing but opening brackets is given up at a depth of 1,024."""
    with pytest.raises(NothingReadable, match="nested more than 1,024 deep"):
        read_all(b'[{"a":' + b"[" * 300_000)


def test_fields_and_services_seen_most_are_reported() -> None:
    """At most twelve of each, most frequent first."""
    lines = [json.dumps({"app": f"s{n % 20}", f"f{n % 20}": n, "level": "x"}).encode() for n in range(200)]
    _, report = read_all(b"\n".join([*lines, b'{"app":"s7","level":"x"}']))
    assert report.services[0] == "s7"
    assert {"app", "level"} == set(report.fields[:2])
    assert (len(report.services), len(report.fields)) == (12, 12)


def test_peek_gives_the_first_events_only() -> None:
    """What it was taken for, and no more events than asked for."""
    recognition, events = peek(io.BytesIO(b"line\n" * 1_000), limit=7)
    assert (recognition.format, len(events)) == ("text", 7)
    assert events == read_all(b"line\n" * 1_000)[0][:7]


def test_a_service_is_found_where_senders_put_it() -> None:
    """Text, an object with a name, resource attributes, a Zipkin endpoint."""
    places: list[dict[str, object]] = [
        {"service.name": "a"},
        {"service": {"name": "a"}},
        {"resource": {"attributes": {"service.name": "a"}}},
        {"localEndpoint": {"serviceName": "a"}},
        {"logger": "a"},
        {"service": "", "app": " a "},
    ]
    events, _ = read_all("\n".join(json.dumps(place) for place in places).encode())
    assert ["a"] * len(places) == [event.service for event in events]


@pytest.mark.parametrize("lines", [3, 50_000], ids=["in the head", "beyond the head"])
def test_lines_may_end_in_cr_alone(lines: int) -> None:
    """Where there is no LF, CR is the line end, in every block."""
    data = b"".join(b"2024-05-01T10:00:00Z request %d\r" % n for n in range(lines))
    expected, _ = read_all(data.replace(b"\r", b"\n"))
    events, report = read_all(data)
    assert events == expected
    assert (len(events), report.lines) == (lines, lines)


def test_a_cr_beside_lf_stays_in_its_line() -> None:
    """Progress bars write CR within a line."""
    events, _ = read_all(b"10 %\r20 %\ndone\n")
    assert [event.payload for event in events] == [b"10 %\r20 %", b"done"]
