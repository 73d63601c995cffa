"""New limits from now on: what changes, what stays, and who may not."""

from dataclasses import replace

import pytest
from held_baselines import HeldBaselines

from driftlock.errors import NotFound
from driftlock.services.advance import every_excess
from driftlock.services.lease import StreamBusy
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_changes import CannotTune
from driftlock_core.detector import Detector
from driftlock_core.profiles import BALANCED, SENSITIVE
from driftlock_core.recount import Rule
from driftlock_core.repeats import Repeats

TENANT, READER = "demo", "reader"
WIDER = Rule(threshold=0.1, alpha=0.2)


@pytest.fixture
def half(app, fill, burst):
    """A stream of which the first 1,333 events are judged."""
    stream_id = fill(app, burst[:1333])
    app.advance(TENANT, stream_id)
    return stream_id


def rest(app, stream_id, burst):
    app.receive(TENANT, stream_id, burst[1333:])
    app.advance(TENANT, stream_id)


def everything(app, stream_id):
    rows = app.queries.anomalies(TENANT, stream_id, limit=1000)
    return {row.window: app.queries.anomaly(TENANT, row.id).record for row in rows}


def apply(app, stream_id, rule=WIDER, reason="show me more"):
    return app.tuning.apply(TENANT, stream_id, rule, reason=reason, by=READER)


def test_ux24_a_change_is_recorded_with_its_reason_and_judges_only_what_comes_later(app, half, burst, clock):
    before = everything(app, half)
    clock.advance(minutes=5)
    change = apply(app, half)
    assert app.tuning.changes(TENANT, half) == [change]
    assert (change.old_rule, change.rule) == (Rule.of(BALANCED), WIDER)
    assert (change.after_seq, change.by, change.reason) == (1333, READER, "show me more")
    assert (change.at, change.undoes) == (clock.moment, None)
    assert app.queries.stream(TENANT, half).configuration["name"] == "custom"
    assert everything(app, half) == before
    rest(app, half, burst)
    after = everything(app, half)
    old = {window: record for window, record in after.items() if record["last_seq"] <= 1333}
    assert old == before
    new = [record for record in after.values() if record["last_seq"] > 1333]
    assert {(one["profile"], one["threshold"], one["alpha"]) for one in new} == {("custom", 0.1, 0.2)}


def test_ux24_later_windows_are_those_of_a_detector_with_the_new_limits_and_the_same_past(app, half, burst):
    apply(app, half)
    rest(app, half, burst)
    scores = app.queries.scores(TENANT, half)
    limits = replace(BALANCED, name="custom", threshold=WIDER.threshold, alpha=WIDER.alpha)
    judged = int((scores.last_seq <= 1333).sum())
    held = HeldBaselines(limits, scores.flagged, until=judged, gate=every_excess(limits))
    windows = held.update([one.payload for one in burst], [one.at_us for one in burst])
    assert scores.flagged[judged:].tolist() == windows.flagged[judged:].tolist()
    assert scores.ncd[judged:].tolist() == windows.score[judged:].tolist()
    assert scores.chance[judged:].tolist() == windows.chance[judged:].tolist()
    assert scores.flagged[judged:].sum() > 0


def test_ux24_undo_is_a_new_change_that_restores_the_limits_to_the_letter(app, half, burst):
    first = app.queries.stream(TENANT, half).configuration
    change = apply(app, half)
    undone = app.tuning.undo(TENANT, half, change.id, reason="too loud", by="another")
    assert app.tuning.changes(TENANT, half) == [change, undone]
    assert (undone.undoes, undone.by, undone.reason) == (change.id, "another", "too loud")
    assert undone.at > change.at  # though the clock stands still
    assert app.queries.stream(TENANT, half).configuration == first
    rest(app, half, burst)
    untouched = Detector(BALANCED).update([one.payload for one in burst], [one.at_us for one in burst])
    assert app.queries.scores(TENANT, half).flagged.tolist() == untouched.flagged.tolist()


def test_only_the_newest_change_can_be_undone(app, half):
    """An older one would take the newer with it unseen."""
    first = apply(app, half)
    second = apply(app, half, Rule(threshold=0.4, alpha=0.05))
    with pytest.raises(CannotTune, match="changed again since"):
        app.tuning.undo(TENANT, half, first.id, reason="x", by=READER)
    app.tuning.undo(TENANT, half, second.id, reason="x", by=READER)
    assert app.tuning.history(TENANT, half).rule == WIDER
    with pytest.raises(NotFound, match="There is no change 0123"):
        app.tuning.undo(TENANT, half, "0123", reason="x", by=READER)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_ux24_a_change_without_a_reason_is_refused(app, half, reason):
    with pytest.raises(CannotTune, match="Give a reason"):
        apply(app, half, reason=reason)
    change = apply(app, half)
    with pytest.raises(CannotTune, match="Give a reason"):
        app.tuning.undo(TENANT, half, change.id, reason=reason, by=READER)
    assert app.tuning.changes(TENANT, half) == [change]


