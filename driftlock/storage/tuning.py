"""What tuning reads beside the windows, and where changes of limits are kept."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from driftlock.model import Label
from driftlock.services.acting import note
from driftlock.services.tuning_alarms import KEPT_AS, limits_of
from driftlock.services.tuning_changes import LimitsChange, ProfileChange
from driftlock.storage.connect import reading, writing
from driftlock.storage.overview_parts import suppressed
from driftlock.storage.schema import (
    anomalies,
    detector_states,
    profile_changes,
    reviews,
    streams,
    windows,
)


class SqlTuning:
    """:class:`driftlock.services.tuning_changes.TuningTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def labels(self, tenant: str, stream_id: str) -> dict[int, Label]:
        """Labels of the stream's flagged windows, by window."""
        query = (
            sa.select(anomalies.c.window, reviews.c.label)
            .join(
                reviews,
                (reviews.c.tenant == anomalies.c.tenant) & (reviews.c.anomaly_id == anomalies.c.id),
            )
            .where(anomalies.c.tenant == tenant, anomalies.c.stream_id == stream_id)
            .where(reviews.c.label.is_not(None))
            .order_by(anomalies.c.window)
        )
        with reading(self._engine, tenant) as connection:
            return {row.window: row.label for row in connection.execute(query)}

    def suppressed(self, tenant: str, stream_id: str, now: datetime) -> list[int]:
        """The stream's flagged windows whose pattern is suppressed at *now*, by number."""
        query = (
            sa.select(anomalies.c.window)
            .where(anomalies.c.tenant == tenant, anomalies.c.stream_id == stream_id)
            .where(suppressed(anomalies.c.pattern, tenant, now))
            .order_by(anomalies.c.window)
        )
        with reading(self._engine, tenant) as connection:
            return list(connection.scalars(query))

    def stamp(self, tenant: str, stream_id: str) -> tuple[Any, ...]:
        """Changes whenever windows are filled in or labels set."""
        of_windows = (windows.c.tenant == tenant) & (windows.c.stream_id == stream_id)
        of_reviews = (reviews.c.tenant == tenant) & (reviews.c.stream_id == stream_id)
        count = sa.func.count
        filled = sa.select(
            count(),
            count(windows.c.p_perm),
            count(windows.c.content_p),
            sa.func.sum(sa.cast(windows.c.exact, sa.Integer)),
        )
        labelled = sa.select(count(), sa.func.max(reviews.c.changed_at))
        with reading(self._engine, tenant) as connection:
            return (
                *connection.execute(filled.where(of_windows)).one(),
                *connection.execute(labelled.where(of_reviews)).one(),
            )

    def changes(self, tenant: str, stream_id: str) -> list[ProfileChange]:
        """Changes of the stream's limits, oldest first."""
        query = (
            sa.select(profile_changes)
            .where(profile_changes.c.tenant == tenant, profile_changes.c.stream_id == stream_id)
            .order_by(profile_changes.c.at, profile_changes.c.after_seq)
        )
        with reading(self._engine, tenant) as connection:
            return [ProfileChange(**row) for row in connection.execute(query).mappings()]

    def change_limits(self, change: LimitsChange) -> bool:
        """State, configuration and history of changes in one transaction; False if the lease was lost."""
        made = change.made
        with writing(self._engine, made.tenant) as connection:
            moved = connection.execute(
                sa.update(detector_states)
                .where(
                    detector_states.c.tenant == made.tenant,
                    detector_states.c.stream_id == made.stream_id,
                    detector_states.c.lease_owner == change.owner,
                    detector_states.c.cursor == made.after_seq,
                )
                .values(state=change.state)
            ).rowcount
            if not moved:
                return False
            connection.execute(
                sa.update(streams)
                .where(streams.c.tenant == made.tenant, streams.c.id == made.stream_id)
                .values(configuration=limits_of(made.configuration), status=change.status)
            )
            note(
                before=_limits(made.before),
                after=_limits(made.configuration) | {"after_event": made.after_seq},
                reason=made.reason,
                within=connection,
            )
            row = {column.name: getattr(made, column.name) for column in profile_changes.columns}
            connection.execute(sa.insert(profile_changes).values(row))
        return True


def _limits(configuration: dict[str, Any]) -> dict[str, Any]:
    return {
        name: configuration[name] for name in ("name", "threshold", "alpha", KEPT_AS) if name in configuration
    }
