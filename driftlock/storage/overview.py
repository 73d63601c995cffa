"""Counts and rows of many streams at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from driftlock.model import ScoreColumns, Stream, microseconds, moment
from driftlock.ports import Order
from driftlock.services.overview_rows import (
    Annotation,
    Feed,
    Scope,
    SelfCheck,
    SelfCheckLine,
    StreamState,
    Wanted,
)
from driftlock.services.overview_store import BucketRow, Buckets, FlaggedTotals, WindowTotals
from driftlock.services.series_plan import is_series
from driftlock.storage.bucket_counts import flagged_by_bucket, tested_by_bucket
from driftlock.storage.connect import reading
from driftlock.storage.desk_parts import there
from driftlock.storage.feed import feed, newer
from driftlock.storage.overview_parts import count_series_incidents, of_scope, seen_within, suppressed
from driftlock.storage.schema import (
    annotations,
    anomalies,
    detector_states,
    events,
    jobs,
    runs,
    series_anomalies,
    streams,
    windows,
)
from driftlock.storage.series_numbers import numbers_by_bucket
from driftlock.storage.window_scores import thinned_scores
from driftlock.storage.work_queue import LIVE


class SqlOverview:
    """:class:`driftlock.services.overview_store.OverviewTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def streams(self, tenant: str, now: datetime) -> list[StreamState]:
        """All streams but those of runs past their time at *now*; newest data first."""
        alive = runs.c.id.is_(None) | runs.c.expires_at.is_(None) | (runs.c.expires_at > now)
        query = (
            sa.select(
                streams,
                runs.c.source,
                _of_windows(sa.func.min).label("first_window"),
                _of_windows(sa.func.max).label("last_window"),
                _event_at(1).label("first_event"),
                _event_at(detector_states.c.cursor).label("last_event"),
                _of_alerts(sa.func.min).label("first_alert"),
                _of_alerts(sa.func.max).label("last_alert"),
            )
            .select_from(streams.outerjoin(runs).outerjoin(detector_states))
            .where(streams.c.tenant == tenant, alive | runs.c.state.in_(LIVE))
        )
        with reading(self._engine, tenant) as connection:
            found = [_state(row) for row in connection.execute(query).mappings()]
        found.sort(key=lambda state: (state.stream.name, state.stream.id))
        found.sort(
            key=lambda state: -1 if state.last_seen is None else microseconds(state.last_seen), reverse=True
        )
        return found

    def window_totals(self, scope: Scope, stream_ids: Sequence[str]) -> dict[str, WindowTotals]:
        """Of these streams, within the range of *scope*; those without any are left out."""
        query = (
            sa.select(windows.c.stream_id, sa.func.count().label("tested"), sa.func.sum(windows.c.chance))
            .where(
                windows.c.tenant == scope.tenant,
                windows.c.stream_id.in_(stream_ids),
                *seen_within(windows, scope),
            )
            .group_by(windows.c.stream_id)
        )
        with reading(self._engine, scope.tenant) as connection:
            return {
                stream_id: WindowTotals(tested=tested, chance=chance)
                for stream_id, tested, chance in connection.execute(query)
            }

    def flagged_totals(self, scope: Scope, now: datetime) -> tuple[FlaggedTotals, FlaggedTotals]:
        """Of windows and of series; what is suppressed at *now* is counted within."""
        return self._window_flags(scope, now), self._alerts(scope, now)

    def _window_flags(self, scope: Scope, now: datetime) -> FlaggedTotals:
        one_each = sa.select(anomalies.c.stream_id, anomalies.c.incident).distinct()
        with reading(self._engine, scope.tenant) as connection:
            count, hidden = connection.execute(_counted(anomalies, scope, now)).one()
            incidents = connection.scalars(
                sa.select(sa.func.count()).select_from(one_each.where(of_scope(anomalies, scope)).subquery())
            ).one()
        return FlaggedTotals(count=count, incidents=incidents, suppressed=hidden or 0)

    def _alerts(self, scope: Scope, now: datetime) -> FlaggedTotals:
        with reading(self._engine, scope.tenant) as connection:
            count, hidden = connection.execute(_counted(series_anomalies, scope, now)).one()
            incidents = count_series_incidents(connection, scope) if count else 0
        return FlaggedTotals(count=count, incidents=incidents, suppressed=hidden or 0)

    def tested(self, scope: Scope, buckets: Buckets) -> list[BucketRow]:
        """Windows, one row for each stream and bucket that has one."""
        with reading(self._engine, scope.tenant) as connection:
            return tested_by_bucket(connection, scope, buckets)

    def flagged(self, scope: Scope, buckets: Buckets) -> tuple[list[BucketRow], list[BucketRow]]:
        """Likewise flagged windows, and alerts of series."""
        with reading(self._engine, scope.tenant) as connection:
            return (
                flagged_by_bucket(connection, anomalies, anomalies.c.extra_bits, scope, buckets),
                flagged_by_bucket(connection, series_anomalies, series_anomalies.c.bits, scope, buckets),
            )

    def numbers(self, scope: Scope, warmups: Mapping[str, Sequence[int]], buckets: Buckets) -> dict[str, Any]:
        """By stream, numbers of series judged in each bucket; without streams of which that is not known."""
        with reading(self._engine, scope.tenant) as connection:
            return numbers_by_bucket(connection, scope, warmups, buckets)

    def feed(
        self, scope: Scope, wanted: Wanted, order: Order, offset: int, limit: int, now: datetime
    ) -> Feed:
        """Flagged windows and alerts, one page of them."""
        with reading(self._engine, scope.tenant) as connection:
            return feed(connection, scope, wanted, order, offset, limit, now)

    def newer(self, scope: Scope, seen_us: int, now: datetime) -> int:
        """Rows the feed would show that were seen after *seen_us*; whatever the scope's range."""
        with reading(self._engine, scope.tenant) as connection:
            return newer(connection, scope, seen_us, now)

    def scores(self, scope: Scope, stream_id: str, most: int) -> ScoreColumns | None:
        """Windows of one stream within the range, thinned to about *most*; None: none at all."""
        with reading(self._engine, scope.tenant) as connection:
            return thinned_scores(connection, scope, stream_id, most)

    def annotations(self, scope: Scope) -> list[Annotation]:
        """Notes that were not removed, in the order of what they speak of."""
        query = sa.select(annotations).where(
            annotations.c.tenant == scope.tenant,
            annotations.c.removed_at.is_(None),
            annotations.c.stream_id.is_(None) | annotations.c.stream_id.in_(scope.stream_ids),
        )
        if scope.since is not None:
            query = query.where(annotations.c.about_us >= microseconds(scope.since))
        if scope.until is not None:
            query = query.where(annotations.c.about_us <= microseconds(scope.until))
        with reading(self._engine, scope.tenant) as connection:
            return [
                Annotation(
                    id=row.id,
                    stream_id=row.stream_id,
                    about=moment(row.about_us),
                    text=row.text,
                    at=row.at,
                    by=row.by,
                )
                for row in connection.execute(query.order_by(annotations.c.about_us, annotations.c.id))
            ]

    def last_self_check(self, tenant: str, now: datetime) -> SelfCheck | None:
        """The newest finished detectability job of a stream whose run is not past its time at *now*."""
        query = (
            sa.select(jobs.c.stream_id, jobs.c.finished_at, jobs.c.result, streams.c.name)
            .select_from(jobs.join(streams))
            .where(jobs.c.tenant == tenant, jobs.c.kind == "detectability", jobs.c.state == "done")
            .where(there(jobs, now))
            .order_by(jobs.c.finished_at.desc(), jobs.c.id)
            .limit(1)
        )
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query).first()
        if found is None or found.result is None:
            return None
        return SelfCheck(
            at=found.finished_at,
            stream_id=found.stream_id,
            stream_name=found.name,
            lines=tuple(
                SelfCheckLine(kind=line["kind"], of=line["of"], noticed_from=line["noticed_from"])
                for line in found.result["lines"]
            ),
        )


def _counted(table: sa.Table, scope: Scope, now: datetime) -> sa.Select[int, Any]:
    hidden = sa.func.sum(sa.case((suppressed(table.c.pattern, scope.tenant, now), 1), else_=0))
    return sa.select(sa.func.count(), hidden).where(of_scope(table, scope))


def _of_windows(end: Any) -> sa.ScalarSelect[int]:
    # One of a stream at a time: an index answers the least and the greatest without reading the others.
    return (
        sa.select(end(windows.c.seen_us))
        .where(windows.c.tenant == streams.c.tenant, windows.c.stream_id == streams.c.id)
        .correlate(streams)
        .scalar_subquery()
    )


def _event_at(seq: Any) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.coalesce(events.c.at_us, events.c.received_us))
        .where(events.c.tenant == streams.c.tenant, events.c.stream_id == streams.c.id, events.c.seq == seq)
        .correlate(streams, detector_states)
        .scalar_subquery()
    )


def _of_alerts(end: Any) -> sa.ScalarSelect[int]:
    return (
        sa.select(end(series_anomalies.c.seen_us))
        .where(series_anomalies.c.tenant == streams.c.tenant, series_anomalies.c.stream_id == streams.c.id)
        .correlate(streams)
        .scalar_subquery()
    )


def _state(row: sa.RowMapping) -> StreamState:
    stream = Stream(**{column.name: row[column] for column in streams.columns})
    series = is_series(stream.configuration)
    first, last = row["first_window"], row["last_window"]
    if series and stream.windows:
        # Numbers leave no windows: their times are those of the events that were judged. These need not come in
        # the order of their times.
        first, last = (
            end((us for us in (row[f"{which}_event"], row[f"{which}_alert"]) if us is not None), default=None)
            for end, which in ((min, "first"), (max, "last"))
        )
    return StreamState(
        stream=stream,
        source=row["source"],
        first_seen=None if first is None else moment(first),
        last_seen=None if last is None else moment(last),
        series=series,
    )
