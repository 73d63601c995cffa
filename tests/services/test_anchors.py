"""Anchors of streams: the first one by itself, further ones by hand; what is kept and what is refused."""

import dataclasses
import itertools
from datetime import timedelta

import pytest
from streams import usual, with_burst

from driftlock.bootstrap import open_app
from driftlock.errors import NotFound
from driftlock.model import Event
from driftlock.services.anchors import TODAY
from driftlock.services.anchors_store import CannotAnchor
from driftlock.services.drift_rules import BACK, DriftRule, InvalidDriftRule, standing
from driftlock.services.lease import StreamBusy, claimed
from driftlock.settings import Settings
from driftlock_core.anchors import DamagedAnchor
from driftlock_core.anchors_drift import JUDGED_FROM, SETTLING
from driftlock_core.profiles import BALANCED
from tests.made_home import copied_home, made_home
from tests.services.conftest import START_US, TENANT, ToldClock, as_events

TINY = BALANCED.with_sizes(5)  # baselines of 40: a point every 40 events
EVENTS = 2_400


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """A home with a stream of 2,400 usual events, one every ten minutes, and its id."""
    home = made_home(tmp_path_factory.mktemp("calm") / "home")
    app = open_app(Settings(home=home), clock=ToldClock(), work=False)
    stream_id = app.create_stream(TENANT, name="calm", kind="logs", profile=TINY)
    feed(app, stream_id, usual(EVENTS, 1))
    app.close()
    return home, stream_id


@pytest.fixture
def home(calm, tmp_path):
    return copied_home(calm[0], tmp_path / "home")


@pytest.fixture
def judged(calm):
    return calm[1]


def feed(app, stream_id, payloads, first=0, step_us=600_000_000):
    app.receive(
        TENANT,
        stream_id,
        [
            Event(payload, "logs", at.to_bytes(8, "big"), START_US + at * step_us, "api")
            for at, payload in enumerate(payloads, start=first)
        ],
    )
    app.advance(TENANT, stream_id)


def active(app, stream_id):
    (one,) = [one for one in app.anchors.of_stream(TENANT, stream_id) if one.state == "active"]
    return one


def test_the_first_anchor_is_frozen_once_calibration_is_complete(app, judged):
    """One anchor, active, by the system, of one baseline; nothing before the stream was ready."""
    (anchor,) = app.anchors.of_stream(TENANT, judged)
    assert (anchor.state, anchor.by, anchor.events) == ("active", "system", TINY.baseline)
    assert len(app.anchors.canonical(TENANT, judged, anchor.id)) == TINY.baseline
    short = app.create_stream(TENANT, name="short", kind="logs", profile=TINY)
    feed(app, short, usual(TINY.events_needed, 2))
    assert app.queries.stream(TENANT, short).status != "ready"
    assert app.anchors.of_stream(TENANT, short) == []


@pytest.mark.parametrize("batch", [7, 40, 333])
def test_points_do_not_depend_on_how_events_come_in(app, judged, batch):
    """In batches of 7, 40 or 333 a stream has the same anchor and the same points, to the last bit."""
    other = app.create_stream(TENANT, name="calm", kind="logs", profile=TINY)
    payloads = usual(EVENTS, 1)
    for first in range(0, EVENTS, batch):
        feed(app, other, payloads[first : first + batch], first)
    one, two = active(app, judged), active(app, other)
    assert (one.first_seq, one.last_seq, one.sha256) == (two.first_seq, two.last_seq, two.sha256)
    points = [app.drift.points(TENANT, *of) for of in ((judged, one.id), (other, two.id))]
    assert [dataclasses.replace(point, anchor_id="") for point in points[0]] == [
        dataclasses.replace(point, anchor_id="") for point in points[1]
    ]
    assert len(points[0]) > SETTLING


def test_a_point_shares_no_event_with_the_one_before(app, judged):
    """Between two points the baseline has rolled on by at least its own length, and five minutes have passed."""
    anchor = active(app, judged)
    points = app.drift.points(TENANT, judged, anchor.id)
    ends = [anchor.last_seq, *(point.seq for point in points)]
    assert all(later - before >= TINY.baseline for before, later in itertools.pairwise(ends))
    fast = app.create_stream(TENANT, name="fast", kind="logs", profile=TINY)
    feed(app, fast, usual(EVENTS, 1), step_us=1_000_000)  # 40 minutes in all
    assert 1 <= len(app.drift.points(TENANT, fast, active(app, fast).id)) <= 8