def test_limits_in_force_and_limits_that_could_never_decide_are_refused(app, half):
    with pytest.raises(CannotTune, match="in force already"):
        apply(app, half, Rule.of(BALANCED))
    with pytest.raises(CannotTune, match="can never be reached"):
        apply(app, half, Rule(threshold=0.3, alpha=0.0001))
    with pytest.raises(CannotTune, match="threshold=-1"):
        apply(app, half, Rule(threshold=-1, alpha=0.05))
    assert app.tuning.changes(TENANT, half) == []


def test_limits_of_a_shipped_profile_bear_its_name(app, half):
    apply(app, half, Rule.of(SENSITIVE))
    assert app.queries.stream(TENANT, half).configuration["name"] == "sensitive"


def test_while_somebody_else_judges_the_stream_nothing_changes(app, half, clock):
    app._store.detections.claim(
        TENANT, half, "somebody", now=clock.moment, until=clock.moment.replace(hour=23)
    )
    with pytest.raises(StreamBusy, match="is being analyzed already"):
        apply(app, half)
    app._store.detections.release(TENANT, half, "somebody")
    assert apply(app, half).rule == WIDER


def test_a_change_whose_lease_was_lost_keeps_nothing(app, half, monkeypatch):
    monkeypatch.setattr(app._store.tuning, "change_limits", lambda change: False)
    with pytest.raises(StreamBusy, match="taken over"):
        apply(app, half)
    assert app.tuning.changes(TENANT, half) == []
    assert app.tuning.history(TENANT, half).rule == Rule.of(BALANCED)


def test_another_tenant_changes_and_reads_nothing(app, half):
    change = apply(app, half)
    for verb in (
        lambda: app.tuning.apply("other", half, Rule.of(SENSITIVE), reason="x", by=READER),
        lambda: app.tuning.undo("other", half, change.id, reason="x", by=READER),
    ):
        with pytest.raises(NotFound, match=f"There is no stream {half}"):
            verb()
    assert app.tuning.changes("other", half) == []


def test_a_stream_that_has_not_begun_begins_under_its_new_limits(app, fill, burst):
    stream_id = fill(app, burst)
    assert apply(app, stream_id).after_seq == 0
    app.advance(TENANT, stream_id)
    limits = replace(BALANCED, name="custom", threshold=WIDER.threshold, alpha=WIDER.alpha)
    windows = Detector(limits).update([one.payload for one in burst], [one.at_us for one in burst])
    assert app.queries.scores(TENANT, stream_id).flagged.tolist() == windows.flagged.tolist()


def test_many_changes_behind_each_other_hold_in_their_order(app, half, burst):
    for threshold in (0.2, 0.5, 0.1):
        apply(app, half, Rule(threshold=threshold, alpha=0.2))
    assert [one.after_seq for one in app._store.detections.configurations(TENANT, half)] == [
        0,
        1333,
        1333,
        1333,
    ]
    rest(app, half, burst)
    flagged = app.queries.scores(TENANT, half).flagged.tolist()
    assert app.complete(TENANT, half) > 0
    assert app.complete(TENANT, half) == 0
    assert app.queries.scores(TENANT, half).flagged.tolist() == flagged
    figures = app.tuning.figures(app.tuning.history(TENANT, half), WIDER)
    assert figures.unknown == 0


def test_ux24_repeats_and_gap_are_applied_and_undone_like_limits_and_change_no_verdict(app, half, burst):
    """Kept with the change, in force for what is counted, taken back by undo; detector and records know nothing of it."""
    before, configuration = everything(app, half), app.queries.stream(TENANT, half).configuration
    how = Alarms(repeats=Repeats(least=3, last=9), gap=2)
    rule = Rule.of(BALANCED)
    change = app.tuning.apply(TENANT, half, rule, reason="only what lasts", by=READER, how=how)
    assert (change.old_alarms, change.alarms, change.rule) == (Alarms(), how, rule)
    (kept,) = app.tuning.changes(TENANT, half)
    assert (kept.alarms, kept.rule, kept.reason) == (how, rule, "only what lasts")
    assert app.tuning.history(TENANT, half).alarms == how
    with pytest.raises(CannotTune, match="nothing to change"):
        app.tuning.apply(TENANT, half, rule, reason="again", by=READER)
    assert app.queries.stream(TENANT, half).configuration == configuration
    assert {str(one.configuration) for one in app._store.detections.configurations(TENANT, half)} == {
        str(configuration)
    }
    # Other limits leave them as they are, and the rest is judged as if nothing had been said.
    wider = apply(app, half)
    assert wider.alarms == wider.old_alarms == how
    back = app.tuning.undo(TENANT, half, wider.id, reason="back", by=READER)
    assert (back.alarms, back.rule) == (how, rule)
    assert everything(app, half) == before
    rest(app, half, burst)
    assert {one["profile"] for one in everything(app, half).values()} == {"balanced"}
    first = app.tuning.apply(TENANT, half, rule, reason="each again", by=READER, how=Alarms())
    assert (first.old_alarms, app.tuning.history(TENANT, half).alarms) == (how, Alarms())
