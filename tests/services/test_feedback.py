"""Votes, queues and what they amount to."""

from datetime import date, timedelta
from itertools import combinations
from random import Random

import numpy as np
import pytest
import sqlalchemy as sa

from driftlock.errors import NotFound
from driftlock.model import LABELS
from driftlock.services.feedback_labels import agreement, judged, missed, places
from driftlock.services.feedback_queues import apart, drawn
from driftlock.services.feedback_store import Vote
from driftlock.services.review import InvalidReview
from driftlock.services.series_plan import METHOD
from driftlock.services.tuning_changes import CannotTune
from driftlock.storage.connect import writing
from driftlock.storage.schema import desk_changes
from driftlock.storage.schema_proof import votes
from driftlock_core.profiles import BALANCED
from tests.made_desk import NOW

TENANT = "demo"


def vote(number, label, by, *, anomaly=None, queue=None, window=None):
    return Vote(
        id=f"{number:032x}", stream_id="s", anomaly_id=anomaly, window=number if window is None else window,
        label=label, reason=None, scope="this", queue=queue, note=None, by=by, at=NOW + timedelta(seconds=number),
    )  # fmt: skip


@pytest.fixture
def flagged(app, history):
    """Ids of the flagged windows of the made stream, in stream order."""
    rows = app.queries.anomalies(TENANT, history.stream.id, limit=500)
    return [row.id for row in sorted(rows, key=lambda row: row.window)]


def test_a_label_given_anywhere_is_a_vote_here(app, history, flagged):
    """One truth: the last word stands beside the anomaly, and everybody's word is kept."""
    app.review.label(TENANT, flagged[:1], "real", by="ann")
    app.review.label(TENANT, flagged[:1], "not_real", by="bob", reason="deploy", queue="newest")
    assert app.review.review_of(TENANT, flagged[0]).label == "not_real"
    [ann, bob] = app.feedback._store.votes.of_anomaly(TENANT, flagged[0])
    assert [(one.by, one.label, one.reason, one.queue) for one in (ann, bob)] == [
        ("ann", "real", None, None),
        ("bob", "not_real", "deploy", "newest"),
    ]
    progress = app.feedback.progress(TENANT, history.stream.id)
    assert (progress.disputed, progress.people, progress.agreement.share) == (1, 2, 0.0)
    [item] = app.feedback.queue(TENANT, history.stream.id, "disagreements", by="ann")
    assert item.anomaly_id == flagged[0]
    app.review.label(TENANT, flagged[:1], "not_real", by="ann")
    assert app.feedback.queue(TENANT, history.stream.id, "disagreements", by="ann") == []
    assert len([v for v in app.feedback.votes(TENANT, item) if v.by == "ann"]) == 1


def test_a_label_from_before_votes_were_kept_is_the_vote_of_who_gave_it(app, history, flagged):
    """What a pattern reached is nobody's vote; a vote of the same person since is the newer word."""
    app.review.label(TENANT, flagged[:2], "real", by="ann")
    engine = app._store.votes._engine
    with writing(engine, TENANT) as connection:
        connection.execute(sa.delete(votes))
        for row in connection.execute(sa.select(desk_changes)).mappings().all():
            kept = {name: value for name, value in row["detail"].items() if name != "votes"}
            connection.execute(
                sa.update(desk_changes).where(desk_changes.c.id == row["id"]).values(detail=kept)
            )
    before = app.feedback._store.votes.of_stream(TENANT, history.stream.id)
    assert {(one.anomaly_id, one.label, one.by) for one in before} == {
        (one, "real", "ann") for one in flagged[:2]
    }
    assert None not in {one.window for one in before}
    progress = app.feedback.progress(TENANT, history.stream.id)
    assert (sum(progress.windows.values()), progress.people, progress.reached) == (2, 1, 0)
    app.review.label(TENANT, flagged[:1], "not_real", by="bob")
    [ann, bob] = app.feedback._store.votes.of_anomaly(TENANT, flagged[0])
    assert [(one.by, one.label) for one in (ann, bob)] == [("ann", "real"), ("bob", "not_real")]
    app.review.label(TENANT, flagged[:1], "not_real", by="ann")
    assert app.feedback.queue(TENANT, history.stream.id, "disagreements", by="ann") == []


def test_undo_brings_the_vote_before_back(app, history, flagged):
    [one] = flagged[:1]
    app.review.label(TENANT, [one], "real", by="ann")
    second = app.review.label(TENANT, [one], "not_useful", by="ann")
    app.review.undo(TENANT, second.id, by="ann")
    standing = [v.label for v in app.feedback._store.votes.of_stream(TENANT, history.stream.id)]
    assert standing == ["real"]


def test_what_two_said_stands_by_the_other_ones_word_when_one_takes_it_back(app, flagged):
    first = app.review.label(TENANT, flagged[:1], "real", by="ann")
    app.review.label(TENANT, flagged[:1], "real", by="bob")
    undone = app.review.undo(TENANT, first.id, by="ann")
    found = app.review.review_of(TENANT, flagged[0])
    assert (undone.count, found.label, found.changed_by) == (1, "real", "bob")
    second = next(c for c in app.review.history(TENANT) if c.by == "bob")
    app.review.undo(TENANT, second.id, by="bob")
    assert [
        v.by for v in app.feedback._store.votes.of_anomaly(TENANT, flagged[0]) if not v.withdrawn_at
    ] == []