def test_an_end_inside_the_step_keeps_neither_verdicts_nor_anchor(app, monkeypatch):
    """The anchor lies in the transaction of its step: if that fails, nothing of both is there."""
    stream_id = app.create_stream(TENANT, name="torn", kind="logs", profile=TINY)
    app.receive(TENANT, stream_id, as_events(usual(600, 1)))

    def torn(*_):
        raise RuntimeError("torn")

    with monkeypatch.context() as patched:
        patched.setattr("driftlock.storage.anchors._put", torn)
        with pytest.raises(RuntimeError):
            app.advance(TENANT, stream_id)
    assert app.anchors.of_stream(TENANT, stream_id) == []
    assert app.queries.stream(TENANT, stream_id).windows == 0
    app.advance(TENANT, stream_id)
    assert len(app.anchors.of_stream(TENANT, stream_id)) == 1


def test_a_lasting_change_is_told_after_its_hours(app, judged):
    """Foreign lines for ten days: outside, then drifting once it has lasted; the notice goes when they go."""
    before = app.drift.standing(TENANT, judged)
    assert before.phase in ("ordinary", "outside")
    changed = with_burst(1_600, 5, start=0, stop=1_600, share=0.6)
    feed(app, judged, changed, EVENTS)
    after = app.drift.standing(TENANT, judged)
    assert after.phase == "drifting"
    assert after.newest.p == 0.05
    assert after.lasting > timedelta(hours=24)


def test_anchors_are_kept_compared_activated_and_retired(app, judged):
    """One of today, one of a range; the active one is one alone; a retired one stays in the list and may come back."""
    first = active(app, judged)
    today = app.anchors.create(TENANT, judged, note=" as of now ", by="ann")
    ranged = app.anchors.create(
        TENANT,
        judged,
        note="the first hour",
        first_seq=1,
        last_seq=100,
        activate=True,
        reason="cleaner",
        by="ann",
    )
    states = {one.id: one.state for one in app.anchors.of_stream(TENANT, judged)}
    assert states == {first.id: "kept", today.id: "kept", ranged.id: "active"}
    assert (today.note, ranged.events) == ("as of now", 100)
    back = app.anchors.activate(TENANT, judged, first.id, reason="the other was a trial", by="bo")
    assert back.state == "active"
    assert active(app, judged).id == first.id
    assert [line["what"] for line in back.figures["history"]] == ["frozen", "activated"]
    gone = app.anchors.retire(TENANT, judged, ranged.id, reason="not needed", by="bo")
    assert gone.retired_at is not None
    assert len(app.anchors.of_stream(TENANT, judged)) == 3
    compared = app.anchors.compare(TENANT, judged, first.id)
    assert compared.drift == app.anchors.compare(TENANT, judged, TODAY, first.id).drift
    ruler = app.anchors.ruler(TENANT, judged)
    assert ruler.ids == (first.id, today.id, TODAY)
    nearest, found = ruler.nearest(2)
    assert ruler.ids[nearest] == today.id
    assert found.distance < 0.01


def test_what_cannot_be_an_anchor_is_refused_with_a_reason(app, judged):
    """Too short, behind the end, without a note or reason, twice the same state, another's id: each says why."""
    first = active(app, judged)
    for asked, said in (
        ({"note": "x", "first_seq": 1, "last_seq": 39}, "choose 40 to 160"),
        ({"note": "x", "first_seq": EVENTS, "last_seq": EVENTS + 50}, "between 1 and 2,400"),
        ({"note": "  "}, "Give a note"),
        ({"note": "x" * 501}, "501 characters"),
        ({"note": "x", "activate": True}, "Give a reason"),
    ):
        with pytest.raises(CannotAnchor, match=said):
            app.anchors.create(TENANT, judged, by="ann", **asked)
    with pytest.raises(CannotAnchor, match="active already"):
        app.anchors.activate(TENANT, judged, first.id, reason="x", by="ann")
    app.anchors.retire(TENANT, judged, first.id, reason="x", by="ann")
    with pytest.raises(CannotAnchor, match="retired already"):
        app.anchors.retire(TENANT, judged, first.id, reason="x", by="ann")
    for tenant, stream_id, anchor_id in (
        ("other", judged, first.id),
        (TENANT, "none", first.id),
        (TENANT, judged, "0"),
    ):
        with pytest.raises(NotFound):
            app.anchors.canonical(tenant, stream_id, anchor_id)
    with pytest.raises(NotFound):
        app.anchors.of_stream("other", judged)


