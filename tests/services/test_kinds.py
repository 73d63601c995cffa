"""Runs of recognised kinds: sizes that suit, evidence that is kept, choices that are obeyed."""

import json

import pytest
import sqlalchemy as sa

from driftlock.storage.connect import connect
from driftlock.storage.schema import runs
from driftlock_core.profiles import BALANCED
from tests.made_records import flows

TENANT = "demo"
SPAN = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "GET"}


def sizes(stream):
    return tuple(stream.configuration[name] for name in ("baseline", "window", "hop"))


def as_bytes(lines):
    return "\n".join(lines).encode()


def test_a_recognised_kind_gets_its_sizes_and_the_evidence_is_kept(app, run_text):
    """Windows of 20 flows; the run keeps what was asked for, and on what the kind rests."""
    run_id = run_text(as_bytes(flows(500)))
    app.work()
    run = app.queries.run(TENANT, run_id)
    [stream] = app.queries.streams(TENANT, run_id)
    assert (run.state, stream.kind, sizes(stream)) == ("done", "network", (160, 20, 4))
    assert (run.configuration, run.options.get("sizes_note")) == (BALANCED.configuration(), None)
    assert run.report.recognition.kind_seen.counts == {"network": 400}
    assert run.report.recognition.kind_seen.fields[:2] == ("src_ip", "dst_ip")


def test_a_kind_by_hand_is_stored_on_run_and_stream(app, run_text):
    """Flows as logs, in the windows of logs."""
    run_id = run_text(as_bytes(flows(500)), kind="logs")
    app.work()
    run = app.queries.run(TENANT, run_id)
    [stream] = app.queries.streams(TENANT, run_id)
    assert (run.options["kind"], run.report.recognition.kind_seen) == ("logs", None)
    assert (stream.kind, sizes(stream)) == ("logs", (400, 50, 10))


def test_sizes_asked_for_hold_for_every_kind(app, run_text):
    """A custom profile proposes nothing."""
    run_id = run_text(as_bytes(flows(500)), propose_sizes=False)
    app.work()
    [stream] = app.queries.streams(TENANT, run_id)
    assert (stream.kind, sizes(stream)) == ("network", (400, 50, 10))


def test_a_file_of_several_kinds_has_a_stream_of_its_own_sizes_for_each(app, run_text):
    """Spans in windows of 20 beside log records in windows of 50, from one OTLP request."""
    spans = [{**SPAN, "startTimeUnixNano": str(n)} for n in range(200)]
    records = [{"timeUnixNano": str(n), "body": {"stringValue": f"tick {n % 7}"}} for n in range(460)]
    request = json.dumps(
        {
            "resourceSpans": [{"scopeSpans": [{"spans": spans}]}],
            "resourceLogs": [{"scopeLogs": [{"logRecords": records}]}],
        }
    )
    run_id = run_text(request.encode(), name="otlp.json")
    app.work()
    found = {stream.kind: sizes(stream) for stream in app.queries.streams(TENANT, run_id)}
    assert found == {"traces": (160, 20, 4), "logs": (400, 50, 10)}


@pytest.mark.parametrize("kind", ["records", "network"])
def test_a_kind_fits_its_column(app, kind):
    """A stream can be made for each of the younger kinds."""
    stream_id = app.create_stream(TENANT, name="s", kind=kind, profile=BALANCED)
    assert app.queries.stream(TENANT, stream_id).kind == kind


def test_runs_of_earlier_versions_are_read(app, run_text, home):
    """Their reports hold a sentence and no counts."""
    run_id = run_text(as_bytes(flows(200)))
    app.work()
    engine = connect(f"sqlite:///{home}/driftlock.db")
    with engine.begin() as connection:
        report = connection.scalar(sa.select(runs.c.report).where(runs.c.id == run_id))
        del report["recognition"]["kind_seen"]
        connection.execute(sa.update(runs).where(runs.c.id == run_id).values(report=report))
    engine.dispose()
    recognition = app.queries.run(TENANT, run_id).report.recognition
    assert recognition.kind_seen is None
    assert recognition.kind_evidence.startswith("200 of 200")
