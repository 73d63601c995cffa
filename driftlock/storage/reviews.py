"""What people said about anomalies, and every change of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from driftlock.services.pattern_history import PatternHistory
from driftlock.services.review_store import Review, StoredChange, StoredSuppression
from driftlock.storage.connect import reading, writing
from driftlock.storage.desk import SqlDesk
from driftlock.storage.desk_parts import CHANGE, REVIEWED, changes, found_by_id, of_table, read_review, there
from driftlock.storage.pattern_counts import pattern_history
from driftlock.storage.schema import anomalies, desk_changes, reviews, series_anomalies, suppressions


class SqlReviews:
    """:class:`driftlock.services.review_store.ReviewTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextmanager
    def open(self, tenant: str, now: datetime) -> Iterator[SqlDesk]:
        """The desk for writing; on an error nothing is kept."""
        with writing(self._engine, tenant) as connection:
            yield SqlDesk(connection, tenant, now)

    def review(self, tenant: str, anomaly_id: str, now: datetime) -> Review | None:
        """What stands beside an anomaly."""
        query = sa.select(reviews).where(
            reviews.c.tenant == tenant, reviews.c.anomaly_id == anomaly_id, there(reviews, now)
        )
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else read_review(found)

    def history(self, tenant: str, limit: int) -> list[StoredChange]:
        """The latest changes, newest first."""
        with reading(self._engine, tenant) as connection:
            return changes(connection, desk_changes.c.tenant == tenant, limit)

    def about(self, tenant: str, anomaly_id: str) -> list[StoredChange]:
        """Labels, snoozes, states and assignments that touched an anomaly, with all their detail, oldest first."""
        query = (
            sa.select(*(desk_changes.c[name] for name in CHANGE))
            .where(desk_changes.c.tenant == tenant, desk_changes.c.what.in_(REVIEWED))
            .where(sa.cast(desk_changes.c.detail, sa.Text).contains(anomaly_id, autoescape=True))
            .order_by(desk_changes.c.at, desk_changes.c.id)
        )
        with reading(self._engine, tenant) as connection:
            return [StoredChange(**row) for row in connection.execute(query).mappings()]

    def suppressions(self, tenant: str, now: datetime) -> list[tuple[StoredSuppression, int]]:
        """Those in force at *now*, newest first, and how many anomalies each hides."""
        alike: Any = sum(
            sa.select(sa.func.count())
            .where(table.c.tenant == tenant, table.c.pattern == suppressions.c.pattern, there(table, now))
            .correlate(suppressions)
            .scalar_subquery()
            for table in (anomalies, series_anomalies)
        )
        query = (
            sa.select(suppressions, alike.label("count"))
            .where(
                suppressions.c.tenant == tenant,
                suppressions.c.ended_at.is_(None),
                suppressions.c.until.is_(None) | (suppressions.c.until > now),
            )
            .order_by(suppressions.c.at.desc(), suppressions.c.id)
        )
        with reading(self._engine, tenant) as connection:
            return [
                (of_table(StoredSuppression, row), row["count"])
                for row in connection.execute(query).mappings()
            ]

    def same_pattern(self, tenant: str, anomaly_id: str, now: datetime) -> PatternHistory | None:
        """None: no such anomaly."""
        with reading(self._engine, tenant) as connection:
            found = found_by_id(connection, tenant, [anomaly_id], now)
            return pattern_history(connection, tenant, found[0].pattern, now) if found else None
