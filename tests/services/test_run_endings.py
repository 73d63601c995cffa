"""How runs end before they are done: called off, failed, left behind, deleted, expired."""

import gzip
import io
import logging
from dataclasses import replace

import pytest
from streams import usual

from driftlock.bootstrap import open_app
from driftlock.errors import NotFound
from driftlock.services import analysis
from driftlock.services.analysis import STALE
from driftlock.services.queries import Queries
from driftlock.settings import Settings
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED

TENANT = "demo"


class PowerCut(BaseException):
    """Nothing in the program expects this one."""


def spooled(app):
    return list(app.settings.spool.iterdir())


def outcome(app, run_id):
    """What a run found, without the names it found it under."""
    found = []
    for stream in app.queries.streams(TENANT, run_id):
        rows = app.queries.anomalies(TENANT, stream.id, order="newest", limit=1000)
        scores = app.queries.scores(TENANT, stream.id)
        found.append(
            (
                replace(stream, id="", run_id=None, expected_by_chance=0),
                scores.ncd.tolist(),
                [replace(row, id="", stream_id="", seen_at=row.last_at) for row in rows],
            )
        )
    return found


def test_a_waiting_run_is_called_off_at_once(app, run_text):
    run_id = run_text(b"x")
    app.cancel_run(TENANT, run_id)
    run = app.queries.run(TENANT, run_id)
    assert (run.state, run.finished_at) == ("cancelled", run.created_at)
    assert spooled(app) == []
    assert not app.work()


@pytest.mark.parametrize("step", ["reading", "analyzing"])
def test_a_run_at_work_ends_after_its_slab(app, clock, run_text, long_source, step):
    """Called off from another browser in the middle of a step; what was kept by then is whole."""
    run_id = run_text(long_source)

    def call_off():
        run = app.queries.run(TENANT, run_id)
        if run.step == step and (run.events_analyzed or step == "reading") and run.events_received:
            clock.when_read = lambda: None
            app.cancel_run(TENANT, run_id)

    clock.when_read = call_off
    assert app.work()
    run = app.queries.run(TENANT, run_id)
    assert (run.state, run.error) == ("cancelled", None)
    assert (run.events_received < 13_000) == (step == "reading")
    assert run.events_analyzed < 13_000
    [stream] = app.queries.streams(TENANT, run_id)
    assert stream.events == run.events_received
    assert stream.windows == len(app.queries.scores(TENANT, stream.id).ncd)
    assert spooled(app) == []
    assert app.advance(TENANT, stream.id) > 0  # the lease was given back


def test_calling_off_a_finished_run_changes_nothing(app, run_text):
    run_id = run_text(b"\n".join(usual(60, 1)))
    app.work()
    before = app.queries.run(TENANT, run_id)
    app.cancel_run(TENANT, run_id)
    assert app.queries.run(TENANT, run_id) == before


def test_what_cannot_be_read_fails_with_the_decoders_sentence(app, run_text):
    run_id = run_text(bytes(range(256)) * 40, name="picture.png")
    app.work()
    run = app.queries.run(TENANT, run_id)
    assert run.state == "failed"
    assert "picture.png" in run.error
    assert spooled(app) == []


def test_an_error_of_the_program_gets_an_id_and_no_payload_leaks(app, run_text, monkeypatch, caplog):
    payload = "hunter2"

    def broken(*_, **__):
        raise KeyError(payload)

    monkeypatch.setattr(analysis, "advance", broken)
    run_id = run_text(b"\n".join(usual(60, 1)))
    with caplog.at_level(logging.ERROR):
        assert app.work()
    run = app.queries.run(TENANT, run_id)
    [logged] = caplog.records
    error_id = run.error.partition("error id ")[2].partition(")")[0]
    assert run.state == "failed"
    assert f"error {error_id}, KeyError at" in logged.getMessage()
    assert "in broken" in logged.getMessage()
    assert payload not in run.error + caplog.text
    assert spooled(app) == []


def cut_power(app, clock, run_id, *, when):
    """Let a process work on the run and lose its power once *when* holds; nobody tidies up."""

    def look():
        if when(app.queries.run(TENANT, run_id)):
            clock.when_read = lambda: None
            raise PowerCut

    clock.when_read = look
    with pytest.raises(PowerCut):
        app.work()


