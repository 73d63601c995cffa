"""Conditions and numbers that several questions of the overview share."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from driftlock.model import microseconds
from driftlock.services.overview_rows import Scope
from driftlock.services.series_plan import SeriesPlan
from driftlock.storage.schema import series_anomalies, streams, suppressions


def of_scope(table: sa.Table, scope: Scope) -> sa.ColumnElement[bool]:
    """Rows of *table* that belong to the streams of *scope* and were seen in its range."""
    of_streams = table.c.stream_id.in_(scope.stream_ids)
    return sa.and_(table.c.tenant == scope.tenant, of_streams, *seen_within(table, scope))


def seen_within(table: sa.FromClause, scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Conditions of its range alone."""
    conditions = []
    if scope.since is not None:
        conditions.append(table.c.seen_us >= microseconds(scope.since))
    if scope.until is not None:
        conditions.append(table.c.seen_us <= microseconds(scope.until))
    return conditions


def suppressed(pattern: sa.ColumnElement[str], tenant: str, now: datetime) -> sa.ColumnElement[bool]:
    """Whether the pattern is one that is hidden at *now*."""
    return pattern.in_(
        sa.select(suppressions.c.pattern).where(
            suppressions.c.tenant == tenant,
            suppressions.c.ended_at.is_(None),
            suppressions.c.until.is_(None) | (suppressions.c.until > now),
        )
    )


def series_incidents(connection: sa.Connection, tenant: str, stream_ids: Sequence[str]) -> dict[str, int]:
    """Incident of every alert of the streams by its id, as ``series_plan.grouped`` counts."""
    if (numbered := _numbered(connection, tenant, stream_ids)) is None:
        return {}
    query = sa.select(numbered.c.id, numbered.c.number)
    return {row.id: row.number for row in connection.execute(query)}


def count_series_incidents(connection: sa.Connection, scope: Scope) -> int:
    """Incidents with at least one alert in *scope*."""
    if (numbered := _numbered(connection, scope.tenant, scope.stream_ids)) is None:
        return 0
    once = sa.select(numbered.c.stream_id, numbered.c.number).where(*seen_within(numbered, scope)).distinct()
    return connection.scalars(sa.select(sa.func.count()).select_from(once.subquery())).one()


def _numbered(connection: sa.Connection, tenant: str, stream_ids: Sequence[str]) -> sa.Subquery | None:
    """
    Every alert of the streams, whatever the range, with the number of its incident; None without alerts.

    An incident begins where an alert lies more than one round behind all before it.
    """
    rounds = _rounds(connection, tenant, stream_ids)
    if not rounds:
        return None
    at = series_anomalies.c
    order = (at.first_seq, at.last_seq, at.id)
    reach = sa.func.max(at.last_seq).over(partition_by=at.stream_id, order_by=order, rows=(None, -1))
    known = (
        sa.select(at.id, at.stream_id, at.seen_us, at.first_seq, at.last_seq, reach.label("reach"))
        .where(at.tenant == tenant, at.stream_id.in_(list(rounds)))
        .subquery()
    )
    round_ = sa.case(rounds, value=known.c.stream_id)
    begins = sa.case((known.c.reach.is_(None) | (known.c.first_seq > known.c.reach + round_), 1), else_=0)
    number = sa.func.sum(begins).over(
        partition_by=known.c.stream_id,
        order_by=(known.c.first_seq, known.c.last_seq, known.c.id),
        rows=(None, 0),
    )
    return sa.select(known.c.id, known.c.stream_id, known.c.seen_us, number.label("number")).subquery()


def _rounds(connection: sa.Connection, tenant: str, stream_ids: Sequence[str]) -> dict[str, int]:
    """Events that one number of each series takes, of the streams that have alerts."""
    with_alerts = sa.exists().where(
        series_anomalies.c.tenant == streams.c.tenant, series_anomalies.c.stream_id == streams.c.id
    )
    query = sa.select(streams.c.id, streams.c.configuration).where(
        streams.c.tenant == tenant, streams.c.id.in_(stream_ids), with_alerts
    )
    return {
        row.id: SeriesPlan.from_configuration(row.configuration).round for row in connection.execute(query)
    }
