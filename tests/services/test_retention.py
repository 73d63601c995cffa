"""What is old goes: a beginning of each stream, nothing that a detector or held evidence needs, and it is said."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_generator.samples import generate
from driftlock.bootstrap import App, open_app
from driftlock.errors import ApplicationError
from driftlock.services.plans import PLANS
from driftlock.services.tuning_changes import CannotTune
from driftlock.services.tuning_figures import counted
from driftlock.settings import Settings
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import anomalies, events, streams, windows
from driftlock.storage.schema_proof import bundles
from driftlock_core.errors import NotRecomputable
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Rule
from tests.made_home import copied_home, made_home
from tests.services.conftest import ToldClock, as_events

TENANT = "acme"
DAY_EVENTS = 2_000


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """Seed 5: a shop's log with something unusual in it."""
    return generate("app-json", seed=5, events=8_000).data.splitlines()


@pytest.fixture(scope="module")
def four_days(tmp_path_factory, lines: list[bytes]) -> tuple[Path, str, datetime]:
    """Home with a stream that got 2,000 events a day for four days, judged each day; the stream, and the moment after."""
    clock, home = ToldClock(), made_home(tmp_path_factory.mktemp("days") / "home")
    app = open_app(Settings(home=home), clock=clock, work=False)
    app.tenants.add(TENANT, "Acme", by="system")
    stream_id = app.create_stream(TENANT, name="shop", kind="logs", profile=BALANCED)
    every = as_events(lines)
    for day in range(4):
        app.receive(TENANT, stream_id, every[day * DAY_EVENTS : (day + 1) * DAY_EVENTS])
        app.advance(TENANT, stream_id)
        clock.advance(days=1)
    app.close()
    return home, stream_id, clock.moment


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """With the four days where a test asks for them, else without a stream."""
    if "days" not in request.fixturenames:
        return made_home(tmp_path / "home")
    return copied_home(request.getfixturevalue("four_days")[0], tmp_path / "home")


@pytest.fixture
def days(app: App, clock: ToldClock, four_days: tuple[Path, str, datetime]) -> str:
    """The stream of four days; its tenant keeps events for two days."""
    _, stream_id, clock.moment = four_days
    _set_days(app, 2)
    return stream_id


def _set_days(app: App, days: int | None) -> None:
    from driftlock.storage.schema_people import tenants

    with writing(app._store.engine, TENANT) as connection:
        connection.execute(sa.update(tenants).where(tenants.c.tenant == TENANT).values(retention_days=days))


def _seqs(app: App) -> list[int]:
    with reading(app._store.engine, TENANT) as connection:
        return list(connection.scalars(sa.select(events.c.seq).order_by(events.c.seq)))


def test_a_preview_says_what_the_run_then_removes(app: App, days: str) -> None:
    [row] = app.retention.preview(TENANT).rows
    assert (row.stream_id, row.days, row.through_seq, row.events) == (days, 2, 4_000, 4_000)
    assert len(_seqs(app)) == 8_000  # a question removes nothing
    run = app.retention.run()
    assert run.rows == (row,)
    assert _seqs(app) == list(range(4_001, 8_001))
    stream = app.queries.stream(TENANT, days)
    assert stream is not None
    assert (stream.events, stream.removed_through, stream.removed_at) == (8_000, 4_000, app._clock.now())


def test_a_second_run_removes_nothing_more(app: App, days: str) -> None:
    app.retention.run()
    again = app.retention.run()
    assert again.rows == ()
    assert len(_seqs(app)) == 4_000


def test_a_detector_goes_on_as_if_nothing_had_been_removed(
    app: App, open_again, clock, days: str, lines: list[bytes], as_events_of
) -> None:
    """Verdicts after retention are those of an undisturbed twin that got the same events."""
    more = as_events_of(generate("app-json", seed=5, events=10_000).data.splitlines())[8_000:]
    twin = app.create_stream("twin", name="shop", kind="logs", profile=BALANCED)
    app.receive("twin", twin, as_events_of(lines) + more)
    app.advance("twin", twin)
    app.retention.run()
    app.receive(TENANT, days, more)
    app.advance(TENANT, days)
    here, there = (_verdicts(app, tenant) for tenant in (TENANT, "twin"))
    assert here == there
    assert any(last > 8_000 for _, last, *_ in here)


