"""Labels and snoozes: reviews rewritten, and what stood before kept."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from driftlock.errors import NotFound
from driftlock.services.feedback_votes import Said, cast
from driftlock.services.review_changes import Change, change_of, rows_of
from driftlock.services.review_store import Desk, Review, StoredChange, Target, What

Reach = Literal["this", "pattern", "stream"]


def rewrite(
    desk: Desk,
    ids: Collection[str],
    what: What,
    says: dict[str, Any],
    rewritten: Callable[[Review], Review],
    *,
    now: datetime,
    by: str,
    reach: Reach = "this",
    said: Said | None = None,
) -> Change:
    """
    Rewrite what stands beside anomalies; those where nothing changes are left alone.

    Args:
        said: Also the vote of *by* on each of *ids*; a vote that confirms what stands is a change too.

    Raises:
        NotFound: None of *ids* is there.
    """
    looked_at = known(desk, ids)
    targets = _reached(desk, looked_at, reach)
    standing = desk.reviews([target.id for target in targets])
    pairs = []
    for target in targets:
        before = standing.get(target.id)
        after = rewritten(before or _blank(target, now, by))
        if after != before:
            pairs.append((before, replace(after, changed_at=now, changed_by=by)))
    votes = None if said is None else cast(desk, looked_at, said, now=now, by=by)
    touched = {after.anomaly_id for _, after in pairs} | (votes.anomalies if votes else frozenset())
    if not touched:
        return Change(id=None, what=what, count=0, at=now, by=by, says=says)
    desk.put_reviews([after for _, after in pairs])
    more = votes.detail() if votes else {}
    return remember(desk, what, len(touched), says, now, by, rows=rows_of(pairs), **more)


def known(desk: Desk, ids: Collection[str]) -> list[Target]:
    """
    Those of *ids* that are there, by id.

    Raises:
        NotFound: None is.
    """
    targets = desk.targets(ids)
    if not targets:
        raise NotFound(f"There is no anomaly {next(iter(ids), '')}.".replace(" .", "."))
    return sorted(targets, key=lambda target: target.id)


def _reached(desk: Desk, targets: Sequence[Target], reach: Reach) -> list[Target]:
    if reach == "this":
        return list(targets)
    if reach == "stream":
        found = desk.of_streams({target.stream_id for target in targets})
    else:
        found = [*desk.alike({target.pattern for target in targets if target.pattern}), *targets]
    by_id = {target.id: target for target in found}
    return [by_id[one] for one in sorted(by_id)]


def _blank(target: Target, now: datetime, by: str) -> Review:
    return Review(
        anomaly_id=target.id,
        stream_id=target.stream_id,
        label=None,
        reason=None,
        note=None,
        snoozed_until=None,
        changed_at=now,
        changed_by=by,
    )


def remember(
    desk: Desk, what: What, count: int, says: dict[str, Any], now: datetime, by: str, **undoing: Any
) -> Change:
    """Keep an action in the history, with what its undo needs."""
    detail = {"count": count, "says": says} | undoing
    stored = StoredChange(id=secrets.token_hex(8), what=what, detail=detail, at=now, by=by)
    desk.add_change(stored)
    return change_of(stored)
