"""Frozen baselines, and how far each stream has drifted from its own."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from driftlock.errors import NotFound
from driftlock.model import Anchor, DriftPoint
from driftlock.ports import NewAnchor, Step
from driftlock.services.anchors_store import OpenAnomaly
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import anomalies, detector_states, jobs, reviews
from driftlock.storage.schema_proof import anchors, drift_points

_OF_ANCHOR = [column for column in anchors.c if column.name != "content"]
_OF_POINT = [drift_points.c[name] for name in ("anchor_id", "seq", "seen_us", "distance", "low", "high", "p")]


class SqlAnchors:
    """:class:`driftlock.services.anchors_store.AnchorDesk` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def of_stream(self, tenant: str, stream_id: str) -> list[Anchor]:
        """All of a stream, retired ones included, oldest first."""
        query = (
            sa.select(*_OF_ANCHOR)
            .where(anchors.c.tenant == tenant, anchors.c.stream_id == stream_id)
            .order_by(anchors.c.at, anchors.c.last_seq, anchors.c.id)
        )
        with reading(self._engine, tenant) as connection:
            return [Anchor(**row) for row in connection.execute(query).mappings()]

    def content(self, tenant: str, stream_id: str, anchor_id: str) -> bytes | None:
        """Its events, packed; None: the stream has no such anchor."""
        query = sa.select(anchors.c.content).where(
            anchors.c.tenant == tenant, anchors.c.stream_id == stream_id, anchors.c.id == anchor_id
        )
        with reading(self._engine, tenant) as connection:
            return connection.scalar(query)

    def points(
        self,
        tenant: str,
        stream_id: str,
        anchor_id: str,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> list[DriftPoint]:
        """In the order of the stream; those behind *after* and before *before*, the first or the *newest* ones."""
        at = drift_points.c
        query = (
            sa.select(*_OF_POINT)
            .where(at.tenant == tenant, at.stream_id == stream_id, at.anchor_id == anchor_id, at.seq > after)
            .order_by(at.seq.desc() if newest else at.seq)
            .limit(limit)
        )
        if before is not None:
            query = query.where(at.seq < before)
        with reading(self._engine, tenant) as connection:
            found = [DriftPoint(**row) for row in connection.execute(query).mappings()]
        return found[::-1] if newest else found

    def state(self, tenant: str, stream_id: str) -> tuple[int, bytes | None]:
        """
        The detector's last seq and its state; None: nothing was judged yet.

        Raises:
            NotFound: No such stream.
        """
        query = sa.select(detector_states.c.cursor, detector_states.c.state).where(
            detector_states.c.tenant == tenant, detector_states.c.stream_id == stream_id
        )
        with reading(self._engine, tenant) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(f"There is no stream {stream_id}.")
        return row.cursor, row.state

    def put(self, new: NewAnchor) -> None:
        """
        Keep it; where it is active, the one that was is kept for comparison from now on.

        Raises:
            NotFound: No such stream.
        """
        with writing(self._engine, new.anchor.tenant) as connection:
            try:
                _put(connection, new)
            except IntegrityError as error:
                raise NotFound(f"There is no stream {new.anchor.stream_id}.") from error

    def change(self, anchor: Anchor) -> None:
        """State, times and figures of an anchor that is there; of two active ones the other becomes a kept one."""
        with writing(self._engine, anchor.tenant) as connection:
            if anchor.state == "active":
                _keep_others(connection, anchor)
            connection.execute(
                sa.update(anchors)
                .where(anchors.c.tenant == anchor.tenant, anchors.c.id == anchor.id)
                .values(
                    state=anchor.state,
                    figures=anchor.figures,
                    activated_at=anchor.activated_at,
                    retired_at=anchor.retired_at,
                )
            )

    def active(self, tenant: str) -> Mapping[str, Anchor]:
        """The active anchor of each stream that has one."""
        query = sa.select(*_OF_ANCHOR).where(anchors.c.tenant == tenant, anchors.c.state == "active")
        with reading(self._engine, tenant) as connection:
            return {row["stream_id"]: Anchor(**row) for row in connection.execute(query).mappings()}

    def newest_points(self, tenant: str, most: int) -> Mapping[str, Sequence[DriftPoint]]:
        """The newest *most* points of each stream's active anchor, in the order of the stream."""
        older = drift_points.alias()
        # Of each anchor by its key, from the newest back: ranking would read all points of all streams.
        oldest = (
            sa.select(older.c.seq)
            .where(older.c.tenant == anchors.c.tenant, older.c.stream_id == anchors.c.stream_id)
            .where(older.c.anchor_id == anchors.c.id)
            .order_by(older.c.seq.desc())
            .offset(most - 1)
            .limit(1)
            .correlate(anchors)
            .scalar_subquery()
        )
        of_anchor = (
            (drift_points.c.tenant == anchors.c.tenant)
            & (drift_points.c.stream_id == anchors.c.stream_id)
            & (drift_points.c.anchor_id == anchors.c.id)
        )
        query = (
            sa.select(drift_points.c.stream_id, *_OF_POINT)
            .select_from(anchors.join(drift_points, of_anchor))
            .where(anchors.c.tenant == tenant, anchors.c.state == "active")
            .where(drift_points.c.seq >= sa.func.coalesce(oldest, 0))
            .order_by(drift_points.c.stream_id, drift_points.c.seq)
        )
        names = [column.name for column in _OF_POINT]
        found: dict[str, list[DriftPoint]] = {}
        with reading(self._engine, tenant) as connection:
            for stream_id, *values in connection.execute(query):
                point = DriftPoint(**dict(zip(names, values, strict=True)))
                found.setdefault(stream_id, []).append(point)
        return found

    def open_anomalies(
        self, tenant: str, stream_id: str, first_seq: int, last_seq: int, now: datetime
    ) -> list[OpenAnomaly]:
        """Open flagged windows that share an event with the range, in stream order."""
        is_open = reviews.c.anomaly_id.is_(None) | (
            reviews.c.label.is_(None)
            & (reviews.c.state != "resolved")
            & (reviews.c.snoozed_until.is_(None) | (reviews.c.snoozed_until <= now))
        )
        names = ("id", "window", "first_seq", "last_seq", "severity", "sentence")
        query = (
            sa.select(*(anomalies.c[name] for name in names))
            .outerjoin(
                reviews, (reviews.c.tenant == anomalies.c.tenant) & (reviews.c.anomaly_id == anomalies.c.id)
            )
            .where(anomalies.c.tenant == tenant, anomalies.c.stream_id == stream_id, is_open)
            .where(anomalies.c.first_seq <= last_seq, anomalies.c.last_seq >= first_seq)
            .order_by(anomalies.c.window)
        )
        with reading(self._engine, tenant) as connection:
            return [OpenAnomaly(**row) for row in connection.execute(query).mappings()]

    def detectable(self, tenant: str) -> Mapping[str, str]:
        """When the newest finished measurement of what would be noticed ended, by stream; ISO time in UTC."""
        query = (
            sa.select(jobs.c.stream_id, sa.func.max(jobs.c.finished_at, type_=jobs.c.finished_at.type))
            .where(jobs.c.tenant == tenant, jobs.c.kind == "detectability", jobs.c.state == "done")
            .group_by(jobs.c.stream_id)
        )
        with reading(self._engine, tenant) as connection:
            return {one: at.astimezone(UTC).isoformat() for one, at in connection.execute(query) if at}


def keep_step(connection: sa.Connection, tenant: str, stream_id: str, step: Step) -> None:
    """What a step froze and measured, in the step's own transaction."""
    for new in step.anchors:
        _put(connection, new)
    if step.drift:
        rows = [_point(point) | {"tenant": tenant, "stream_id": stream_id} for point in step.drift]
        connection.execute(sa.insert(drift_points), rows)


def _put(connection: sa.Connection, new: NewAnchor) -> None:
    if new.anchor.state == "active":
        _keep_others(connection, new.anchor)
    row = {column.name: getattr(new.anchor, column.name) for column in _OF_ANCHOR}
    connection.execute(sa.insert(anchors).values(content=new.content, **row))


def _keep_others(connection: sa.Connection, anchor: Anchor) -> None:
    connection.execute(
        sa.update(anchors)
        .where(anchors.c.tenant == anchor.tenant, anchors.c.stream_id == anchor.stream_id)
        .where(anchors.c.state == "active", anchors.c.id != anchor.id)
        .values(state="kept")
    )


def _point(point: DriftPoint) -> dict[str, Any]:
    return {column.name: getattr(point, column.name) for column in _OF_POINT}