def _verdicts(app: App, tenant: str) -> list[tuple[object, ...]]:
    columns = [
        windows.c[name]
        for name in ("window", "last_seq", "size", "mu", "score", "p_stream", "p_perm", "flagged")
    ]
    with reading(app._store.engine, tenant) as connection:
        return [
            tuple(row)
            for row in connection.execute(
                sa.select(*columns).where(windows.c.tenant == tenant).order_by(windows.c.window)
            )
        ]


def test_limits_are_counted_as_before_when_the_first_events_are_gone(app: App, days: str) -> None:
    """To the last window: the sizes inside the first baseline are kept when it goes."""
    rule = Rule(threshold=0.2, alpha=0.2)
    before = app.tuning.figures(app.tuning.history(TENANT, days), rule)
    app.retention.run()
    assert _seqs(app)[0] == 4_001
    history = app.tuning.history(TENANT, days)
    assert app.tuning.figures(history, rule) == before
    assert before.flagged


def test_limits_are_refused_when_too_little_is_left_of_the_verdicts(app: App, clock, days: str) -> None:
    app.retention.run()
    clock.advance(days=40)
    app.retention.run()
    with pytest.raises(
        CannotTune, match=r"removed events 1 to .* and verdicts up to window .* windows are left"
    ):
        app.tuning.history(TENANT, days)


def test_limits_are_counted_on_what_is_left_of_the_verdicts(app: App, days: str) -> None:
    """The windows that have all their references are decided as they were before the others went."""
    rule = Rule(threshold=0.15, alpha=0.2)
    whole = app.tuning.history(TENANT, days)
    begin = 100
    first = begin + BALANCED.references + BALANCED.chunks_per_window
    twin = counted(whole.part(first, whole.windows), rule)
    app.retention.run()
    with writing(app._store.engine, TENANT) as connection:
        connection.execute(sa.delete(anomalies).where(anomalies.c.window < begin))
        connection.execute(sa.delete(windows).where(windows.c.window < begin))
    history = app.tuning.history(TENANT, days)
    assert (history.first, history.windows) == (first, whole.windows - first)
    assert f"verdicts up to window {begin}" in history.gone
    assert "from window 606 on" in history.gone
    found = counted(history, rule)
    for name in ("flagged", "unknown", "chance"):
        assert (getattr(found, name) == getattr(twin, name)).all()
    assert found.flagged.any()
    assert app.tuning.figures(history, rule).tested == history.windows


def test_what_is_not_judged_yet_and_what_a_baseline_needs_stays(
    app: App, clock, lines: list[bytes], as_events_of
) -> None:
    app.tenants.add(TENANT, "Acme", by="system")
    stream_id = app.create_stream(TENANT, name="shop", kind="logs", profile=BALANCED)
    app.receive(TENANT, stream_id, as_events_of(lines))
    _set_days(app, 1)
    clock.advance(days=30)
    assert app.retention.run().events == 0  # nothing is judged: all of it is needed
    app.advance(TENANT, stream_id)
    [row] = app.retention.run().rows
    assert 0 < row.events < 8_000
    assert "needs" in row.why_kept
    assert _seqs(app)[-1] == 8_000


def test_an_old_anomaly_says_that_its_events_were_removed_and_when(app: App, days: str) -> None:
    rows = app.queries.anomalies(TENANT, days, order="newest", offset=0, limit=100)
    old = next(row for row in rows if row.last_seq <= 4_000)
    assert app.examination.replay(TENANT, old.id).identical
    app.retention.run()
    with pytest.raises(NotRecomputable, match=r"removed by retention on 2026-01-09.*up to event 4,000"):
        app.examination.replay(TENANT, old.id)
    found = app.queries.anomaly(TENANT, old.id)
    assert found is not None
    assert found.record["ncd"] == old.ncd
    with pytest.raises(ApplicationError, match="retention removed events 1 to 4,000"):
        app.complete(TENANT, days)