@pytest.mark.parametrize(
    "when",
    [
        lambda run: run.step == "reading" and run.events_received > 0,
        lambda run: run.step == "analyzing" and run.events_analyzed == 0,
        lambda run: run.step == "analyzing" and run.events_analyzed > 0,
    ],
    ids=["reading", "before analyzing", "analyzing"],
)
def test_a_restart_takes_a_run_up_where_it_was_left(app, clock, run_text, long_source, open_again, when):
    undisturbed = run_text(long_source)
    app.work()
    run_id = run_text(long_source)
    cut_power(app, clock, run_id, when=when)
    after = open_again()
    assert not after.work()  # for all it knows the other process is alive
    clock.advance(seconds=STALE.total_seconds() + 1)
    assert after.work()
    run = after.queries.run(TENANT, run_id)
    assert (run.state, run.events_received, run.events_analyzed) == ("done", 13_000, 13_000)
    expected = outcome(app, undisturbed)
    found = outcome(after, run_id)
    created = [stream.created_at for stream, *_ in expected]
    assert [
        (replace(stream, created_at=at, expires_at=expected[0][0].expires_at), *rest)
        for (stream, *rest), at in zip(found, created, strict=True)
    ] == [(stream, *rest) for stream, *rest in expected]


def test_a_run_that_waited_is_worked_on_after_a_restart(run_text, open_again):
    run_id = run_text(b"\n".join(usual(60, 1)))
    after = open_again()
    assert after.work()
    assert after.queries.run(TENANT, run_id).state == "done"


def test_a_restart_without_the_source_says_what_to_do(app, clock, run_text, long_source, open_again):
    run_id = run_text(long_source)
    cut_power(app, clock, run_id, when=lambda run: run.events_received > 0)
    for left in spooled(app):
        left.unlink()
    clock.advance(seconds=STALE.total_seconds() + 1)
    after = open_again()
    assert after.work()
    run = after.queries.run(TENANT, run_id)
    assert run.state == "failed"
    assert "no longer here" in run.error
    assert "Start the analysis again" in run.error


def test_a_worker_given_up_for_dead_leaves_the_run_to_its_successor(
    app, clock, run_text, long_source, open_again
):
    """It only slept; when it wakes the run is another's, and it neither ends it nor takes its source."""
    run_id = run_text(long_source)
    successor = open_again()

    def oversleep():
        if app.queries.run(TENANT, run_id).events_received > 0:
            clock.when_read = lambda: None
            clock.advance(seconds=STALE.total_seconds() + 1)
            assert successor.work()

    clock.when_read = oversleep
    assert app.work()
    run = app.queries.run(TENANT, run_id)
    assert (run.state, run.error, run.events_analyzed) == ("done", None, 13_000)


def test_deleting_a_run_takes_everything_with_it(app, run_text, burst):
    run_id = run_text(b"\n".join(event.payload for event in burst))
    other = run_text(b"\n".join(usual(60, 1)))
    app.work()
    app.work()
    [stream] = app.queries.streams(TENANT, run_id)
    row = app.queries.anomalies(TENANT, stream.id)[0]
    removed = app.delete_run(TENANT, run_id)
    assert (removed.streams, removed.events, removed.windows) == (1, len(burst), stream.windows)
    assert removed.anomalies == stream.flagged
    assert app.queries.run(TENANT, run_id) is None
    assert app.queries.stream(TENANT, stream.id) is None
    assert app.queries.anomaly(TENANT, row.id) is None
    assert app.queries.stored(TENANT, stream.id, 1, 9) == {}
    assert len(app.queries.scores(TENANT, stream.id).ncd) == 0
    assert app.queries.run(TENANT, other).state == "done"
    with pytest.raises(NotFound):
        app.delete_run(TENANT, run_id)


@pytest.mark.parametrize("step", ["reading", "analyzing"])
def test_a_run_deleted_while_at_work_comes_to_nothing(app, clock, run_text, long_source, step, caplog):
    run_id = run_text(long_source)

    def remove():
        run = app.queries.run(TENANT, run_id)
        if run is not None and run.step == step:
            clock.when_read = lambda: None
            app.delete_run(TENANT, run_id)

    clock.when_read = remove
    assert app.work()
    assert app.queries.runs(TENANT) == []
    assert spooled(app) == []
    assert caplog.records == []


def test_what_has_expired_is_gone_after_the_next_start(app, clock, run_text, open_again):
    old = run_text(b"\n".join(usual(60, 1)))
    app.work()
    [stream_id] = app.queries.run(TENANT, old).stream_ids
    clock.advance(hours=23)
    young = run_text(b"\n".join(usual(60, 2)))
    waiting = run_text(b"\n".join(usual(60, 3)))
    app.work()
    clock.advance(hours=1)
    after = open_again()
    assert after.queries.run(TENANT, old) is None
    assert after.queries.stream(TENANT, stream_id) is None
    assert {run.id for run in after.queries.runs(TENANT)} == {young, waiting}
    assert after.remove_expired() == []


