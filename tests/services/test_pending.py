"""Growing streams are judged in turns: like in one go, each in its turn, whatever fails."""

import json
import logging
from dataclasses import replace

import pytest

from driftlock.bootstrap import App
from driftlock.errors import NotFound
from driftlock.model import Event
from driftlock.services import pending
from driftlock_core.profiles import BALANCED
from tests.services.conftest import START_US, TENANT, as_events


def kept(app: App, stream_id: str) -> tuple:
    """All that a stream was judged to be."""
    stream = app.queries.stream(TENANT, stream_id)
    columns = app.queries.scores(TENANT, stream_id)
    rows = app.queries.anomalies(TENANT, stream_id, limit=1_000)
    return (
        (stream.status, stream.windows, stream.flagged, stream.incidents, stream.expected_by_chance),
        [getattr(columns, name).tobytes() for name in ("ncd", "p_stream", "p_perm", "flagged", "chance")],
        [(row.window, row.severity, row.incident, row.sentence, row.pattern) for row in rows],
    )


def test_turns_give_what_one_go_gives(app, fill, burst, clock):
    """2,600 events that come in parts of 137 and are judged as they come: the same to the last bit."""
    whole = fill(app, burst)
    app.advance(TENANT, whole)
    parts = app.create_stream(TENANT, name="api", kind="logs", profile=BALANCED)
    turns = 0
    for start in range(0, len(burst), 137):
        app.receive(TENANT, parts, burst[start : start + 137])
        turns += app.turn()
        clock.advance(seconds=0.3)
    app.turn(due_only=False)
    assert turns > 5
    assert kept(app, parts) == kept(app, whole)


def test_few_events_wait_for_company_but_not_for_long(app, fill, burst, clock):
    """199 events wait a second; 200 wait no longer."""
    stream_id = fill(app, burst[:199])
    assert not app.turn()
    clock.advance(seconds=0.9)
    assert not app.turn()
    clock.advance(seconds=0.1)
    assert app.turn()
    assert not app.turn()
    app.receive(TENANT, stream_id, burst[199:399])
    assert app.turn()
    assert app._store.pending.waiting(TENANT, stream_id) == 0


def test_a_busy_stream_leaves_the_others_their_turn(app, fill, burst, monkeypatch):
    """Of two streams the one with the most to do is stopped after its share, and both are done in the end."""
    monkeypatch.setattr(pending, "MOST_EVENTS", 500)
    monkeypatch.setattr("driftlock.services.advance.SLAB_EVENTS", 500)
    busy, quiet = fill(app, burst), fill(app, burst[:600])
    assert app.turn()
    assert app._store.pending.waiting(TENANT, quiet) < 600
    assert 0 < app._store.pending.waiting(TENANT, busy) < 2600
    while app.turn(due_only=False):
        pass
    assert app._store.pending.behind() == []


def test_streams_of_uploads_are_left_to_their_run(app, run_text, burst):
    """What a run reads is judged by the run, at the sizes it chooses."""
    run_text(b"\n".join(event.payload for event in burst))
    seen = []
    app._worker.wake = lambda: None
    real = app._store.events.append

    def append(*given):
        receipt = real(*given)
        seen.append(app._store.pending.behind())
        return receipt

    app._store.events.append = append
    app.work()
    assert seen == [[]]


def test_a_stream_that_fails_is_set_aside_and_the_others_go_on(app, fill, burst, monkeypatch, caplog, clock):
    """The log names stream and place and no payload; a minute later it is tried again."""
    broken, sound = fill(app, burst[:600]), fill(app, burst[:600])
    real = pending.advance

    def advance(store, clock, tenant, stream_id, **named):
        if stream_id == broken:
            raise RuntimeError("payload " + "4" * 12)
        return real(store, clock, tenant, stream_id, **named)

    monkeypatch.setattr(pending, "advance", advance)
    with caplog.at_level(logging.ERROR):
        assert app.turn()
    assert broken in caplog.text
    assert "4" * 12 not in caplog.text
    assert app._store.pending.waiting(TENANT, sound) == 0
    monkeypatch.setattr(pending, "advance", real)
    assert not app.turn()
    clock.advance(minutes=1)
    assert app.turn()
    assert app._store.pending.waiting(TENANT, broken) == 0


@pytest.mark.parametrize("gone", [True, False])
def test_a_stream_that_somebody_else_is_at_is_passed_over(app, fill, burst, monkeypatch, gone):
    stream_id = fill(app, burst[:600])

    def advance(*_, **__):
        raise NotFound("gone") if gone else pending.StreamBusy("busy")

    monkeypatch.setattr(pending, "advance", advance)
    assert not app.turn()
    monkeypatch.undo()
    assert app.turn()
    assert app._store.pending.waiting(TENANT, stream_id) == 0


def numbers(count: int) -> list[Event]:
    """Two series in turn, calm but for one stretch of the first at records 400 to 420."""
    payloads = [
        json.dumps(
            {
                "metric": ("cpu", "ram")[n % 2],
                "value": (90 if n % 2 == 0 and 800 <= n < 840 else 20) + (n * 7919 % 13) / 10,
            }
        ).encode()
        for n in range(count)
    ]
    return [replace(event, kind="metrics") for event in as_events(payloads)]


def test_numbers_of_a_growing_stream_are_judged_as_series(app, clock):
    """By its first 500 events, however they came; and cut in whatever way, the same is found."""
    found = []
    events = numbers(2_000)
    for part in (50, 333, 2_000):
        stream_id = app.create_stream(TENANT, name="numbers", kind="metrics", profile=BALANCED)
        for start in range(0, len(events), part):
            app.receive(TENANT, stream_id, events[start : start + part])
            clock.advance(seconds=6)
            app.turn()
        app.turn(due_only=False)
        stream = app.queries.stream(TENANT, stream_id)
        plan = app.series.plan(stream)
        assert list(plan.warmups) == ["cpu", "ram"]
        assert set(plan.records.values()) == {250}
        rows = app.series.anomalies(TENANT, stream_id, limit=100)
        found.append([(row.series, row.record, row.last_record, row.bits, row.sentence) for row in rows])
    assert found[0] == found[1] == found[2]
    assert any(series == "cpu" and 400 <= record <= 420 for series, record, *_ in found[0])


def test_numbers_are_not_judged_before_it_is_known_what_they_are(app, clock):
    stream_id = app.create_stream(TENANT, name="numbers", kind="metrics", profile=BALANCED)
    app.receive(TENANT, stream_id, numbers(499))
    clock.advance(minutes=1)
    assert not app.turn()
    assert app.queries.stream(TENANT, stream_id).windows == 0


def test_metrics_that_are_no_series_are_judged_as_text_in_the_end(app, clock):
    """5,000 events, each of a series of its own."""
    events = [
        Event(b'{"metric":"m%d","value":1}' % n, "metrics", n.to_bytes(8, "big"), START_US + n)
        for n in range(5_000)
    ]
    stream_id = app.create_stream(TENANT, name="numbers", kind="metrics", profile=BALANCED)
    app.receive(TENANT, stream_id, events[:4_900])
    clock.advance(minutes=1)
    assert not app.turn()
    app.receive(TENANT, stream_id, events[4_900:])
    assert app.turn()
    stream = app.queries.stream(TENANT, stream_id)
    assert app.series.plan(stream) is None
    assert stream.windows > 0
