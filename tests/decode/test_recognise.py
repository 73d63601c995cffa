"""Formats and kinds are told by content, and can be overruled."""

import json
import random

import pytest

from driftlock.decode import csv_dialect, kinds
from driftlock.model import Kind
from tests.decode.sources import read_all

REQUEST = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "a"}}]}]}]}


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (b'{"a":1}\n{"a":2}\n', "ndjson"),
        (b'{"a":1}', "ndjson"),
        (b'starting up\n{"a":1}\n{"a":2}\n{"a":3}\n', "ndjson"),
        (b'{"a: 1}\n{"a":2}\n{"a":3}\n', "ndjson"),
        (b'{"events":[1],"a":1}\n{"events":[2]}\n', "ndjson"),
        (b'[{"a":1},{"a":2}]', "json_array"),
        (b' \n[\n{"a":1}\n]\n', "json_array"),
        (b'{"events":[{"a":1}]}', "json_events"),
        (b'{\n "n": 1,\n "events": [\n  {"a":1}\n ]\n}\n', "json_events"),
        (json.dumps(REQUEST).encode(), "otlp_json"),
        (json.dumps(REQUEST, indent=2).encode(), "otlp_json"),
        (b"a;level\n1;x\n2;y\n", "csv"),
        (b"name,city,country\nx,y,z\nx,y,z\nx,y,z\n", "csv"),
        (b"0,tcp,http,181\n0,udp,dns,12\n0,tcp,ftp,7\n", "csv"),
        (b"time\tvalue\n1714557600\t1\n", "csv"),
        (b"[Sun Dec 04 04:47:44 2005] [notice] up\n" * 3, "text"),
        (b"2015-10-18 18:01:47,978 INFO up\n" * 3, "text"),
        (b"2015-10-18 18:01:47,978 INFO one, two\n" * 3, "text"),
        (b"20171223-22:15:29:606|Step_LSC|30002312|on 3579\n" * 3, "text"),
        (b"error, disk full\nwarning, disk nearly full\nerror, no disk\n", "text"),
        (b"Dear all,\nhello, world\n", "text"),
        (b"2024-05-01T10:00:00Z INFO main: up\n" * 3, "text"),
        (b"Jun 14 15:16:01 combo sshd[1]: up\n" * 3, "syslog"),
        (b"<13>1 2024-05-01T10:00:00Z h a - - - up\n", "syslog"),
        (b"2024-05-01T10:00:00+00:00 host app[7]: up\n" * 3, "syslog"),
    ],
    ids=repr,
)
def test_the_format_is_told_by_content(data: bytes, format: str) -> None:
    """One short file each."""
    _, report = read_all(data)
    assert format == report.recognition.format
    assert report.recognition.format_evidence.endswith(".")


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({"level": "info", "message": "up"}, "logs"),
        ({"level": "info", "message": "up", "trace_id": "a", "span_id": "b", "duration_ms": 3}, "logs"),
        ({"anything": "else"}, "logs"),
        ({"amount": 12.5, "merchant": "m"}, "records"),
        ({"traceID": "a", "spanID": "b", "operationName": "GET", "duration": 3}, "traces"),
        ({"traceId": "a", "id": "b", "timestamp": 1, "duration": 3}, "traces"),
        ({"name": "GET", "context": {"trace_id": "a", "span_id": "b"}, "start_time": "x"}, "traces"),
        ({"metric": "cpu", "value": "0.5"}, "metrics"),
        ({"time": "2024-05-01T10:00:00Z", "cpu": 0.5, "host": "a"}, "metrics"),
        ({"time": "2024-05-01T10:00:00Z", "user": "u", "host": "a", "n": 1}, "logs"),
        ({"prompt": "p", "response": "r"}, "llm"),
        ({"messages": [{"role": "user", "content": "hi"}]}, "llm"),
        ({"gen_ai.system": "m"}, "llm"),
        ({"model": "m", "usage": {"total_tokens": 3}}, "llm"),
        ({"model": "bike", "messages": 3}, "logs"),
    ],
    ids=str,
)
def test_the_kind_is_told_by_field_names(record: dict[str, object], kind: Kind) -> None:
    """One object each."""
    assert kind == kinds.of_object(record)


def test_the_kind_of_most_sampled_events_wins_and_is_counted() -> None:
    """312 spans among 400 events make traces, and the sentence says so."""
    span = b'{"trace_id":"a","span_id":"b","name":"GET"}\n'
    lines = [span] * 312 + [b'{"level":"info","msg":"up"}\n'] * 88
    random.Random(7).shuffle(lines)
    events, report = read_all(b"".join(lines))
    assert (
        report.recognition.kind_evidence
        == "312 of 400 sampled events look like spans (fields trace_id, span_id)."
    )
    assert {"traces"} == {event.kind for event in events}


def test_prometheus_lines_are_metrics() -> None:
    """Plain text of metric samples."""
    _, report = read_all(b'# HELP a b\nrequests_total{code="200"} 1027 1395066363000\nup 1\n')
    assert report.recognition.kind == "metrics"


def test_both_choices_can_be_made_by_hand() -> None:
    """A JSON file read as text, as traces: the evidence says who chose."""
    events, report = read_all(b'{"a":1}\n', format="text", kind="traces")
    assert [(event.payload, event.kind) for event in events] == [(b'{"a":1}', "traces")]
    assert (report.recognition.kind, report.recognition.kind_evidence) == ("traces", "Chosen by hand.")
    _, report = read_all(b"a,b\n1,2\n", format="text")
    assert report.recognition.format_evidence == "Chosen by hand."


def test_a_kind_chosen_by_hand_holds_for_every_otlp_record() -> None:
    """Only without a choice does each record keep its own kind."""
    events, _ = read_all(json.dumps(REQUEST).encode(), kind="llm")
    assert [event.kind for event in events] == ["llm"]


def test_csv_by_hand_takes_the_best_separator_there_is() -> None:
    """Even a file that does not convince is read as CSV when somebody says so."""
    events, _ = read_all(b"one word,another one\nx,y\n", format="csv")
    assert [event.payload for event in events] == [b'{"one word":"x","another one":"y"}']


def test_columns_without_names_are_numbered_and_twins_told_apart() -> None:
    """Every column has a name of its own."""
    dialect = csv_dialect.recognise([b",time,level,level", b"0,1714557600,info,x", b"1,1714557601,info,x"])
    assert dialect is not None
    assert dialect.header == ("column_1", "time", "level", "level_2")