def test_without_an_active_anchor_no_drift_is_measured(app, judged):
    """Who retires the active anchor gets no new points and no new anchor."""
    first = active(app, judged)
    count = len(app.drift.points(TENANT, judged, first.id))
    app.anchors.retire(TENANT, judged, first.id, reason="moved house", by="ann")
    feed(app, judged, usual(400, 9), EVENTS)
    assert len(app.drift.points(TENANT, judged, first.id)) == count
    assert len(app.anchors.of_stream(TENANT, judged)) == 1
    assert app.drift.standing(TENANT, judged) is None


def test_a_stream_that_is_being_judged_keeps_its_anchor(app, judged, clock):
    """Under somebody else's lease nothing is activated: a point must not be held to two anchors."""
    first = active(app, judged)
    with claimed(app._store.detections, clock, TENANT, judged), pytest.raises(StreamBusy):
        app.anchors.retire(TENANT, judged, first.id, reason="now", by="ann")


def test_a_damaged_anchor_is_named_and_never_used(app, judged, monkeypatch):
    """Content with another digest is refused: for reading, comparing and activating."""
    first = active(app, judged)
    app.anchors.create(TENANT, judged, note="x", activate=True, reason="x", by="ann")
    monkeypatch.setattr(type(app._store.anchors), "content", lambda *_: b"not it")
    for ask in (
        lambda: app.anchors.canonical(TENANT, judged, first.id),
        lambda: app.anchors.compare(TENANT, judged, first.id),
        lambda: app.anchors.activate(TENANT, judged, first.id, reason="x", by="ann"),
    ):
        with pytest.raises(DamagedAnchor):
            ask()


def test_open_anomalies_that_a_reset_would_hide_are_listed(app):
    """Flagged windows of the range are counted; one that was labelled is not."""
    stream_id = app.create_stream(TENANT, name="burst", kind="logs", profile=TINY)
    feed(app, stream_id, with_burst(900, 3, start=700, stop=715))
    found = app.anchors.hidden(TENANT, stream_id, 690, 730)
    assert found
    assert all(one.first_seq <= 715 and one.last_seq >= 700 for one in found)
    assert app.anchors.hidden(TENANT, stream_id, 1, 100) == []
    app.review.label(TENANT, [found[0].id], "not_real", by="ann")
    assert len(app.anchors.hidden(TENANT, stream_id, 690, 730)) == len(found) - 1


def test_an_anchor_is_reset_by_itself_only_where_that_is_wanted(app, judged, open_again):
    """With reset on, drift of three days makes today's baseline the anchor, said in its history; without it nothing."""
    first = active(app, judged)
    app.stream_settings.drift_rule(TENANT, judged, rule=DriftRule(hours=24, reset=True), by="ann")
    feed(app, judged, with_burst(1_600, 5, start=0, stop=1_600, share=0.6), EVENTS)
    found = app.anchors.of_stream(TENANT, judged)
    assert [one.state for one in found].count("active") == 1
    reset = [one for one in found if one.figures["history"][0]["what"] == "reset"]
    assert len(reset) == 1, "a reset anchor has to settle before it may be reset again"
    assert reset[0].figures["history"][0]["from"] == first.id
    assert reset[0].state == "active"
    assert reset[0].by == "system"
    rows = app.audit.page(TENANT, action="anchor.reset").rows
    assert [(row.actor, row.object_id) for row in rows] == [("system", judged)]


def points_of(outside, hours_apart=1):
    from driftlock.model import DriftPoint

    return [
        DriftPoint(
            anchor_id="a",
            seq=at,
            seen_us=at * hours_apart * 3_600_000_000,
            distance=1.0 * out,
            low=0,
            high=0.5,
            p=0.5,
        )
        for at, out in enumerate(outside)
    ]


def test_drift_ends_with_the_second_point_inside():
    """One point inside may be there by chance: the clock runs on; two in a row end it."""
    settled = [False] * SETTLING
    rule = DriftRule(hours=3)
    on = standing(points_of([*settled, True, True, False, True]), rule)
    assert (on.phase, on.lasting) == ("drifting", timedelta(hours=3))
    off = standing(points_of([*settled, True, True, True, True, *[False] * BACK]), rule)
    assert (off.phase, off.since) == ("ordinary", None)


def test_the_first_points_are_not_judged():
    """Nine points outside say nothing: what is ordinary is not known yet."""
    assert standing(points_of([True] * JUDGED_FROM), DriftRule()).phase == "settling"
    assert standing([], DriftRule()).phase == "settling"


def test_a_rule_that_could_not_hold_is_refused():
    """Zero hours, and a reset before the notice, are named."""
    with pytest.raises(InvalidDriftRule, match="0 hours"):
        DriftRule(hours=0)
    with pytest.raises(InvalidDriftRule, match="at least the 24 hours"):
        DriftRule(reset=True, reset_hours=3)