@pytest.fixture
def narrow(home, clock):
    """An application that allows sources of 1 MB, of 10 MB unpacked, and runs of 20,000 events."""
    app = open_app(Settings(home=home, max_upload_mb=1, max_events=20_000), clock=clock, work=False)
    yield app
    app.close()


def run_bytes(app, data):
    run_id = app.start_run(
        TENANT, source="upload", name="api.log", open_source=lambda: io.BytesIO(data), profile=BALANCED
    )
    assert app.work()
    return app.queries.run(TENANT, run_id)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_too_many_events_fail_before_one_is_stored(narrow, pack):
    """The sentence names the limit, the setting and the command that needs no storage."""
    run = run_bytes(narrow, pack(b"a\n" * 20_001))
    assert (run.state, run.error) == (
        "failed",
        "“api.log” holds more than 20,000 events, the most one run may hold (DRIFTLOCK_MAX_EVENTS). "
        "Raise the limit, or judge the file without storing it: `driftlock detect FILE`.",
    )
    assert (run.stream_ids, run.events_received, spooled(narrow)) == ((), 0, [])


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_as_many_events_as_allowed_are_analyzed(narrow, pack):
    run = run_bytes(narrow, pack(b"ab\n" * 20_000))
    assert (run.state, run.events_received, run.events_analyzed) == ("done", 20_000, 20_000)


def test_a_compressed_source_may_unpack_to_ten_times_the_upload_limit(narrow):
    """11 MB in 400 long lines: few events, too many bytes."""
    run = run_bytes(narrow, gzip.compress((b"a" * 27_499 + b"\n") * 400))
    assert run.state == "failed"
    assert "unpacks to more than 10,000,000 bytes" in run.error
    assert run.stream_ids == ()


def test_a_run_asked_for_before_there_were_limits_gets_the_defaults(app, run_text):
    run_id = run_text(gzip.compress(b"\n".join(usual(60, 1))))
    store = SqlStore(app.settings.database_url)
    store.runs.describe(store.runs.get(TENANT, run_id), options={"propose_sizes": True})
    store.close()
    assert app.work()
    assert app.queries.run(TENANT, run_id).state == "done"


def test_a_run_past_its_time_is_gone_before_it_is_removed(app, clock, run_text, burst):
    """The tidy comes once an hour; what has expired is out of sight at the minute."""
    run_id = run_text(b"\n".join(event.payload for event in burst))
    app.work()
    clock.advance(hours=1)
    young = run_text(b"x")
    store = SqlStore(app.settings.database_url)
    queries = Queries(store, clock)
    [stream] = queries.streams(TENANT, run_id)
    row = queries.anomalies(TENANT, stream.id)[0]
    clock.advance(hours=22, minutes=59)
    assert queries.run(TENANT, run_id) is not None
    assert queries.anomaly(TENANT, row.id) is not None
    clock.advance(minutes=1)
    assert store.runs.get(TENANT, run_id) is not None
    assert queries.run(TENANT, run_id) is None
    assert [run.id for run in queries.runs(TENANT, limit=1)] == [young]
    assert (queries.stream(TENANT, stream.id), queries.streams(TENANT, run_id)) == (None, [])
    assert (queries.anomalies(TENANT, stream.id), queries.anomaly(TENANT, row.id)) == ([], None)
    assert queries.window_events(TENANT, row.id) == queries.baseline_events(TENANT, row.id) == []
    store.close()


@pytest.mark.parametrize("by", ["delete", "expiry"])
def test_what_is_deleted_leaves_the_log_of_the_database_too(app, clock, run_text, by):
    """Neither the database file nor its write-ahead log holds a payload afterwards."""
    marked = [b"account 4711-0815 " + line for line in usual(2000, 3)]
    run_id = run_text(b"\n".join(marked))
    app.work()
    files = [app.settings.database_file, app.settings.database_file.with_name("driftlock.db-wal")]
    assert any(b"account 4711-0815" in file.read_bytes() for file in files)
    if by == "delete":
        app.delete_run(TENANT, run_id)
    else:
        clock.advance(hours=24)
        assert app.remove_expired() == [run_id]
    assert files[1].stat().st_size == 0
    assert b"account 4711-0815" not in files[0].read_bytes()
