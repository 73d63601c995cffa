import io
import json

import pytest
from streams import usual

from driftlock.bootstrap import open_app
from driftlock.errors import MalformedPayload
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED

TENANT = "demo"


def ndjson(payloads):
    """One JSON object a line, a second apart."""
    return b"".join(
        json.dumps({"time": f"2026-01-05T{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}Z", "message": text})
        .encode()
        + b"\n"
        for at, text in enumerate(payload.decode() for payload in payloads)
    )  # fmt: skip


@pytest.fixture
def seen(app, clock):
    """Every different state of a run that a page could have shown while it was worked on."""
    states = []

    def look():
        for run in app.queries.runs(TENANT):
            state = (run.state, run.step, run.bytes_read, run.events_received, run.events_analyzed)
            if state not in states:
                states.append(state)

    clock.when_read = look
    return states


def test_a_run_goes_from_source_to_verdicts(app, run_text, burst):
    data = ndjson([event.payload for event in burst])
    run_id = run_text(data, options={"sample": "s1", "seed": 3})
    waiting = app.queries.run(TENANT, run_id)
    assert (waiting.state, waiting.step, waiting.size_bytes) == ("queued", "waiting", len(data))
    assert waiting.options == {
        "sample": "s1",
        "seed": 3,
        "propose_sizes": True,
        "max_events": 3_000_000,
        "max_unpacked_bytes": 2_000_000_000,
    }
    assert app.work()
    run = app.queries.run(TENANT, run_id)
    assert (run.state, run.error, run.bytes_read) == ("done", None, len(data))
    assert run.events_received == run.events_analyzed == run.report.events == len(burst)
    assert run.report.recognition.format == "ndjson"
    [stream] = app.queries.streams(TENANT, run_id)
    assert run.stream_ids == (stream.id,)
    assert (stream.name, stream.kind, stream.events) == ("api.log", "logs", len(burst))
    assert stream.flagged == len(app.queries.anomalies(TENANT, stream.id, limit=1000)) > 5
    assert stream.expires_at - run.created_at == app.settings.upload_retention
    assert list(app.settings.spool.iterdir()) == []
    assert not app.work()


def test_progress_is_counted_while_a_run_is_at_work(app, run_text, long_source, seen):
    """Bytes first, then events; nothing ever runs backwards."""
    run_text(long_source)
    app.work()
    steps = [step for _, step, *_ in seen]
    assert list(dict.fromkeys(steps)) == ["waiting", "reading", "analyzing"]
    for column in (2, 3, 4):
        counts = [state[column] for state in seen]
        assert counts == sorted(counts)
    assert len({received for *_, received, _ in seen}) >= 3
    assert len({analyzed for *_, analyzed in seen}) >= 3


def test_runs_are_worked_on_in_the_order_they_came(app, clock, run_text):
    first = run_text(b"\n".join(usual(60, 1)))
    clock.advance(seconds=1)
    second = run_text(b"\n".join(usual(60, 2)))
    app.work()
    assert app.queries.run(TENANT, first).state == "done"
    assert app.queries.run(TENANT, second).state == "queued"
    assert [run.id for run in app.queries.runs(TENANT)] == [second, first]


@pytest.mark.parametrize(
    ("events", "sizes"),
    [(449, (40, 8, 320)), (230, (20, 4, 160)), (45, (5, 1, 40))],
)
def test_a_short_source_gets_sizes_that_fit_and_the_run_says_so(app, run_text, events, sizes):
    run_id = run_text(b"\n".join(usual(events, 5)))
    app.work()
    run = app.queries.run(TENANT, run_id)
    [stream] = app.queries.streams(TENANT, run_id)
    window, hop, baseline = sizes
    used = stream.configuration
    assert (used["window"], used["hop"], used["baseline"]) == sizes
    assert run.options["sizes_note"] == (
        f"file has {events} events: window {window}, hop {hop}, baseline {baseline} instead of 50/10/400"
    )
    assert (run.state, stream.windows > 0) == ("done", True)
    assert run.configuration == BALANCED.configuration()


