from dataclasses import replace

import numpy as np

from driftlock.services.complete import WIDE, WIDEST, complete
from driftlock_core.detector import Detector
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Rule
from driftlock_core.window_views.catalogue import ASPECTS

TENANT = "demo"
RANKS = [f"{aspect.name}_p" for aspect in ASPECTS]


def test_completing_fills_in_what_the_decision_left_out_and_changes_no_verdict(app, fill, burst):
    stream_id = fill(app, burst)
    app.advance(TENANT, stream_id)
    before = app.queries.scores(TENANT, stream_id)
    rows = app.queries.anomalies(TENANT, stream_id, limit=1000)
    records = [app.queries.anomaly(TENANT, row.id) for row in rows]
    reports = []
    filled = app.complete(TENANT, stream_id, progress=lambda *counts: reports.append(counts))
    after = app.queries.scores(TENANT, stream_id)

    wide = Detector(BALANCED, gate=WIDE).update(
        [event.payload for event in burst], [event.at_us for event in burst]
    )
    assert after.ncd.tolist() == wide.score.tolist()
    assert after.exact.tolist() == wide.exact.tolist()
    assert np.array_equal(after.p_perm, wide.p_perm, equal_nan=True)
    for at, aspect in enumerate(ASPECTS):
        for what, column in (("p", wide.aspect_p), ("distance", wide.aspect_distance)):
            assert np.array_equal(after.extra[f"{aspect.name}_{what}"], column[:, at], equal_nan=True)
    changed = (before.exact != after.exact) | (np.isnan(before.p_perm) & ~np.isnan(after.p_perm))
    for name in RANKS:
        changed |= np.isnan(before.extra[name]) & ~np.isnan(after.extra[name])
    assert filled == changed.sum() > 0
    assert after.flagged.tolist() == before.flagged.tolist()
    assert after.chance.tolist() == before.chance.tolist()
    assert after.extra["factor"].tolist() == before.extra["factor"].tolist()
    assert [app.queries.anomaly(TENANT, row.id) for row in rows] == records
    assert reports == [(len(burst), len(burst))]
    assert app.complete(TENANT, stream_id) == 0


def test_completing_ends_with_the_window_that_was_the_last_when_it_began(app, fill, burst, monkeypatch):
    """Events and limits that come meanwhile are those of later windows, which are left as they are."""
    monkeypatch.setattr("driftlock.services.complete.SLAB_EVENTS", 500)
    stream_id = fill(app, burst[:1333])
    app.advance(TENANT, stream_id)
    first = app.queries.scores(TENANT, stream_id)
    grown, reports = [], []

    def meanwhile(*counts):
        if not reports:
            app.tuning.apply(TENANT, stream_id, Rule(threshold=0.5, alpha=0.02), reason="less", by="reader")
            app.receive(TENANT, stream_id, burst[1333:])
            app.advance(TENANT, stream_id)
            grown.append(app.queries.scores(TENANT, stream_id))
        reports.append(counts)

    assert app.complete(TENANT, stream_id, progress=meanwhile) > 0
    last = int(first.last_seq[-1])
    assert [done for done, _ in reports] == [500, 1000, last]
    assert {total for _, total in reports} == {last}
    after, behind = app.queries.scores(TENANT, stream_id), slice(len(first.window), None)
    assert len(grown[0].window) > len(first.window)
    for name in ("ncd", "p_perm"):
        before = getattr(grown[0], name)
        assert np.array_equal(getattr(after, name)[behind], before[behind], equal_nan=True)


def test_completing_replays_each_event_under_the_limits_it_was_judged_by(app, fill, burst):
    """Two changes, one of them in the middle of a chunk: what was avoided then is avoided again."""
    stream_id = fill(app, burst[:1333])
    app.advance(TENANT, stream_id)
    app.tuning.apply(TENANT, stream_id, Rule(threshold=0.1, alpha=0.2), reason="more", by="reader")
    app.receive(TENANT, stream_id, burst[1333:2100])
    app.advance(TENANT, stream_id)
    app.tuning.apply(TENANT, stream_id, Rule(threshold=0.5, alpha=0.02), reason="less", by="reader")
    app.receive(TENANT, stream_id, burst[2100:])
    app.advance(TENANT, stream_id)
    before = app.queries.scores(TENANT, stream_id)
    assert app.complete(TENANT, stream_id) > 0
    after = app.queries.scores(TENANT, stream_id)

    detector, parts, at = Detector(BALANCED, gate=WIDE), [], 0
    for until, threshold, alpha in ((1333, 0.1, 0.2), (2100, 0.5, 0.02), (2600, 0.5, 0.02)):
        some = burst[at:until]
        parts.append(detector.update([one.payload for one in some], [one.at_us for one in some]))
        limits = replace(BALANCED, name="custom", threshold=threshold, alpha=alpha)
        detector.set_limits(limits, gate=WIDE)
        at = until
    assert after.ncd.tolist() == np.concatenate([part.score for part in parts]).tolist()
    assert np.array_equal(after.p_perm, np.concatenate([part.p_perm for part in parts]), equal_nan=True)
    assert after.flagged.tolist() == np.concatenate([part.flagged for part in parts]).tolist()
    assert after.flagged.tolist() == before.flagged.tolist()
    assert app.complete(TENANT, stream_id) == 0


def test_completing_for_all_limits_leaves_nothing_unknown_under_any(app, fill, burst):
    stream_id = fill(app, burst)
    app.advance(TENANT, stream_id)
    app.complete(TENANT, stream_id)
    low = Rule(threshold=0.0, alpha=0.002)  # too small for the views: of the bytes every p_perm is asked for
    usual = app.tuning.history(TENANT, stream_id)
    assert app.tuning.figures(usual, low).unknown > 0
    assert complete(app._store, TENANT, stream_id, gate=WIDEST) > 0
    every = app.tuning.history(TENANT, stream_id)
    for rule in (low, Rule(threshold=WIDEST.threshold, alpha=WIDEST.alpha), Rule(threshold=0.05, alpha=0.3)):
        assert app.tuning.figures(every, rule).unknown == 0
    assert every.columns.flagged.tolist() == usual.columns.flagged.tolist()
