"""What people say about anomalies: kept whole, and remembered."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from driftlock.errors import NotFound
from driftlock.services.overview import Wanted
from driftlock.services.review import InvalidReview
from driftlock.storage.connect import reading
from driftlock.storage.schema import desk_changes
from tests.made_desk import NOW, NOW_US

TENANT = "demo"
LATER = NOW + timedelta(hours=1)


UNKNOWN = "0123456789abcdef"


def test_a_label_stands_beside_windows_and_alerts_alike(review, overview, rows):
    change = review.label(TENANT, [rows[0], rows[6]], "real", by="ann", reason="outage", note="db down")
    assert (change.what, change.count, change.by) == ("label", 2, "ann")
    for one in (rows[0], rows[6]):
        found = review.review_of(TENANT, one)
        assert (found.label, found.reason, found.note) == ("real", "outage", "db down")
        assert (found.changed_at, found.changed_by) == (NOW, "ann")
    assert review.review_of(TENANT, rows[1]) is None
    scope = overview.scope(TENANT, None, "all")
    assert {row.id for row in overview.feed(scope, Wanted(labels=("real",))).rows} == {rows[0], rows[6]}
    assert overview.feed(scope, Wanted(labels=("open",))).total == 6
    assert overview.feed(scope, Wanted(labels=("open", "real"))).total == 8
    assert {row.label for row in overview.feed(scope, Wanted()).rows} == {"real", None}


def test_the_same_label_again_changes_and_remembers_nothing(review, rows, kept):
    """Of the same person; what somebody else says too is their vote, and what stands stays as it stood."""
    review.label(TENANT, rows[:2], "real", by="ann", note="seen")
    before = kept()
    again = review.label(TENANT, rows[:2], "real", by="ann")
    assert (again.id, again.count) == (None, 0)
    assert kept() == before
    assert len(review.history(TENANT)) == 1
    assert review.label(TENANT, rows[:2], "real", by="bob").count == 2
    assert kept() == before
    some = review.label(TENANT, rows[:3], "real", by="bob")  # one of three is new
    assert some.count == 1
    assert review.review_of(TENANT, rows[0]).changed_by == "ann"


def test_a_new_label_takes_the_old_reason_away_but_not_the_note(review, rows):
    review.label(TENANT, rows[:1], "real", by="ann", reason="attack", note="look at this")
    review.label(TENANT, rows[:1], "not_real", by="ann")
    found = review.review_of(TENANT, rows[0])
    assert (found.label, found.reason, found.note) == ("not_real", None, "look at this")


@pytest.mark.parametrize(
    ("scope", "reached"), [("this", [0]), ("pattern", [0, 2, 4, 6]), ("stream", [0, 1, 2, 3, 4, 5])]
)
def test_a_label_reaches_as_far_as_asked(review, rows, scope, reached):
    """This one alone, all of its pattern in every stream, or all of its stream; as many as are stored now."""
    change = review.label(TENANT, rows[:1], "not_useful", by="ann", scope=scope)
    assert change.count == len(reached)
    assert [at for at, one in enumerate(rows) if review.review_of(TENANT, one)] == reached


def test_without_a_pattern_a_pattern_label_is_about_this_one_alone(store, review, desk, rows):
    """Two that have none have nothing in common."""
    api = desk.streams[0]
    plain = desk.add_windows(store, api, [NOW_US, NOW_US], flagged={6, 7}, patterns=("",))
    assert review.label(TENANT, [plain[0].id], "real", by="ann", scope="pattern").count == 1
    with pytest.raises(InvalidReview, match="no pattern"):
        review.suppress(TENANT, plain[0].id, until=None, by="ann")
    assert review.same_pattern(TENANT, plain[0].id).count == 0


def test_what_is_snoozed_comes_back_at_its_end(review, overview, clock, rows):
    review.snooze(TENANT, rows[:2], LATER, by="ann")
    scope = overview.scope(TENANT, None, "all")

    def shown(label):
        return {row.id for row in overview.feed(scope, Wanted(labels=(label,))).rows}

    assert (shown("snoozed"), shown("open")) == (set(rows[:2]), set(rows[2:]))
    review.label(TENANT, rows[:1], "real", by="ann")
    assert (shown("snoozed"), shown("real")) == (set(rows[:2]), {rows[0]})
    clock.time = LATER
    assert (shown("snoozed"), shown("open")) == (set(), set(rows[1:]))
    assert {row.snoozed_until for row in overview.feed(scope, Wanted()).rows} == {None}
    assert review.review_of(TENANT, rows[1]).snoozed_until == LATER  # what was said stays


@pytest.mark.parametrize("until", [LATER, None], ids=["until then", "until it is ended"])
def test_a_suppressed_pattern_is_hidden_everywhere_and_for_its_time(
    store, review, overview, clock, desk, rows, until
):
    """Those that come later included."""
    change = review.suppress(TENANT, rows[0], until=until, by="ann", reason="deploy")
    assert change.count == 4
    desk.add_windows(store, desk.streams[0], [NOW_US, NOW_US], flagged={6, 7}, patterns=("aa", "bb"))
    scope = overview.scope(TENANT, None, "all")
    assert overview.feed(scope, Wanted()).total == 10 - 5
    [one] = review.suppressions(TENANT)
    assert (one.pattern, one.until, one.reason, one.by, one.count) == ("aa", until, "deploy", "ann", 5)
    clock.time = LATER
    shown_again = until is not None
    assert overview.feed(scope, Wanted()).total == (10 if shown_again else 5)
    assert bool(review.suppressions(TENANT)) != shown_again
    if not shown_again:
        review.resume(TENANT, one.id, by="bob")
        assert overview.feed(scope, Wanted()).total == 10
    with pytest.raises(NotFound, match=one.id):
        review.resume(TENANT, one.id, by="bob")


def test_a_pattern_is_suppressed_once(review, rows):
    """The same again changes nothing; another end takes the place of the first, and its undo brings the first back."""
    review.suppress(TENANT, rows[0], until=None, by="ann")
    assert review.suppress(TENANT, rows[2], until=None, by="bob").id is None
    shorter = review.suppress(TENANT, rows[2], until=LATER, by="bob")
    assert [one.until for one in review.suppressions(TENANT)] == [LATER]
    review.undo(TENANT, shorter.id, by="ann")
    assert [(one.until, one.by) for one in review.suppressions(TENANT)] == [(None, "ann")]


def test_a_failing_action_keeps_nothing(review, rows, monkeypatch, kept):
    """The change that cannot be remembered is not made either."""
    before = kept()

    def fail(*_):
        raise RuntimeError("disk full")

    monkeypatch.setattr("driftlock.storage.desk.SqlDesk.add_change", fail)
    for action in (
        lambda: review.label(TENANT, rows, "real", by="ann"),
        lambda: review.suppress(TENANT, rows[0], until=None, by="ann"),
    ):
        with pytest.raises(RuntimeError):
            action()
    assert kept() == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda review, ids: review.label(TENANT, ids, "great", by="a"), "no label 'great'"),
        (lambda review, ids: review.label(TENANT, ids, "real", by="a", scope="all"), "'all'"),
        (lambda review, ids: review.label(TENANT, ids, "real", by="a", reason="x" * 33), "reason: 33 .* 32"),
        (lambda review, ids: review.label(TENANT, ids, "real", by="a", note="x" * 2001), "note: 2,001"),
        (lambda review, ids: review.label(TENANT, ids, "real", by="a" * 65), "by: 65"),
        (lambda review, ids: review.snooze(TENANT, ids, NOW, by="a"), "has passed"),
        (lambda review, ids: review.snooze(TENANT, ids, LATER.replace(tzinfo=None), by="a"), "time zone"),
        (lambda review, ids: review.suppress(TENANT, ids[0], until=NOW, by="a"), "has passed"),
        (lambda review, ids: review.annotate(TENANT, NOW, "  ", by="a"), "needs a text"),
        (lambda review, ids: review.annotate(TENANT, NOW, "x" * 501, by="a"), "text: 501"),
        (lambda review, ids: review.annotate(TENANT, NOW.replace(tzinfo=None), "x", by="a"), "time zone"),
    ],
)
def test_what_cannot_be_kept_is_refused(review, rows, wrong, said, kept):
    with pytest.raises(InvalidReview, match=said):
        wrong(review, rows)
    assert kept() == [[], []]
    assert review.history(TENANT) == []


def test_some_of_many_ids_may_be_gone(review, rows):
    assert review.label(TENANT, [UNKNOWN, *rows[:2]], "real", by="ann").count == 2
    with pytest.raises(NotFound):
        review.label(TENANT, [], "real", by="ann")


def test_anomalies_of_a_run_past_its_time_are_gone(store, review, desk, clock):
    stream = desk.add_stream(store, name="api", source="upload", expires_at=LATER)
    [row] = desk.add_windows(store, stream, [NOW_US], flagged={0})
    change = review.label(TENANT, [row.id], "real", by="ann")
    clock.time = LATER
    assert review.review_of(TENANT, row.id) is None
    for ask in (
        lambda: review.label(TENANT, [row.id], "not_real", by="ann"),
        lambda: review.same_pattern(TENANT, row.id),
        lambda: review.annotate(TENANT, NOW, "x", by="ann", stream_id=stream.id),
    ):
        with pytest.raises(NotFound):
            ask()
    assert (review.undo(TENANT, change.id, by="ann").gone, len(review.history(TENANT))) == (1, 1)


def test_ten_thousand_at_once(store, review, desk, kept):
    """Labelled, and taken back, each in one change."""
    stream = desk.add_stream(store)
    found = desk.add_windows(store, stream, range(10_000), flagged=set(range(10_000)))
    ids = [row.id for row in found]
    change = review.label(TENANT, ids, "not_real", by="ann", reason="test traffic")
    assert change.count == 10_000
    assert review.history(TENANT)[0].count == 10_000
    assert review.undo(TENANT, change.id, by="ann").count == 10_000
    assert kept()[0] == []
    with reading(store.engine, TENANT) as connection:
        assert connection.scalars(sa.select(sa.func.count()).select_from(desk_changes)).one() == 2
