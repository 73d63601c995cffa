"""Old events and verdicts of streams without an end, and how they go: a beginning at a time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from driftlock.services.records import verdict_of
from driftlock.services.retention import FIRST_SIZES, Cut, OldStream
from driftlock.services.tenants import VISIT
from driftlock.storage.connect import EVERY_TENANT, empty_log, reading, writing
from driftlock.storage.schema import (
    anomalies,
    detector_states,
    events,
    reviews,
    series_anomalies,
    streams,
    windows,
)
from driftlock.storage.schema_people import invitations, sessions, tenants
from driftlock.storage.schema_proof import bundles, case_anomalies, votes
from driftlock_core.measure import needed

# Rows of one transaction: a tenth of a second at most, so that whoever receives waits no longer.
AT_ONCE: Final = 5_000
_VERDICTS: Final = (anomalies, series_anomalies)


class SqlRetention:
    """:class:`driftlock.services.retention.RetentionTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def streams(self, tenant: str | None = None) -> list[OldStream]:
        """Those without an end, of one tenant or of all."""
        judged = (detector_states.c.tenant == streams.c.tenant) & (
            detector_states.c.stream_id == streams.c.id
        )
        query = (
            sa.select(
                streams.c.tenant,
                streams.c.id.label("stream_id"),
                *(streams.c[name] for name in ("name", "configuration", "events", "removed_through")),
                detector_states.c.cursor,
                streams.c.retention_days.label("stream_days"),
                tenants.c.retention_days.label("tenant_days"),
                tenants.c.plan,
            )
            .join(detector_states, judged)
            .outerjoin(tenants, tenants.c.tenant == streams.c.tenant)
            .where(streams.c.run_id.is_(None))
            .order_by(streams.c.tenant, streams.c.id)
        )
        if tenant is not None:
            query = query.where(streams.c.tenant == tenant)
        with reading(self._engine, EVERY_TENANT if tenant is None else tenant) as connection:
            return [OldStream(**row) for row in connection.execute(query).mappings()]

    def last_before(self, stream: OldStream, moment: datetime) -> int:
        """The last seq that came in before *moment*, or what is removed already: found by halving."""
        moment_us = round(moment.timestamp() * 1_000_000)
        low, high = stream.removed_through, stream.events
        with reading(self._engine, stream.tenant) as connection:
            while low < high:
                middle = (low + high + 1) // 2
                came = connection.scalar(
                    sa.select(events.c.received_us).where(_of(events, stream), events.c.seq == middle)
                )
                if came is None or came < moment_us:
                    low = middle
                else:
                    high = middle - 1
        return low

    def held_from(self, stream: OldStream) -> int | None:
        """The first seq that held evidence rests on; 0: all of it; None: nothing is held."""
        with reading(self._engine, stream.tenant) as connection:
            ids = held(connection, stream.tenant)
            if ids is None:
                return 0
            firsts = []
            for some in _chunks(sorted(ids)):
                of_windows = sa.select(anomalies.c.record).where(
                    _of(anomalies, stream), anomalies.c.id.in_(some)
                )
                for record in connection.scalars(of_windows):
                    firsts.append(min(first for first, _ in needed(verdict_of(record))))
                of_series = sa.select(sa.func.count()).where(
                    _of(series_anomalies, stream), series_anomalies.c.id.in_(some)
                )
                if connection.scalar(of_series):
                    return 0
        return min(firsts, default=None)

    def count(self, stream: OldStream, cut: Cut) -> tuple[int, int, int]:
        """Events, windows and anomalies that go by *cut*."""
        with reading(self._engine, stream.tenant) as connection:
            ids = held(connection, stream.tenant)
            found = sum(
                connection.scalar(sa.select(sa.func.count()).where(which)) or 0
                for which in (_old_verdicts(table, stream, cut, ids) for table in _VERDICTS)
            )
            # Windows of anomalies that go with this cut are still pointed at, so they are counted apart.
            old = sa.select(sa.func.count()).where(_old_windows(stream, cut))
            own = sa.select(sa.func.count()).where(_old_verdicts(anomalies, stream, cut, ids))
            counted = (connection.scalar(old) or 0) + (connection.scalar(own) or 0)
        return cut.through - stream.removed_through, counted, found

    def remove(self, stream: OldStream, cut: Cut, now: datetime) -> tuple[int, int, int]:
        """Remove them, some thousand rows at a time; what was removed, which another process may have begun."""
        gone_events = 0
        behind = stream.removed_through
        while behind < cut.through:
            through = min(behind + AT_ONCE, cut.through)
            with writing(self._engine, stream.tenant) as connection:
                gone_events += connection.execute(
                    sa.delete(events).where(_of(events, stream), events.c.seq <= through)
                ).rowcount
                connection.execute(
                    sa.update(streams)
                    .where(streams.c.tenant == stream.tenant, streams.c.id == stream.stream_id)
                    .where(streams.c.removed_through < through)
                    .values(removed_through=through, removed_at=now)
                )
            behind = through
        gone_anomalies = sum(self._remove_some(stream, table, table.c.id, cut) for table in _VERDICTS)
        gone_windows = self._remove_some(stream, windows, windows.c.window, cut)
        return gone_events, gone_windows, gone_anomalies

    def keep_first_sizes(self, stream: OldStream, sizes: list[int]) -> None:
        """Among its settings."""
        this = (streams.c.tenant == stream.tenant) & (streams.c.id == stream.stream_id)
        with writing(self._engine, stream.tenant) as connection:
            held = connection.scalar(sa.select(streams.c.settings).where(this).with_for_update())
            kept = (held or {}) | {FIRST_SIZES: sizes}
            connection.execute(sa.update(streams).where(this).values(settings=kept))

    def _remove_some(self, stream: OldStream, table: sa.Table, key: sa.Column[Any], cut: Cut) -> int:
        gone = 0
        while True:
            with writing(self._engine, stream.tenant) as connection:
                which = (
                    _old_windows(stream, cut)
                    if table is windows
                    else _old_verdicts(table, stream, cut, held(connection, stream.tenant))
                )
                some = connection.scalars(sa.select(key).where(which).limit(AT_ONCE // 10)).all()
                if not some:
                    return gone
                gone += connection.execute(sa.delete(table).where(_of(table, stream), key.in_(some))).rowcount

    def old_bundles(self, tenant: str, now: datetime) -> int:
        """Of evidence, past their time and not held."""
        with reading(self._engine, tenant) as connection:
            return connection.scalar(sa.select(sa.func.count()).where(_old_bundles(tenant, now))) or 0

    def remove_bundles(self, tenant: str, now: datetime) -> int:
        """Remove them; answers how many."""
        with writing(self._engine, tenant) as connection:
            return connection.execute(sa.delete(bundles).where(_old_bundles(tenant, now))).rowcount

    def remove_sessions(self, before: datetime) -> int:
        """Sessions and invitations that ended before."""
        with writing(self._engine, EVERY_TENANT) as connection:
            gone = connection.execute(sa.delete(sessions).where(sessions.c.expires_at < before)).rowcount
        for tenant in self.tenants():
            with writing(self._engine, tenant) as connection:
                gone += connection.execute(
                    sa.delete(invitations).where(
                        invitations.c.tenant == tenant, invitations.c.expires_at < before
                    )
                ).rowcount
        return gone

    def ended_tenants(self, now: datetime) -> list[str]:
        """Of visitors past their time, and those that were removed and still have data."""
        past = tenants.c.tenant.startswith(VISIT) & (tenants.c.expires_at <= now)
        has = sa.exists().where(streams.c.tenant == tenants.c.tenant)
        query = sa.select(tenants.c.tenant).where(past | ((tenants.c.state == "removed") & has))
        with reading(self._engine, EVERY_TENANT) as connection:
            return list(connection.scalars(query.order_by(tenants.c.tenant)))

    def tenants(self) -> list[str]:
        """All that are there by name."""
        with reading(self._engine, EVERY_TENANT) as connection:
            return list(connection.scalars(sa.select(tenants.c.tenant).order_by(tenants.c.tenant)))

    def empty_log(self) -> None:
        """What is gone leaves the log of the database too."""
        empty_log(self._engine)


def held(connection: sa.Connection, tenant: str) -> set[str] | None:
    """Ids of anomalies that held bundles speak of; None: one speaks of a time, so everything is held."""
    scopes = connection.scalars(
        sa.select(bundles.c.scope).where(bundles.c.tenant == tenant, bundles.c.held)
    ).all()
    ids: set[str] = set()
    for scope in scopes:
        named = {text for text in texts(scope) if len(text) <= 32}
        cases = connection.scalars(
            sa.select(case_anomalies.c.anomaly_id).where(
                case_anomalies.c.tenant == tenant, case_anomalies.c.case_id.in_(sorted(named))
            )
        ).all()
        known = [
            one
            for table in _VERDICTS
            for one in connection.scalars(
                sa.select(table.c.id).where(table.c.tenant == tenant, table.c.id.in_(sorted(named)))
            )
        ]
        if not cases and not known:
            return None
        ids.update(cases, known)
    return ids


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def _of(table: sa.Table, stream: OldStream) -> sa.ColumnElement[bool]:
    return (table.c.tenant == stream.tenant) & (table.c.stream_id == stream.stream_id)


def _old_verdicts(
    table: sa.Table, stream: OldStream, cut: Cut, ids: set[str] | None
) -> sa.ColumnElement[bool]:
    """Seen before the cut, and neither judged by people, nor in a case, nor held: that stays with what it is about."""
    if ids is None:
        return sa.false()
    said = (
        (reviews.c.tenant == table.c.tenant)
        & (reviews.c.anomaly_id == table.c.id)
        & reviews.c.label.is_not(None)
    )
    voted = (votes.c.tenant == table.c.tenant) & (votes.c.anomaly_id == table.c.id)
    in_case = (case_anomalies.c.tenant == table.c.tenant) & (case_anomalies.c.anomaly_id == table.c.id)
    return sa.and_(
        _of(table, stream),
        table.c.seen_us < _us(cut.verdicts_before),
        table.c.last_seq <= cut.through,  # times may be those of a past that was sent just now
        *(~sa.exists().where(condition) for condition in (said, voted, in_case)),
        table.c.id.not_in(sorted(ids)),
    )


def _old_windows(stream: OldStream, cut: Cut) -> sa.ColumnElement[bool]:
    flagged = (
        (anomalies.c.tenant == windows.c.tenant)
        & (anomalies.c.stream_id == windows.c.stream_id)
        & (anomalies.c.window == windows.c.window)
    )
    return sa.and_(
        _of(windows, stream),
        windows.c.seen_us < _us(cut.verdicts_before),
        windows.c.last_seq <= cut.through,
        ~sa.exists().where(flagged),
    )


def _old_bundles(tenant: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(bundles.c.tenant == tenant, bundles.c.expires_at <= now, ~bundles.c.held)


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), 500):
        yield values[start : start + 500]
