"""Putting back what stood before a change, unless somebody changed it since."""

import secrets
from datetime import datetime
from typing import Any, Final

from driftlock.services.feedback_votes import confirmed
from driftlock.services.feedback_votes import take_back as take_back_votes
from driftlock.services.review_changes import Change, InvalidReview, LeftAlone, change_of, pair_of
from driftlock.services.review_store import Desk, StoredChange, What

_THINGS: Final = ("suppression", "note", "replaced")
_OF_THINGS: Final[tuple[What, ...]] = ("suppress", "resume", "annotate", "remove_note", "undo")
Outcome = tuple[int, tuple[LeftAlone, ...], int]  # put back, left as it is, deleted since


def take_back(desk: Desk, change: StoredChange, now: datetime, by: str) -> Change:
    """
    Undo *change*, as far as nobody has changed it since, and remember that.

    Raises:
        InvalidReview: It is itself an undo.
    """
    if change.what == "undo":
        raise InvalidReview("An undo cannot be undone; make the change again instead.")
    says = {name: change.detail["says"][name] for name in _THINGS if name in change.detail["says"]}
    says |= {"undoes": change.id, "what": change.what}
    if change.undone_at is not None:
        return Change(
            id=None,
            what="undo",
            count=0,
            at=now,
            by=by,
            says=says,
            undone_at=change.undone_at,
            undone_by=change.undone_by,
        )
    if change.what in ("label", "snooze", "state", "assign"):
        count, left, gone = _reviews(desk, change, now)
    elif change.what in ("suppress", "resume"):
        count, left, gone = _suppression(desk, change, now)
    else:
        count, left, gone = _note(desk, change, now)
    if not count:
        return Change(id=None, what="undo", count=0, at=now, by=by, says=says, left=left, gone=gone)
    desk.mark_undone(change.id, now, by)
    stored = StoredChange(
        id=secrets.token_hex(8),
        what="undo",
        detail={"count": count, "says": says | {"left": len(left), "gone": gone}},
        at=now,
        by=by,
    )
    desk.add_change(stored)
    return change_of(stored, left=left, gone=gone)


def _reviews(desk: Desk, change: StoredChange, moment: datetime) -> Outcome:
    rows: dict[str, list[Any]] = change.detail["rows"]
    standing = desk.reviews([target.id for target in desk.targets(rows)])
    other = frozenset(one for one, now in standing.items() if now != pair_of(one, rows[one])[1])
    about, votes = take_back_votes(desk, dict(change.detail), other, moment)
    voted = {vote.anomaly_id for vote in votes}
    back, blank, left = [], [], []
    for anomaly_id, now in standing.items():
        before, after = pair_of(anomaly_id, rows[anomaly_id])
        if now != after:
            left.append(LeftAlone(id=anomaly_id, by=now.changed_by, at=now.changed_at))
        elif anomaly_id in voted and (same := confirmed(desk, now)) is not None:
            back.append(same)  # somebody else said so too: by their word it stands
        elif before is None:
            blank.append(anomaly_id)
        else:
            back.append(before)
    desk.put_reviews(back)
    desk.drop_reviews(blank)
    left.sort(key=lambda one: one.id)
    restored = {review.anomaly_id for review in back} | set(blank) | about
    gone = change.detail["count"] - len(restored | set(standing))
    return len(restored), tuple(left), gone


def _suppression(desk: Desk, change: StoredChange, now: datetime) -> Outcome:
    says = change.detail["says"]
    made = says["suppression"]
    standing = [one.id for one in desk.suppressions(says["pattern"])]
    if change.what == "suppress":
        if made not in standing:
            return 0, _changed(desk, change, made), 0
        desk.end_suppressions([made], now)
        desk.end_suppressions(says["replaced"], None)
    else:
        if standing:
            return 0, _changed(desk, change, standing[-1]), 0
        desk.end_suppressions([made], None)
    return change.detail["count"] or 1, (), 0


def _note(desk: Desk, change: StoredChange, now: datetime) -> Outcome:
    note_id = change.detail["says"]["note"]
    note = desk.note(note_id)
    if note is None:
        return 0, (), 1
    removes = change.what == "annotate"
    if removes == (note.removed_at is not None):
        return 0, _changed(desk, change, note_id), 0
    desk.remove_note(note_id, now if removes else None)
    return 1, (), 0


def _changed(desk: Desk, change: StoredChange, thing: str) -> tuple[LeftAlone, ...]:
    """Who changed a suppression or a note since."""
    for later in desk.later(change.at, _OF_THINGS):
        says = later.detail["says"]
        if later.id != change.id and thing in (
            says.get("suppression"),
            says.get("note"),
            *says.get("replaced", ()),
        ):
            return (LeftAlone(id=thing, by=later.by, at=later.at),)
    return ()
