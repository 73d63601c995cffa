"""One tenant's desk inside one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from driftlock.services import audit_reviews
from driftlock.services.feedback_store import Vote
from driftlock.services.review_store import (
    Review,
    StoredChange,
    StoredNote,
    StoredSuppression,
    Target,
    What,
)
from driftlock.storage import feedback
from driftlock.storage.desk_parts import (
    CHANGE,
    alive,
    changes,
    chunks,
    found_by,
    found_by_id,
    of_table,
    read_review,
    there,
)
from driftlock.storage.schema import annotations, desk_changes, reviews, streams, suppressions, windows


class SqlDesk:
    """:class:`driftlock.services.review_store.Desk` on an open connection."""

    def __init__(self, connection: sa.Connection, tenant: str, now: datetime) -> None:
        self._connection = connection
        self._tenant = tenant
        self._now = now

    def targets(self, ids: Collection[str]) -> list[Target]:
        """Those of *ids* that are there, in no order that means anything."""
        return found_by_id(self._connection, self._tenant, ids, self._now)

    def alike(self, patterns: Collection[str]) -> list[Target]:
        """All anomalies of these patterns."""
        return found_by(self._connection, self._tenant, "pattern", patterns, self._now)

    def of_streams(self, stream_ids: Collection[str]) -> list[Target]:
        """All anomalies of these streams."""
        return found_by(self._connection, self._tenant, "stream_id", stream_ids, self._now)

    def has_stream(self, stream_id: str) -> bool:
        """Whether the tenant has it."""
        query = sa.select(streams.c.id).where(
            streams.c.tenant == self._tenant, streams.c.id == stream_id, alive(streams, self._now)
        )
        return self._connection.scalar(query) is not None

    def reviews(self, ids: Collection[str]) -> dict[str, Review]:
        """By the id of the anomaly."""
        found = {}
        for some in chunks(ids):
            query = sa.select(reviews).where(reviews.c.tenant == self._tenant, reviews.c.anomaly_id.in_(some))
            for row in self._connection.execute(query).mappings():
                found[row["anomaly_id"]] = read_review(row)
        return found

    def put_reviews(self, given: Sequence[Review]) -> None:
        """Instead of what stood there."""
        self.drop_reviews([review.anomaly_id for review in given])
        if given:
            rows = [{"tenant": self._tenant} | asdict(review) for review in given]
            self._connection.execute(sa.insert(reviews), rows)

    def drop_reviews(self, ids: Collection[str]) -> None:
        """As if nothing had ever been said."""
        for some in chunks(ids):
            self._connection.execute(
                sa.delete(reviews).where(reviews.c.tenant == self._tenant, reviews.c.anomaly_id.in_(some))
            )

    def votes(self, anomaly_ids: Collection[str]) -> list[Vote]:
        """Standing votes about these anomalies, oldest first."""
        return feedback.standing_votes(self._connection, self._tenant, anomaly_ids)

    def window_votes(self, stream_id: str, window: int) -> list[Vote]:
        """Standing votes about a window that was not flagged, oldest first."""
        return feedback.window_votes(self._connection, self._tenant, stream_id, window)

    def votes_by_id(self, ids: Collection[str]) -> list[Vote]:
        """Votes of these ids, those withdrawn included."""
        return feedback.votes_by_id(self._connection, self._tenant, ids)

    def add_votes(self, votes: Sequence[Vote]) -> None:
        """Keep new ones."""
        feedback.add_votes(self._connection, self._tenant, votes)

    def withdraw_votes(self, ids: Collection[str], at: datetime | None) -> None:
        """Withdraw them, or with None let them stand again."""
        feedback.withdraw_votes(self._connection, self._tenant, ids, at)

    def was_flagged(self, stream_id: str, window: int) -> bool | None:
        """None: there is no such window."""
        query = sa.select(windows.c.flagged).where(
            windows.c.tenant == self._tenant, windows.c.stream_id == stream_id, windows.c.window == window
        )
        return self._connection.scalar(query)

    def suppressions(self, pattern: str | None = None) -> list[StoredSuppression]:
        """Those in force, of one pattern or of all, oldest first."""
        query = sa.select(suppressions).where(
            suppressions.c.tenant == self._tenant,
            suppressions.c.ended_at.is_(None),
            suppressions.c.until.is_(None) | (suppressions.c.until > self._now),
        )
        if pattern is not None:
            query = query.where(suppressions.c.pattern == pattern)
        found = self._connection.execute(query.order_by(suppressions.c.at, suppressions.c.id)).mappings()
        return [of_table(StoredSuppression, row) for row in found]

    def suppression(self, suppression_id: str) -> StoredSuppression | None:
        """The suppression of that id, in force or not."""
        query = sa.select(suppressions).where(self._is(suppressions, suppression_id))
        found = self._connection.execute(query).mappings().first()
        return None if found is None else of_table(StoredSuppression, found)

    def add_suppression(self, suppression: StoredSuppression) -> None:
        """Keep a new one."""
        self._add(suppressions, asdict(suppression))

    def end_suppressions(self, ids: Collection[str], ended_at: datetime | None) -> None:
        """End them, or with None let them go on."""
        for some in chunks(ids):
            self._connection.execute(
                sa.update(suppressions)
                .where(suppressions.c.tenant == self._tenant, suppressions.c.id.in_(some))
                .values(ended_at=ended_at)
            )

    def note(self, note_id: str) -> StoredNote | None:
        """The note of that id, removed or not."""
        gone = annotations.c.stream_id.is_not(None) & ~there(annotations, self._now)
        query = sa.select(annotations).where(self._is(annotations, note_id), ~gone)
        found = self._connection.execute(query).mappings().first()
        return None if found is None else of_table(StoredNote, found)

    def add_note(self, note: StoredNote) -> None:
        """Keep a new one."""
        self._add(annotations, asdict(note))

    def remove_note(self, note_id: str, removed_at: datetime | None) -> None:
        """Take it away, or with None bring it back."""
        self._connection.execute(
            sa.update(annotations).where(self._is(annotations, note_id)).values(removed_at=removed_at)
        )

    def change(self, change_id: str) -> StoredChange | None:
        """The change of that id with all its detail."""
        query = sa.select(desk_changes).where(self._is(desk_changes, change_id))
        found = self._connection.execute(query).mappings().first()
        return None if found is None else StoredChange(**{name: found[name] for name in CHANGE})

    def add_change(self, change: StoredChange) -> None:
        """Remember it."""
        audit_reviews.tell(change, self._connection)
        self._add(desk_changes, {name: getattr(change, name) for name in CHANGE})

    def mark_undone(self, change_id: str, at: datetime, by: str) -> None:
        """Say that it was undone; it stays."""
        self._connection.execute(
            sa.update(desk_changes)
            .where(self._is(desk_changes, change_id))
            .values(undone_at=at, undone_by=by)
        )

    def later(self, at: datetime, what: Collection[What]) -> list[StoredChange]:
        """Changes of these sorts made at *at* or later, newest first."""
        mine = (desk_changes.c.tenant == self._tenant) & (desk_changes.c.at >= at)
        return changes(self._connection, mine & desk_changes.c.what.in_(what))

    def _is(self, table: sa.Table, one: str) -> sa.ColumnElement[bool]:
        return (table.c.tenant == self._tenant) & (table.c.id == one)

    def _add(self, table: sa.Table, row: Mapping[str, Any]) -> None:
        self._connection.execute(sa.insert(table).values(tenant=self._tenant, **row))