def test_a_long_source_keeps_the_sizes_asked_for(app, run_text):
    run_id = run_text(b"\n".join(usual(450, 5)))
    app.work()
    [stream] = app.queries.streams(TENANT, run_id)
    assert stream.configuration == BALANCED.configuration()
    assert stream.windows == 1
    assert "sizes_note" not in app.queries.run(TENANT, run_id).options


@pytest.mark.parametrize(
    ("events", "propose", "error"),
    [
        (44, True, "44 events; at least 45 are needed"),
        (1, True, "1 event; at least 45 are needed"),
        (230, False, "230 events; at least 450 are needed for a window of 50"),
    ],
)
def test_too_short_a_source_fails_with_the_numbers(app, run_text, events, propose, error):
    run_id = run_text(b"\n".join(usual(events, 5)), propose_sizes=propose)
    app.work()
    run = app.queries.run(TENANT, run_id)
    assert (run.state, run.error) == ("failed", f"There are too few events for a verdict: {error}.")
    [stream] = app.queries.streams(TENANT, run_id)
    assert (stream.status, stream.windows) == ("warming_up", 0)
    assert stream.events_needed == (450 if events == 230 else 45) - events


def mixed(spans):
    """60 log lines and *spans* trace spans in turn, as an OTLP/JSON collector would write them."""
    logs = [
        {
            "resourceLogs": [
                {
                    "scopeLogs": [
                        {"logRecords": [{"timeUnixNano": "1", "body": {"stringValue": line.decode()}}]}
                    ]
                }
            ]
        }
        for line in usual(60, 9)
    ]
    traces = [
        {
            "resourceSpans": [
                {
                    "scopeSpans": [
                        {
                            "spans": [
                                {
                                    "traceId": f"{number:032x}",
                                    "spanId": f"{number:016x}",
                                    "name": f"GET /orders/{number % 3}",
                                    "startTimeUnixNano": "1",
                                    "endTimeUnixNano": "2",
                                }
                            ]
                        }
                    ]
                }
            ]
        }
        for number in range(spans)
    ]
    rows = [row for pair in zip(logs, traces, strict=False) for row in pair] + logs[spans:]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_each_kind_of_telemetry_becomes_a_stream_of_its_own(app, run_text):
    run_id = run_text(mixed(spans=50), name="otel.ndjson")
    app.work()
    run = app.queries.run(TENANT, run_id)
    streams = {stream.kind: stream for stream in app.queries.streams(TENANT, run_id)}
    assert (run.state, run.report.by_kind) == ("done", {"logs": 60, "traces": 50})
    assert {kind: stream.events for kind, stream in streams.items()} == {"logs": 60, "traces": 50}
    assert sorted(stream.name for stream in streams.values()) == ["otel.ndjson", "otel.ndjson (traces)"]
    assert "logs: file has 60 events" in run.options["sizes_note"]
    assert "traces: file has 50 events" in run.options["sizes_note"]


def test_a_kind_that_is_too_short_does_not_stop_the_others(app, run_text):
    run_id = run_text(mixed(spans=20))
    app.work()
    run = app.queries.run(TENANT, run_id)
    assert run.state == "done"
    assert run.options["too_short"] == "traces: 20 events; at least 45 are needed"
    windows = {stream.kind: stream.windows for stream in app.queries.streams(TENANT, run_id)}
    assert windows["logs"] > 0 == windows["traces"]


@pytest.mark.parametrize("announced", [None, 1_000_001])
def test_a_source_over_the_limit_is_refused(tmp_path, clock, announced):
    app = open_app(Settings(home=tmp_path, max_upload_mb=1), clock=clock, work=False)
    with pytest.raises(MalformedPayload, match="larger than 1 MB"):
        app.start_run(
            TENANT,
            source="upload",
            name="x",
            open_source=lambda: io.BytesIO(b"x" * 1_000_001),
            profile=BALANCED,
            size_bytes=announced,
        )
    assert app.queries.runs(TENANT) == []
    assert list(app.settings.spool.iterdir()) == []
    app.close()
