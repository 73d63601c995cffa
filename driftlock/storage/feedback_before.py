"""Labels that were given before votes were kept: each counts as the vote of who gave it, on reading."""

from collections.abc import Collection
from datetime import datetime
from hashlib import blake2b

import sqlalchemy as sa

from driftlock.services.feedback_store import Vote
from driftlock.storage.desk_parts import chunks
from driftlock.storage.schema import anomalies, desk_changes, series_anomalies
from driftlock.storage.schema_proof import votes


def votes_before(
    connection: sa.Connection,
    tenant: str,
    *,
    stream_id: str | None = None,
    anomaly_id: str | None = None,
    since: datetime | None = None,
) -> list[Vote]:
    """
    The last word of each person on each anomaly from before the tenant's first vote, oldest first.

    Whoever has voted on the anomaly since, or took the vote back, is left out:
    that is the newer word. So are labels that came from a pattern or a stream,
    since nobody looked at those.

    Args:
        stream_id, anomaly_id: What it is asked of: one of them.
    """
    said: dict[tuple[str, str], sa.RowMapping] = {}
    for change in _changes(connection, tenant, since):
        for one in change["rows"]:
            if anomaly_id in (None, one):
                said[one, change["by"]] = change
    if not said:
        return []
    about = {one for one, _ in said}
    there = _there(connection, tenant, stream_id, about)
    newer = _voted(connection, tenant, about)
    found = [
        Vote(
            id=blake2b(f"{change['id']} {one}".encode(), digest_size=16).hexdigest(),
            stream_id=there[one][0],
            anomaly_id=one,
            window=there[one][1],
            label=change["says"]["label"],
            reason=change["says"].get("reason"),
            scope="this",
            queue=None,
            note=None,
            by=by,
            at=change["at"],
        )
        for (one, by), change in said.items()
        if one in there and (one, by) not in newer
    ]
    return sorted(found, key=lambda vote: (vote.at, vote.id))


def _changes(connection: sa.Connection, tenant: str, since: datetime | None) -> list[sa.RowMapping]:
    """Labels from before the first vote that were meant for what lay before the eyes, and stand; oldest first."""
    at = desk_changes.c
    first = sa.select(sa.func.min(votes.c.at)).where(votes.c.tenant == tenant)
    begun = connection.scalar(first)
    which = (at.tenant == tenant) & (at.what == "label") & at.undone_at.is_(None)
    if begun is not None:
        which &= at.at <= begun
    if since is not None:
        which &= at.at >= since
    query = sa.select(at.id, at.at, at.by, at.detail["says"].label("says"), at.detail["rows"].label("rows"))
    query = query.where(which, at.detail["votes"].as_string().is_(None))
    rows = connection.execute(query.order_by(at.at, at.id)).mappings()
    return [row for row in rows if row["says"].get("scope", "this") == "this" and row["rows"]]


def _there(
    connection: sa.Connection, tenant: str, stream_id: str | None, ids: Collection[str]
) -> dict[str, tuple[str, int | None]]:
    """Stream and window of those that are kept."""
    found: dict[str, tuple[str, int | None]] = {}
    for table, window in ((anomalies, anomalies.c.window), (series_anomalies, sa.null())):
        for some in chunks(ids):
            query = sa.select(table.c.id, table.c.stream_id, window.label("window")).where(
                table.c.tenant == tenant, table.c.id.in_(some)
            )
            if stream_id is not None:
                query = query.where(table.c.stream_id == stream_id)
            found |= {row.id: (row.stream_id, row.window) for row in connection.execute(query)}
    return found


def _voted(connection: sa.Connection, tenant: str, ids: Collection[str]) -> set[tuple[str, str]]:
    """Anomalies and who voted on them, withdrawn votes included."""
    return {
        (row.anomaly_id, row.by)
        for some in chunks(ids)
        for row in connection.execute(
            sa.select(votes.c.anomaly_id, votes.c.by).where(
                votes.c.tenant == tenant, votes.c.anomaly_id.in_(some)
            )
        )
    }