def test_a_label_of_a_whole_stream_is_one_vote(app, history, flagged):
    """Only the window that was looked at counts; the others are said to be reached."""
    app.review.label(TENANT, flagged[:1], "not_real", by="ann", scope="stream")
    progress = app.feedback.progress(TENANT, history.stream.id)
    assert progress.windows == {"real": 0, "not_real": 1, "not_useful": 0}
    assert progress.reached == len(flagged) - 1


def test_a_window_that_was_not_flagged_is_labelled_and_undone(app, history):
    stream_id = history.stream.id
    item = app.feedback.queue(TENANT, stream_id, "random", by="ann")[0]
    change = app.feedback.label_window(TENANT, stream_id, item.window, "real", by="ann", queue="random")
    assert app.feedback.progress(TENANT, stream_id).missed.real == 1
    assert item not in app.feedback.queue(TENANT, stream_id, "random", by="ann")
    assert item in app.feedback.queue(TENANT, stream_id, "random", by="bob")
    app.review.undo(TENANT, change.id, by="ann")
    assert app.feedback.progress(TENANT, stream_id).missed.looked_at == 0
    assert item in app.feedback.queue(TENANT, stream_id, "random", by="ann")


def test_a_window_that_is_not_there_or_was_flagged_cannot_be_labelled_as_unflagged(app, history):
    stream_id = history.stream.id
    flagged = int(np.flatnonzero(history.every.flagged)[0])
    with pytest.raises(InvalidReview, match="was flagged"):
        app.feedback.label_window(TENANT, stream_id, flagged, "real", by="ann")
    for tenant, stream, window in ((TENANT, stream_id, 10**6), ("other", stream_id, 0), (TENANT, "x", 0)):
        with pytest.raises(NotFound):
            app.feedback.label_window(tenant, stream, window, "real", by="ann")
        with pytest.raises(NotFound):
            app.feedback.unflagged(tenant, stream, window)
    with pytest.raises(NotFound):
        app.feedback.queue("other", stream_id, "newest", by="ann")
    with pytest.raises(NotFound):
        app.feedback.progress("other", stream_id)


def test_newest_shows_each_incident_once_and_none_that_was_labelled_snoozed_or_suppressed(
    app, history, clock
):
    stream_id = history.stream.id
    rows = {row.id: row for row in app.queries.anomalies(TENANT, stream_id, limit=500)}
    shown = [item.anomaly_id for item in app.feedback.queue(TENANT, stream_id, "newest", by="ann")]
    assert (
        len({rows[one].incident for one in shown}) == len(shown) == len({r.incident for r in rows.values()})
    )
    for one in shown:  # the strongest of its incident
        peers = [row.extra_bits for row in rows.values() if row.incident == rows[one].incident]
        assert rows[one].extra_bits == max(peers)
    app.review.label(TENANT, shown[:1], "real", by="bob")
    left = [item.anomaly_id for item in app.feedback.queue(TENANT, stream_id, "newest", by="ann")]
    assert left == shown[1:]
    every = [one.id for one in rows.values()]
    app.review.snooze(TENANT, every, clock.now() + timedelta(hours=1), by="ann")
    assert app.feedback.queue(TENANT, stream_id, "newest", by="ann") == []


def test_the_boundary_is_where_a_limit_has_to_move_least(app, history):
    """Both sides of the limits, no two of the shown overlapping."""
    items = app.feedback.queue(TENANT, history.stream.id, "boundary", by="ann")
    assert {item.anomaly_id is None for item in items} == {True, False}
    found, rule = app.tuning.map(history), history.rule
    windows = [
        item.window
        if item.anomaly_id is None
        else next(
            v.window
            for v in app.queries.anomalies(TENANT, item.stream_id, limit=500)
            if v.id == item.anomaly_id
        )
        for item in items
    ]

    def move(window):
        distance, p = float(found.distance[window]), float(found.p[window])
        return abs(
            min(np.log(distance / rule.threshold) if distance > 0 else -np.inf, np.log(rule.alpha / p))
        )

    moves = [move(window) for window in windows]
    assert moves == sorted(moves)
    assert min(abs(a - b) for a, b in combinations(windows, 2)) > 5


def test_everybody_draws_the_same_unflagged_windows_all_day(app, history, clock):
    stream_id = history.stream.id
    today = app.feedback.queue(TENANT, stream_id, "random", by="ann")
    clock.advance(hours=3)
    assert app.feedback.queue(TENANT, stream_id, "random", by="bob") == today
    assert not any(history.every.flagged[item.window] for item in today)
    clock.advance(hours=24)
    assert app.feedback.queue(TENANT, stream_id, "random", by="ann") != today


