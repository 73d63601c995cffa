"""Where in time flagged windows and alerts lie, and how long the windows of their streams usually last."""

from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import Any

import sqlalchemy as sa

from driftlock.services.cases_store import Reach, Span
from driftlock.services.series_plan import is_series
from driftlock.storage.desk_parts import alive
from driftlock.storage.schema import anomalies, runs, series_anomalies, streams, windows
from driftlock_core.profiles import Profile

_LISTS = ((anomalies, "extra_bits"), (series_anomalies, "bits"))


def stamp(connection: sa.Connection, tenant: str, now: datetime) -> tuple[int, ...]:
    """Changes whenever something is flagged, deleted, or past its time at *now*."""
    counts = [
        connection.execute(
            sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(table.c.seen_us), 0)).where(
                table.c.tenant == tenant
            )
        ).one()
        for table, _ in _LISTS
    ]
    known = connection.scalars(
        sa.select(sa.func.count()).select_from(streams).where(streams.c.tenant == tenant, alive(streams, now))
    ).one()
    return (known, *(number for row in counts for number in row))


def reaches(connection: sa.Connection, tenant: str, now: datetime) -> list[Reach]:
    """Of all streams in which something was flagged that has its place in time."""
    of_stream = (windows.c.tenant == streams.c.tenant) & (windows.c.stream_id == streams.c.id)
    first, last = (
        sa.select(ends(windows.c.seen_us)).where(of_stream).correlate(streams).scalar_subquery()
        for ends in (sa.func.min, sa.func.max)
    )
    query = (
        sa.select(
            *(streams.c.id, streams.c.name, streams.c.configuration, streams.c.windows, streams.c.run_id),
            *(runs.c.source, runs.c.sha256, first.label("first_us"), last.label("last_us")),
        )
        .select_from(
            streams.outerjoin(runs, (runs.c.tenant == streams.c.tenant) & (runs.c.id == streams.c.run_id))
        )
        .where(streams.c.tenant == tenant, alive(streams, now))
        .where(sa.or_(*(_any(table) for table, _ in _LISTS)))
        .order_by(streams.c.created_at, streams.c.id)
    )
    found, files = [], set()
    for row in connection.execute(query):
        file = (row.sha256, row.name)
        if row.source == "scenario" or (row.sha256 is not None and file in files):
            continue
        files.add(file)
        if is_series(row.configuration):
            found.append(_of_numbers(connection, tenant, row))
        elif row.first_us is not None:
            profile = Profile.from_configuration(row.configuration)
            per_event = (row.last_us - row.first_us) / max(1, (row.windows - 1) * profile.hop)
            found.append(
                Reach(
                    stream_id=row.id,
                    stream_name=row.name,
                    length_us=round(per_event * profile.window),
                    of_numbers=False,
                    first_us=row.first_us,
                    last_us=row.last_us,
                )
            )
    return found


def spans(connection: sa.Connection, tenant: str, of: Mapping[str, Reach]) -> list[Span]:
    """Flagged windows and alerts of those streams, by time."""
    found = []
    for table, bits in _LISTS:
        at = table.c
        query = sa.select(
            *(at.id, at.stream_id, at.first_at_us, at.last_at_us, at.seen_us),
            *(at.severity, at[bits].label("bits"), streams.c.run_id),
        ).select_from(table.join(streams))
        for row in connection.execute(query.where(at.tenant == tenant)):
            # A file whose events name no time came in all at once: that says nothing about when it happened.
            if row.stream_id not in of or (row.last_at_us is None and row.run_id is not None):
                continue
            first_us, last_us = found_at(row)
            found.append(
                Span(
                    anomaly_id=row.id,
                    stream_id=row.stream_id,
                    stream_name=of[row.stream_id].stream_name,
                    first_us=first_us,
                    last_us=last_us,
                    severity=row.severity,
                    bits=row.bits,
                )
            )
    return sorted(found, key=lambda one: (one.first_us, one.stream_id, one.anomaly_id))


def found_at(row: Any) -> tuple[int, int]:
    """First and last moment of a flagged window, each as far as its events name it."""
    last = row.seen_us if row.last_at_us is None else row.last_at_us
    first = last if row.first_at_us is None else row.first_at_us
    return min(first, last), max(first, last)


def _any(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.exists().where(table.c.tenant == streams.c.tenant, table.c.stream_id == streams.c.id)


def _of_numbers(connection: sa.Connection, tenant: str, row: Any) -> Reach:
    """A number has no length of its own: the usual length of the stream's alerts stands for it."""
    at = series_anomalies.c
    query = sa.select(at.first_at_us, at.last_at_us, at.seen_us)
    alerts = [
        found_at(one) for one in connection.execute(query.where(at.tenant == tenant, at.stream_id == row.id))
    ]
    return Reach(
        stream_id=row.id,
        stream_name=row.name,
        length_us=round(median(last - first for first, last in alerts)),
        of_numbers=True,
        first_us=min(first for first, _ in alerts),
        last_us=max(last for _, last in alerts),
    )
