"""Where in time flagged windows and alerts lie, and how long the windows of their streams usually last."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from driftlock.services.cases_spans import SEVERITIES
from driftlock.services.cases_store import Flagged, Reach, Tallies, Tally
from driftlock.services.series_plan import is_series
from driftlock.storage.desk_parts import alive
from driftlock.storage.schema import anomalies, runs, series_anomalies, streams, windows
from driftlock_core.profiles import Profile

_LISTS = (anomalies, series_anomalies)
_RANKS = {name: rank for rank, name in enumerate(SEVERITIES)}
_AT_ONCE = 4_096  # rows
_FEW = 64  # streams, each asked for by itself; of more all are read


def tallies(connection: sa.Connection, tenant: str, now: datetime) -> Tallies:
    """Of each stream; they change whenever something is flagged, deleted, or past its time at *now*."""

    def of(table: sa.Table, what: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
        mine = (table.c.tenant == streams.c.tenant) & (table.c.stream_id == streams.c.id)
        return sa.select(what).where(mine).correlate(streams).scalar_subquery()

    at, alerts = anomalies.c, series_anomalies.c
    query = sa.select(
        streams.c.id,
        of(anomalies, sa.func.count(at.window)),
        of(anomalies, sa.func.coalesce(sa.func.max(at.window), -1)),
        of(series_anomalies, sa.func.count(alerts.seen_us)),
        of(series_anomalies, sa.func.coalesce(sa.func.max(alerts.seen_us), 0)),
    ).where(streams.c.tenant == tenant, alive(streams, now))
    return {
        stream_id: Tally(windows=windows, last_window=last, alerts=alerts, last_alert_us=last_us)
        for stream_id, windows, last, alerts, last_us in connection.execute(query)
    }


def reaches(connection: sa.Connection, tenant: str, now: datetime) -> list[Reach]:
    """Of all streams in which something was flagged that has its place in time; of series without length and times."""
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
        .where(sa.or_(*map(_any, _LISTS)))
        .order_by(streams.c.created_at, streams.c.id)
    )
    found, files = [], set()
    for row in connection.execute(query):
        file = (row.sha256, row.name)
        if row.source == "scenario" or (row.sha256 is not None and file in files):
            continue
        files.add(file)
        if is_series(row.configuration):
            found.append(_reach(row, of_numbers=True))
        elif row.first_us is not None:
            profile = Profile.from_configuration(row.configuration)
            per_event = (row.last_us - row.first_us) / max(1, (row.windows - 1) * profile.hop)
            length_us = round(per_event * profile.window)
            found.append(_reach(row, length_us, row.first_us, row.last_us))
    return found


def flagged(
    connection: sa.Connection, tenant: str, ranges: Mapping[str, tuple[int, int]]
) -> dict[str, Flagged]:
    """Of each of those streams, the flagged windows behind one and up to another; behind -1 also the alerts."""
    rows: dict[str, list[tuple[Any, ...]]] = {stream_id: [] for stream_id in ranges}
    at, alerts = anomalies.c, series_anomalies.c
    if len(ranges) > _FEW and all(after < 0 for after, _ in ranges.values()):
        for row in _rows(connection, anomalies, at.tenant == tenant, at.window):
            if row[0] in ranges and row[-1] <= ranges[row[0]][1]:
                rows[row[0]].append(row[:-1])
        for row in _rows(connection, series_anomalies, alerts.tenant == tenant):
            if row[0] in ranges:
                rows[row[0]].append(row)
    else:
        for stream_id, (after, last) in ranges.items():
            mine = (at.tenant == tenant) & (at.stream_id == stream_id)
            # Behind none, the index of the feed holds all; of few further ones their rows are read.
            behind = at.window + 0 <= last if after < 0 else (at.window > after) & (at.window <= last)
            rows[stream_id] += _rows(connection, anomalies, mine & behind)
            if after < 0:
                of_stream = (alerts.tenant == tenant) & (alerts.stream_id == stream_id)
                rows[stream_id] += _rows(connection, series_anomalies, of_stream)
    fed = set(
        connection.scalars(
            sa.select(streams.c.id).where(streams.c.tenant == tenant, streams.c.run_id.is_(None))
        )
    )
    return {stream_id: _columns(mine, fed=stream_id in fed) for stream_id, mine in rows.items()}


def _rows(
    connection: sa.Connection,
    table: sa.Table,
    which: sa.ColumnElement[bool],
    *more: sa.ColumnElement[Any],
) -> Iterator[tuple[Any, ...]]:
    """As the driver hands them over: fifty thousand of them as objects take three times as long."""
    at = table.c
    # In the order and out of the columns of the index of the feed, so that no row of 20 KB is read.
    query = sa.select(
        *(at.stream_id, at.id, at.first_at_us, at.last_at_us, at.seen_us, at.severity), *more
    ).where(which)
    cursor = connection.execute(query).cursor
    assert cursor is not None
    while some := cursor.fetchmany(_AT_ONCE):
        yield from some


def _columns(rows: Sequence[tuple[Any, ...]], *, fed: bool) -> Flagged:
    """As far as its events name it, the first and the last moment of each."""
    _, names, first_at, last_at, seen, severity = zip(*rows, strict=True) if rows else ((),) * 6
    last = np.array(
        [seen_us if at is None else at for at, seen_us in zip(last_at, seen, strict=True)], np.int64
    )
    first = np.array(
        [end if at is None else at for at, end in zip(first_at, last.tolist(), strict=True)], np.int64
    )
    return Flagged(
        anomaly_id=np.array([name.encode() for name in names], dtype="S32"),
        first_us=np.minimum(first, last),
        last_us=np.maximum(first, last),
        severity=np.array([_RANKS[one] for one in severity], dtype=np.int8),
        # A file whose events name no time came in all at once: that says nothing about when it happened.
        placed=np.array([fed or at is not None for at in last_at], dtype=np.bool_),
    )


def found_at(row: Any) -> tuple[int, int]:
    """First and last moment of a flagged window, each as far as its events name it."""
    last = row.seen_us if row.last_at_us is None else row.last_at_us
    first = last if row.first_at_us is None else row.first_at_us
    return min(first, last), max(first, last)


def _any(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.exists().where(table.c.tenant == streams.c.tenant, table.c.stream_id == streams.c.id)


def _reach(
    row: Any, length_us: int = 0, first_us: int = 0, last_us: int = 0, *, of_numbers: bool = False
) -> Reach:
    return Reach(
        stream_id=row.id,
        stream_name=row.name,
        length_us=length_us,
        of_numbers=of_numbers,
        first_us=first_us,
        last_us=last_us,
    )
