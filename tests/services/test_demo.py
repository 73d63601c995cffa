"""The demonstration: there once, by the ordinary road, gone for good when it is removed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data_generator import encode
from driftlock.bootstrap import App, open_app
from driftlock.services import demo_parts
from driftlock.services.demo_parts import ENDS_AT, PARTS, days_until, lines, performed
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED
from tests.services.conftest import TENANT, ToldClock, as_events


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An application that was asked for its demonstration and has worked it off."""
    app = open_app(Settings(home=tmp_path_factory.mktemp("demo")), clock=ToldClock(), work=False)
    app.demo.seed(TENANT)
    while app.work():
        pass
    yield app
    app.close()


def test_seven_streams_of_a_day_that_is_just_over(prepared: App):
    """All is judged, of source "demo", kept for good, and the newest event is less than a day old."""
    runs = prepared.queries.runs(TENANT, limit=50)
    assert {run.name for run in runs} == {part.name for part in PARTS}
    assert {(run.source, run.state) for run in runs} == {("demo", "done")}
    streams = [stream for run in runs for stream in prepared.queries.streams(TENANT, run.id)]
    assert len(streams) == len(PARTS) == 7
    assert all(2_000 < stream.events < 4_500 and stream.windows for stream in streams)
    assert {stream.kind for stream in streams} == {"logs", "llm", "metrics", "traces"}
    assert all(stream.expires_at is None for stream in streams)
    newest = max(run.report.last_at_us for run in runs if run.report and run.report.last_at_us)
    age = ToldClock().moment - datetime.fromtimestamp(newest / 1e6, UTC)
    assert timedelta(0) <= age < timedelta(days=1)
    assert prepared.demo.ready(TENANT)


def test_what_is_hidden_in_the_first_stream_is_flagged(prepared: App):
    """A window of *payments* that holds events of the storm is flagged: the first screen shows one."""
    run = next(run for run in prepared.queries.runs(TENANT, limit=50) if run.name == "payments")
    (stream,) = prepared.queries.streams(TENANT, run.id)
    performance = performed("error-storm")
    for _ in performance.events:
        pass
    (storm,) = performance.witness.episodes()
    state = prepared._store.demo.get(TENANT)
    assert state is not None
    shift_us = state.days * 86_400_000_000
    columns = prepared.queries.scores(TENANT, stream.id)
    inside = (columns.last_at_us >= storm.start_us + shift_us) & (
        columns.last_at_us <= storm.stop_us + shift_us
    )
    assert columns.flagged[inside].any()


def test_the_last_event_comes_when_it_is_said_to(prepared: App):
    """``ENDS_AT`` is the moment of the last event of all parts, to the second."""
    newest = max(run.report.last_at_us for run in prepared.queries.runs(TENANT, limit=50) if run.report)
    state = prepared._store.demo.get(TENANT)
    assert state is not None
    ends = datetime.fromtimestamp(newest / 1e6, UTC) - timedelta(days=state.days)
    assert timedelta(0) <= ENDS_AT - ends < timedelta(seconds=1)


def test_asking_again_changes_nothing(prepared: App):
    """``seed`` is idempotent: no run is added, and no work waits."""
    before = prepared.queries.runs(TENANT, limit=50)
    prepared.demo.seed(TENANT)
    assert not prepared.work()
    assert prepared.queries.runs(TENANT, limit=50) == before


