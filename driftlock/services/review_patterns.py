"""Patterns that are hidden, and shown again."""

import secrets
from datetime import datetime
from typing import Any

from driftlock.errors import NotFound
from driftlock.services.review_changes import Change, InvalidReview
from driftlock.services.review_marks import known, remember
from driftlock.services.review_store import Desk, StoredSuppression


def suppress(
    desk: Desk, anomaly_id: str, *, until: datetime | None, reason: str | None, now: datetime, by: str
) -> Change:
    """
    Hide the pattern of an anomaly, instead of what was said for it before.

    Raises:
        NotFound: There is no such anomaly.
        InvalidReview: No pattern was formed for it.
    """
    pattern = known(desk, [anomaly_id])[0].pattern
    if not pattern:
        raise InvalidReview("This anomaly has no pattern, so there is nothing that others could share.")
    standing = desk.suppressions(pattern)
    says: dict[str, Any] = {
        "pattern": pattern,
        "until": until and until.isoformat(),
        "reason": reason,
    }
    if any((one.until, one.reason) == (until, reason) for one in standing):
        return Change(id=None, what="suppress", count=0, at=now, by=by, says=says)
    new = StoredSuppression(
        id=secrets.token_hex(8),
        pattern=pattern,
        until=until,
        reason=reason,
        at=now,
        by=by,
        ended_at=None,
    )
    desk.end_suppressions([one.id for one in standing], now)
    desk.add_suppression(new)
    says |= {"suppression": new.id, "replaced": [one.id for one in standing]}
    return remember(desk, "suppress", len(desk.alike([pattern])), says, now, by)


def resume(desk: Desk, suppression_id: str, *, now: datetime, by: str) -> Change:
    """
    Show the pattern again.

    Raises:
        NotFound: There is no such suppression, or it has ended.
    """
    found = desk.suppression(suppression_id)
    if found is None or found.ended_at is not None or (found.until is not None and found.until <= now):
        raise NotFound(f"There is no suppression {suppression_id}.")
    desk.end_suppressions([suppression_id], now)
    says = {"pattern": found.pattern, "suppression": suppression_id}
    return remember(desk, "resume", len(desk.alike([found.pattern])), says, now, by)