def test_windows_are_drawn_evenly_and_late_ones_only_join():
    """Seeds: the days of 2026. Over 300 days each tenth of 1,000 windows is drawn about as often."""
    counts = np.zeros(10)
    for day in range(300):
        for window in drawn("s", date(2026, 1, 1) + timedelta(days=day), 1000, most=2):
            counts[window // 100] += 1
    assert np.abs(counts - 300).max() < 70  # four standard deviations of a binomial share
    day = date(2026, 5, 1)
    before, after = drawn("s", day, 500, most=10), drawn("s", day, 520, most=10)
    assert [one for one in after if one < 500] == before[: sum(one < 500 for one in after)]
    assert sorted(drawn("s", day, 7)) == list(range(7))
    assert drawn("s", day, 0) == []


def test_misses_are_counted_from_drawn_windows_alone():
    """One of forty drawn at random was real; those shown for being near the limits do not count."""
    votes = [vote(at, "real" if at == 3 else "not_real", "ann", queue="random") for at in range(40)]
    votes += [vote(at, "real", "ann", queue="boundary") for at in range(40, 60)]
    found = missed(votes)
    assert (found.looked_at, found.real) == (40, 1)
    low, high = found.share
    assert low == pytest.approx(0.0044, abs=5e-4)  # Wilson 95 % of 1 in 40
    assert high == pytest.approx(0.1288, abs=5e-4)
    assert missed([]).share is None


def test_agreement_is_the_share_of_agreeing_pairs_and_alpha_agrees_with_counting_by_hand():
    """Seed 5: four people, three labels, judgements missing at random."""
    random = Random(5)
    for _ in range(60):
        said = {
            (window, by): random.choice(LABELS)
            for window in range(random.randint(1, 12))
            for by in "abcd"
            if random.random() < 0.6
        }
        votes = [vote(at, label, by, window=window) for at, ((window, by), label) in enumerate(said.items())]
        found = agreement(votes)
        by_window = {}
        for (window, _), label in said.items():
            by_window.setdefault(window, []).append(label)
        pairs = [pair for labels in by_window.values() for pair in combinations(labels, 2)]
        assert (found.pairs, found.agreeing) == (len(pairs), sum(a == b for a, b in pairs))
        assert found.alpha == slow_alpha([labels for labels in by_window.values() if len(labels) > 1])


def slow_alpha(units):
    """Krippendorff's alpha from the matrix of coincidences, pair by ordered pair."""
    coincidences = {}
    for labels in units:
        for i, one in enumerate(labels):
            for j, other in enumerate(labels):
                if i != j:
                    key = (one, other)
                    coincidences[key] = coincidences.get(key, 0) + 1 / (len(labels) - 1)
    n = sum(len(labels) for labels in units)
    totals = {label: sum(labels.count(label) for labels in units) for label in LABELS}
    chance = sum(totals[a] * totals[b] for a in LABELS for b in LABELS if a != b)
    if n < 2 or not chance:
        return None
    observed = sum(count for (a, b), count in coincidences.items() if a != b) / n
    return pytest.approx(1 - observed / (chance / (n * (n - 1))))


def test_overlapping_windows_are_one_place_and_disputed_ones_none():
    votes = [vote(w, "not_real", "ann", anomaly=f"a{w}") for w in (3, 5, 9, 30)]
    votes += [vote(31, "real", "ann", anomaly="a31"), vote(50, "real", "ann", anomaly="a50")]
    votes += [vote(51, "not_real", "bob", anomaly="a50", window=50)]
    found = places(judged(votes), reach=5)
    assert [(place.label, place.windows) for place in found] == [
        ("not_real", (3, 5, 9)),
        ("not_real", (30,)),
        ("real", (31,)),
    ]
    assert apart([4, 5, 6, 100], reach=2, most=2) == [4, 100]


def test_states_and_assignees_are_changes_like_labels(app, flagged):
    moved = app.review.move(TENANT, flagged[:2], "investigating", by="ann")
    app.review.assign(TENANT, flagged[:1], "ann", by="bob")
    found = app.review.review_of(TENANT, flagged[0])
    assert (found.state, found.assignee, found.label) == ("investigating", "ann", None)
    assert [one.id for one in app.review.undo(TENANT, moved.id, by="ann").left] == flagged[:1]
    assert app.review.review_of(TENANT, flagged[1]) is None
    with pytest.raises(InvalidReview, match="no state 'done'"):
        app.review.move(TENANT, flagged[:1], "done", by="ann")


def test_a_stream_of_numbers_has_a_queue_and_no_boundary(app):
    stream_id = app.create_stream(TENANT, name="cpu", kind="metrics", profile=BALANCED)
    app._store.streams.configure(
        TENANT,
        stream_id,
        {"method": METHOD, "reading": {}, "series": [], "passed_over": 0, "beyond": 0, "round": 1, "why": ""},
    )
    assert app.feedback.progress(TENANT, stream_id).series
    assert app.feedback.queue(TENANT, stream_id, "newest", by="ann") == []
    with pytest.raises(CannotTune, match="numbers"):
        app.feedback.queue(TENANT, stream_id, "boundary", by="ann")