def test_verdicts_go_later_than_events_and_labelled_ones_stay(app: App, clock, days: str) -> None:
    rows = app.queries.anomalies(TENANT, days, order="newest", offset=0, limit=100)
    kept = rows[-1]
    app.review.label(TENANT, [kept.id], "real", by="ann")
    before = app.queries.stream(TENANT, days)
    app.retention.run()
    with reading(app._store.engine, TENANT) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(anomalies)) == len(rows)
    clock.advance(days=60)
    run = app.retention.run()
    through = run.rows[0].through_seq
    stay = {row.id for row in rows if row.last_seq > through} | {kept.id}
    assert run.rows[0].anomalies == len(rows) - len(stay) > 0
    assert run.rows[0].windows > 0
    left = app.queries.anomalies(TENANT, days, order="newest", offset=0, limit=100)
    assert {row.id for row in left} == stay
    assert kept.last_seq <= through
    near = app.context.around(TENANT, kept.id).columns.window.tolist()
    assert near[0] == kept.window  # nothing before it is left
    after = app.queries.stream(TENANT, days)
    assert before is not None
    assert after is not None
    assert (after.windows, after.flagged) == (before.windows, before.flagged)  # counts of all time


def test_held_evidence_keeps_its_events_and_its_anomaly(app: App, clock, days: str) -> None:
    rows = app.queries.anomalies(TENANT, days, order="newest", offset=0, limit=100)
    held = rows[-1]
    with writing(app._store.engine, TENANT) as connection:
        connection.execute(
            sa.insert(bundles).values(
                tenant=TENANT, id="b" * 32, name="b", template="plain", scope={"anomaly": held.id}, policy="full",
                state="done", by="ann", at=clock.now(), expires_at=clock.now(), held=True,
            )
        )  # fmt: skip
    clock.advance(days=90)
    [row] = app.retention.run().rows
    assert "Held" in row.why_kept
    assert app.examination.replay(TENANT, held.id).identical
    with writing(app._store.engine, TENANT) as connection:
        connection.execute(sa.update(bundles).values(held=False))
    app.retention.run()
    assert app.queries.anomaly(TENANT, held.id) is None
    with reading(app._store.engine, TENANT) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(bundles)) == 0


def test_a_stream_says_otherwise_than_its_tenant_and_that_otherwise_than_its_plan(
    app: App, days: str
) -> None:
    with writing(app._store.engine, TENANT) as connection:
        connection.execute(sa.update(streams).values(retention_days=3))
    assert app.retention.preview(TENANT).rows[0].through_seq == 2_000
    _set_days(app, None)
    with writing(app._store.engine, TENANT) as connection:
        connection.execute(sa.update(streams).values(retention_days=None))
    assert app.retention.preview(TENANT).rows == ()  # an installation of one's own has no plan: kept


def test_a_visitor_is_removed_whole_when_the_day_is_over(
    app: App, clock, lines: list[bytes], as_events_of
) -> None:
    tenant = "visit-0123456789abcdef01234567"
    app._store.tenants.add(
        tenant, "Visitor", plan="free", now=clock.now(), expires_at=clock.now() + timedelta(hours=24)
    )
    stream_id = app.create_stream(tenant, name="shop", kind="logs", profile=BALANCED)
    app.receive(tenant, stream_id, as_events_of(lines[:500]))
    assert app.retention.run().tenants == ()
    clock.advance(hours=25)
    assert app.retention.run().tenants == (tenant,)
    assert app.forgetting.tenant_counts(tenant).total == 0
    assert app.retention.run().tenants == ()


def test_the_rows_are_removed_some_at_a_time(app: App, days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("driftlock.storage.retention.AT_ONCE", 300)
    app.retention.run()
    assert _seqs(app) == list(range(4_001, 8_001))


def test_larger_plans_keep_events_longer_and_all_keep_verdicts_longer_still() -> None:
    assert [plan.event_days for plan in PLANS] == sorted({plan.event_days for plan in PLANS})
    assert all(plan.verdict_days > plan.event_days for plan in PLANS)