def test_whole_days_move_the_times_alone():
    """The same part on another day differs in its timestamps and in nothing else."""
    part = PARTS[1]
    first, later = (lines(part, days=days, tenant=TENANT).splitlines() for days in (0, 300))
    demo_parts.forget()
    assert len(first) == len(later)
    stamp = len(b'{"timestamp":"2026-03-02T')
    assert all(a[stamp:] == b[stamp:] for a, b in zip(first, later, strict=True))
    assert first[0][:stamp] == b'{"timestamp":"2026-03-02T'
    assert later[0][:stamp] == b'{"timestamp":"2026-12-27T'


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_moved_so_that_it_ends_within_the_last_day(hour: int):
    now = datetime(2026, 11, 21, hour, 30, tzinfo=UTC)
    ends = ENDS_AT + timedelta(days=days_until(now))
    assert timedelta(0) <= now - ends < timedelta(days=1)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two short parts instead of seven: what is asked here does not depend on what they hold."""
    few = list(performed("prompt-injection").events)[:460]
    data = encode(few, "ndjson", TENANT)
    monkeypatch.setattr("driftlock.services.demo.PARTS", PARTS[:2])
    monkeypatch.setattr("driftlock.services.demo.PAUSE_SECONDS", 0)
    monkeypatch.setattr("driftlock.services.demo.lines", lambda *_, **__: data)


def _work_off(app: App) -> None:
    while app.work():
        pass


def test_streams_appear_one_by_one(app: App, small: None):
    """Each part is judged before the next is made, and only then all is ready."""
    app.demo.seed(TENANT)
    seen = []
    while app.work():
        seen.append(sum(run.state == "done" for run in app.queries.runs(TENANT)))
        assert app.demo.ready(TENANT) == (seen[-1] == 2)
    assert seen == [0, 1, 1, 2]


def test_a_restart_goes_on_where_it_was(app: App, small: None, open_again: Callable[[], App]):
    app.demo.seed(TENANT)
    app.work()
    again = open_again()
    _work_off(again)
    assert sorted(run.name for run in again.queries.runs(TENANT)) == [part.name for part in PARTS[:2]]


def test_a_part_that_could_not_be_queued_is_tried_again(app: App, small: None):
    """A full disk at the second part: nothing is missing in the end."""

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    app.demo.seed(TENANT)
    assert app.work()
    assert app.work()
    with pytest.MonkeyPatch.context() as once:
        once.setattr(app._spool, "keep", full)
        with pytest.raises(OSError, match="no space"):
            app.work()
    assert not app.demo.ready(TENANT)
    _work_off(app)
    assert sorted(run.name for run in app.queries.runs(TENANT)) == [part.name for part in PARTS[:2]]


def test_removed_it_does_not_come_back(app: App, small: None, open_again: Callable[[], App]):
    """Nothing of it is left, and neither asking nor restarting brings it again."""
    app.demo.seed(TENANT)
    _work_off(app)
    app.demo.remove(TENANT)
    assert app.queries.runs(TENANT) == []
    assert not app.demo.shown(TENANT)
    for opened in (app, open_again()):
        opened.demo.seed(TENANT)
        assert not opened.work()
        assert opened.queries.runs(TENANT) == []


def test_removed_while_it_is_prepared(app: App, small: None, monkeypatch: pytest.MonkeyPatch):
    """A part that was being made when the reader removed all is removed too."""
    made = lines(PARTS[1], days=0, tenant=TENANT)

    def removed_meanwhile(*_: object, **__: object) -> bytes:
        app.demo.remove(TENANT)
        return made

    monkeypatch.setattr("driftlock.services.demo.lines", removed_meanwhile)
    app.demo.seed(TENANT)
    _work_off(app)
    assert app.queries.runs(TENANT) == []


def test_who_has_data_gets_none(app: App, small: None):
    """Neither a stream fed from outside nor a run leaves room for it."""
    stream_id = app.create_stream(TENANT, name="own", kind="logs", profile=BALANCED)
    app.receive(TENANT, stream_id, as_events([b"one"]))
    app.demo.seed(TENANT)
    assert not app.work()


def test_plays_of_scenarios_are_no_data_of_ones_own(app: App, small: None):
    """Who watches a scenario first finds the demonstration on the overview all the same."""
    app.scenarios.play(TENANT, "normal-operations", 7)
    app.demo.seed(TENANT)
    _work_off(app)
    assert sorted(run.source for run in app.queries.runs(TENANT)) == ["demo", "demo", "scenario"]


def test_only_the_tenant_that_asks_gets_it(app: App, small: None):
    app.demo.seed(TENANT)
    _work_off(app)
    assert app.queries.runs("somebody else") == []


def test_switched_off_it_never_begins(home: Path, clock: ToldClock):
    app = open_app(Settings(home=home, demo_data=False), clock=clock, work=False)
    app.demo.seed(TENANT)
    assert not app.work()
    assert app.demo.ready(TENANT)
    app.close()
