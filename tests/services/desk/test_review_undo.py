"""What was said, taken back."""

from datetime import timedelta

import pytest

from driftlock.errors import NotFound
from driftlock.model import moment
from driftlock.services.review import InvalidReview
from tests.made_desk import NOW, NOW_US

TENANT = "demo"
LATER = NOW + timedelta(hours=1)


def test_undo_puts_back_exactly_what_stood_there(review, clock, rows, kept):
    """Blank where it was blank, and who said it when where something had been said; whatever the order of actions."""
    states, changes = [kept()], []
    for action in (
        lambda: review.label(TENANT, rows[:4], "real", by="ann", reason="outage", note="first"),
        lambda: review.label(TENANT, rows[2:6], "not_real", by="bob"),
        lambda: review.snooze(TENANT, rows, LATER, by="ann"),
        lambda: review.label(TENANT, rows[:1], "not_useful", by="cid", scope="pattern"),
    ):
        clock.time += timedelta(seconds=1)
        changes.append(action())
        states.append(kept())
    for change, before in zip(reversed(changes), states[-2::-1], strict=True):
        clock.time += timedelta(seconds=1)
        undone = review.undo(TENANT, change.id, by="dan")
        assert (undone.count, undone.left, undone.gone) == (change.count, (), 0)
        assert kept() == before
    told = review.history(TENANT)
    assert [one.what for one in told] == ["undo"] * 4 + ["label", "snooze", "label", "label"]
    assert {(one.undone_by, one.undone_at is None) for one in told if one.what != "undo"} == {("dan", False)}


def test_undo_leaves_what_somebody_changed_since_and_says_so(review, clock, rows):
    first = review.label(TENANT, rows[:3], "real", by="ann")
    clock.time += timedelta(minutes=5)
    review.label(TENANT, rows[1:2], "not_real", by="bob")
    undone = review.undo(TENANT, first.id, by="ann")
    assert undone.count == 2
    assert [(one.id, one.by, one.at) for one in undone.left] == [(rows[1], "bob", clock.time)]
    assert review.review_of(TENANT, rows[0]) is None
    assert review.review_of(TENANT, rows[1]).label == "not_real"


def test_undo_does_not_lose_what_was_said_besides(review, clock, rows):
    """A label whose window was snoozed since stays, with the snooze, until that is undone."""
    labelled = review.label(TENANT, rows[:1], "real", by="ann")
    clock.time += timedelta(minutes=5)
    snoozed = review.snooze(TENANT, rows[:1], LATER, by="bob")
    assert [one.by for one in review.undo(TENANT, labelled.id, by="ann").left] == ["bob"]
    found = review.review_of(TENANT, rows[0])
    assert (found.label, found.snoozed_until) == ("real", LATER)
    review.undo(TENANT, snoozed.id, by="ann")
    assert review.undo(TENANT, labelled.id, by="ann").left == ()
    assert review.review_of(TENANT, rows[0]) is None


def test_an_undo_that_can_do_nothing_is_no_undo(review, clock, rows):
    """Everything was changed since: the change is not marked, and can be undone once the other one is."""
    first = review.label(TENANT, rows[:1], "real", by="ann")
    clock.time += timedelta(minutes=5)
    second = review.label(TENANT, rows[:1], "not_real", by="bob")
    failed = review.undo(TENANT, first.id, by="ann")
    assert (failed.id, failed.count, len(failed.left)) == (None, 0, 1)
    review.undo(TENANT, second.id, by="bob")
    assert review.undo(TENANT, first.id, by="ann").count == 1
    assert review.review_of(TENANT, rows[0]) is None


def test_a_change_is_undone_once(review, rows):
    change = review.label(TENANT, rows[:1], "real", by="ann")
    undone = review.undo(TENANT, change.id, by="bob")
    again = review.undo(TENANT, change.id, by="cid")
    assert (again.id, again.count, again.undone_by) == (None, 0, "bob")
    with pytest.raises(InvalidReview, match="cannot be undone"):
        review.undo(TENANT, undone.id, by="bob")
    assert len(review.history(TENANT)) == 2


def test_suppressing_is_undone_unless_it_was_ended_or_replaced(review, clock, rows):
    first = review.suppress(TENANT, rows[0], until=None, by="ann")
    clock.time += timedelta(seconds=1)
    ended = review.resume(TENANT, first.says["suppression"], by="bob")
    late = review.undo(TENANT, first.id, by="ann")
    assert [(one.by, one.at) for one in late.left] == [("bob", clock.time)]
    assert review.undo(TENANT, ended.id, by="bob").count == 4
    assert len(review.suppressions(TENANT)) == 1
    assert review.undo(TENANT, first.id, by="ann").count == 4
    assert review.suppressions(TENANT) == []


def test_notes_appear_are_taken_away_and_come_back(review, overview, rows):
    at = moment(NOW_US + 2)
    written = review.annotate(TENANT, at, " release 2.1 ", by="ann")
    scope = overview.scope(TENANT, None, "all")
    [note] = overview.annotations(scope)
    assert (note.about, note.text, note.by, note.id) == (at, "release 2.1", "ann", written.says["note"])
    removed = review.remove_annotation(TENANT, note.id, by="bob")
    assert overview.annotations(scope) == []
    with pytest.raises(NotFound, match=note.id):
        review.remove_annotation(TENANT, note.id, by="bob")
    assert [one.by for one in review.undo(TENANT, written.id, by="ann").left] == ["bob"]
    assert review.undo(TENANT, removed.id, by="ann").count == 1
    assert overview.annotations(scope) == [note]
    assert review.undo(TENANT, written.id, by="ann").count == 1
    assert overview.annotations(scope) == []
