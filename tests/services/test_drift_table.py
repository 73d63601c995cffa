"""Streams as their table shows them: rates, silence, phases, and nobody else's."""

from dataclasses import asdict
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from driftlock.errors import NotFound
from driftlock.model import DriftPoint, Event, Stream, at
from driftlock.services.drift import LEAST_SILENCE, per_minute, silent_for
from driftlock.services.drift_points import needed
from driftlock.services.drift_rules import DriftRule, standing
from driftlock.services.overview_rows import StreamState
from driftlock.storage.connect import writing
from driftlock.storage.schema_proof import drift_points
from driftlock_core.anchors_drift import Drift, settled
from driftlock_core.profiles import BALANCED
from tests.core.streams import usual
from tests.services.conftest import START_US, TENANT

TINY = BALANCED.with_sizes(5)


def fed(app, tenant, name, count, step_us=60_000_000):
    stream_id = app.create_stream(tenant, name=name, kind="logs", profile=TINY)
    app.receive(
        tenant,
        stream_id,
        [
            Event(payload, "logs", seq.to_bytes(8, "big"), START_US + seq * step_us, "api")
            for seq, payload in enumerate(usual(count, 1))
        ],
    )
    app.advance(tenant, stream_id)
    return stream_id


@pytest.mark.parametrize("count", [30, 44, 45, 46, 400])
def test_the_rate_is_that_of_the_events(app, count):
    """One event a minute is one a minute, in warm-up, at the first window and later."""
    fed(app, TENANT, "steady", count)
    (row,) = app.drift.table(TENANT)
    if row.state.first_seen == row.state.last_seen:
        assert row.per_minute is None
    else:
        assert row.per_minute == pytest.approx(1.0)


def test_the_table_says_what_each_stream_says_itself(app):
    """Anchor, newest point and phase of a row are those that the stream answers alone."""
    ids = [fed(app, TENANT, f"stream {n}", 300 + 400 * n) for n in range(3)]
    fed(app, "other", "theirs", 400)
    rows = {row.stream.id: row for row in app.drift.table(TENANT)}
    assert set(rows) == set(ids)
    for stream_id, row in rows.items():
        assert row.standing == app.drift.standing(TENANT, stream_id)
        points = app.drift.points(TENANT, stream_id, row.anchor.id)
        assert row.point == (points[-1] if points else None)


def test_a_foreign_stream_is_like_none(app):
    """Points of another tenant's anchor are not there, and neither is its standing."""
    stream_id = fed(app, "other", "theirs", 900)
    (anchor,) = app.anchors.of_stream("other", stream_id)
    assert app.drift.points("other", stream_id, anchor.id)
    assert app.drift.points(TENANT, stream_id, anchor.id) == []
    for unknown in (stream_id, "none"):
        with pytest.raises(NotFound):
            app.drift.standing(TENANT, unknown)


def state_of(*, minutes, source=None, windows=11):
    """A stream of one event a minute, ten between its windows, whose last came *minutes* ago in the tests below."""
    stream = Stream(
        tenant=TENANT,
        id="a",
        name="a",
        kind="logs",
        status="ready",
        events=1_000,
        windows=windows,
        flagged=0,
        incidents=0,
        expected_by_chance=0.0,
        events_needed=0,
        configuration={"hop": 10},
        run_id=None,
        created_at=at(START_US),
        expires_at=None,
    )
    return StreamState(
        stream=stream,
        source=source,
        first_seen=at(START_US),
        last_seen=at(START_US) + timedelta(minutes=minutes),
        series=False,
    )


def test_silence_is_more_than_ten_usual_gaps():
    """At one event a minute nine minutes are nothing yet, eleven are; an analyzed file is never silent."""
    state = state_of(minutes=100)
    assert per_minute(state) == 1.0
    assert silent_for(state, state.last_seen + timedelta(minutes=10)) is None
    assert silent_for(state, state.last_seen + timedelta(minutes=11)) == timedelta(minutes=11)
    assert silent_for(state_of(minutes=100, source="upload"), state.last_seen + timedelta(days=9)) is None


def test_a_fast_stream_is_not_silent_between_two_batches():
    """Ten usual gaps of a fast stream are milliseconds: below five minutes nothing is said."""
    state = state_of(minutes=0.001)
    assert silent_for(state, state.last_seen + LEAST_SILENCE) is None
    assert silent_for(state, state.last_seen + LEAST_SILENCE + timedelta(seconds=1)) is not None


def test_the_points_that_matter_say_what_all_would(app):
    """Seed 31: forty courses of up to 400 points, calm ones and such that are outside for long."""
    random = Random(31)
    store, table = app._store, app._store.anchors
    stream_id = fed(app, TENANT, "one", 300)
    fewer = 0
    for number in range(40):
        share = random.choice([0.0, 0.02, 0.3, 0.9])
        made = [
            DriftPoint(
                anchor_id=f"a{number}",
                seq=10 * at,
                seen_us=at * 3_600_000_000,
                distance=random.choice([0.9, 0.4]) if random.random() < share else random.uniform(0, 0.1),
                low=0.0,
                high=0.3,
                p=0.5,
            )
            for at in range(1, 1 + random.choice([0, 1, 9, 19, 32, 64, 400]))
        ]
        if made:
            rows = [{"tenant": TENANT, "stream_id": stream_id} | asdict(point) for point in made]
            with writing(store.engine, TENANT) as connection:
                connection.execute(sa.insert(drift_points), rows)
        some = needed(table, TENANT, stream_id, f"a{number}")
        rule = DriftRule(hours=3, reset=True)
        assert standing(some, rule) == standing(made, rule)
        now = Drift(distance=0.2, low=0.0, high=0.1, p=0.01)
        assert settled(now, [point.distance for point in some]) == settled(
            now, [point.distance for point in made]
        )
        fewer += len(some) < len(made)
    assert fewer > 5
