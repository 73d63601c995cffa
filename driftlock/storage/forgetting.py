"""Deletion of streams, of tenants, and of what is kept of a person, in short transactions."""

import re
from typing import Any, Final

import sqlalchemy as sa

from driftlock.services.forgetting import PersonFound, Progress
from driftlock.services.tenants import VISIT
from driftlock.storage import forgetting_person
from driftlock.storage.connect import EVERY_TENANT, empty_log, reading, writing
from driftlock.storage.desk_parts import forget, hold
from driftlock.storage.retention import held, texts
from driftlock.storage.schema import anomalies, events, metadata, runs, series_anomalies, streams, windows
from driftlock.storage.schema_people import audit_log, memberships, sessions, tenants, users
from driftlock.storage.schema_proof import bundles, comments

AT_ONCE: Final = 5_000  # rows of one transaction
_MANY: Final = ((events, events.c.seq), (windows, windows.c.window))
_OF_STREAMS: Final = [table for table in metadata.sorted_tables if "stream_id" in table.columns]
_OF_TENANTS: Final = [
    table
    for table in metadata.sorted_tables
    if "tenant" in table.columns and table not in (tenants, audit_log, sessions)
]


class SqlForgetting:
    """:class:`driftlock.services.forgetting.ForgettingTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def stream_counts(self, tenant: str, stream_id: str) -> dict[str, int] | None:
        """Rows by table; None: no such stream."""
        with reading(self._engine, tenant) as connection:
            there = sa.select(streams.c.id).where(streams.c.tenant == tenant, streams.c.id == stream_id)
            if connection.scalar(there) is None:
                return None
            return {
                table.name: _count(connection, _of_stream(table, tenant, stream_id)) for table in _OF_STREAMS
            }

    def held(self, tenant: str, stream_id: str | None) -> int:
        """Bundles that are held and rest on the stream, or on any."""
        with reading(self._engine, tenant) as connection:
            count = _count(connection, (bundles.c.tenant == tenant) & bundles.c.held)
            ids = held(connection, tenant)
            if not count or stream_id is None or ids is None:
                return count
            return sum(
                _count(connection, _of_stream(table, tenant, stream_id) & table.c.id.in_(sorted(ids)))
                for table in (anomalies, series_anomalies)
            )

    def run_of(self, tenant: str, stream_id: str) -> str | None:
        """The analysis that made the stream."""
        with reading(self._engine, tenant) as connection:
            return connection.scalar(
                sa.select(streams.c.run_id).where(streams.c.tenant == tenant, streams.c.id == stream_id)
            )

    def forget_stream(self, tenant: str, stream_id: str) -> dict[str, int]:
        """Many rows first, some at a time; the stream itself with the last of them, so that nothing is left alone."""
        gone = dict.fromkeys((table.name for table in _OF_STREAMS), 0)
        for table, key in _MANY:
            gone[table.name] = self._some_by_some(table, key, tenant, _of_stream(table, tenant, stream_id))
        with writing(self._engine, tenant) as connection:
            hold(connection, tenant, [stream_id])
            forget(connection, tenant, [stream_id])
            ids = [
                one
                for table in (anomalies, series_anomalies)
                for one in connection.scalars(
                    sa.select(table.c.id).where(_of_stream(table, tenant, stream_id))
                )
            ]
            gone["bundles"] = self._bundles_of(connection, tenant, set(ids))
            gone["comments"] = _deleted_in(connection, comments, tenant, comments.c.object_id, ids)
            for table in reversed(_OF_STREAMS):
                gone[table.name] += connection.execute(
                    sa.delete(table).where(_of_stream(table, tenant, stream_id))
                ).rowcount
            connection.execute(
                sa.delete(streams).where(streams.c.tenant == tenant, streams.c.id == stream_id)
            )
        return gone

    def tenant_counts(self, tenant: str) -> dict[str, int]:
        """Rows by table."""
        with reading(self._engine, tenant) as connection:
            return {table.name: _count(connection, table.c.tenant == tenant) for table in _OF_TENANTS}

    def forget_tenant(self, tenant: str) -> dict[str, int]:
        """Everything; of a visitor's the tenant itself too, of others its id and its audit log stay."""
        gone = {
            table.name: self._some_by_some(table, key, tenant, table.c.tenant == tenant)
            for table, key in _MANY
        }
        this = tenants.c.tenant == tenant
        with writing(self._engine, tenant) as connection:
            # First: of a tenant that is not removed the logs cannot be deleted.
            connection.execute(sa.update(tenants).where(this).values(state="removed"))
            mine = sa.select(streams.c.id).where(streams.c.tenant == tenant)
            hold(connection, tenant, list(connection.scalars(mine)))
            members = sa.select(memberships.c.user_id).where(memberships.c.tenant == tenant)
            people = list(connection.scalars(members))
            for table in reversed(_OF_TENANTS):
                rows = connection.execute(sa.delete(table).where(table.c.tenant == tenant)).rowcount
                gone[table.name] = gone.get(table.name, 0) + rows
            gone["sessions"] = connection.execute(
                sa.delete(sessions).where(sessions.c.tenant == tenant)
            ).rowcount
            if tenant.startswith(VISIT):
                connection.execute(sa.delete(tenants).where(this))
                connection.execute(sa.delete(audit_log).where(audit_log.c.tenant == tenant))
            else:
                emptied: dict[str, Any] = {
                    "name": tenant,
                    "state": "removed",
                    "settings": {},
                    "retention_days": None,
                }
                connection.execute(sa.update(tenants).where(this).values(**emptied))
        gone["users"] = sum(self._forget_user(user) for user in people)
        return gone

    def _forget_user(self, user_id: str) -> int:
        """Address, name and password of who is in no tenant any more."""
        with reading(self._engine, EVERY_TENANT) as connection:
            if _count(connection, memberships.c.user_id == user_id):
                return 0
        blank = dict.fromkeys(("email", "name", "password", "subject"), sa.null())
        with writing(self._engine, EVERY_TENANT) as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.user_id == user_id))
            return connection.execute(
                sa.update(users)
                .where(users.c.id == user_id)
                .values({**blank, "state": "disabled", "preferences": {}})
            ).rowcount

    def runs(self, tenant: str) -> list[str]:
        """Ids of the tenant's analyses, whose sources may lie in the spool."""
        with reading(self._engine, tenant) as connection:
            return list(connection.scalars(sa.select(runs.c.id).where(runs.c.tenant == tenant)))

    def find_person(self, tenant: str, term: re.Pattern[bytes], progress: Progress | None) -> PersonFound:
        """Where the term stands."""
        return forgetting_person.search(self._engine, tenant, term, progress, remove=False)

    def forget_person(self, tenant: str, term: re.Pattern[bytes], progress: Progress | None) -> PersonFound:
        """Take it out."""
        return forgetting_person.search(self._engine, tenant, term, progress, remove=True)

    def empty_log(self) -> bool:
        """What is gone leaves the log of the database too; False: somebody read or wrote meanwhile."""
        return empty_log(self._engine)

    def _some_by_some(
        self, table: sa.Table, key: sa.Column[Any], tenant: str, which: sa.ColumnElement[bool]
    ) -> int:
        gone = 0
        while True:
            with writing(self._engine, tenant) as connection:
                rows = connection.execute(
                    sa.select(table.c.stream_id, key)
                    .where(which)
                    .order_by(table.c.stream_id, key)
                    .limit(AT_ONCE)
                ).all()
                for stream_id in dict.fromkeys(row[0] for row in rows):
                    last = max(row[1] for row in rows if row[0] == stream_id)
                    gone += connection.execute(
                        sa.delete(table).where(which, table.c.stream_id == stream_id, key <= last)
                    ).rowcount
            if len(rows) < AT_ONCE:
                return gone

    def _bundles_of(self, connection: sa.Connection, tenant: str, ids: set[str]) -> int:
        """Those made of anomalies that go: they quote their events."""
        made = connection.execute(
            sa.select(bundles.c.id, bundles.c.scope).where(bundles.c.tenant == tenant)
        ).all()
        old = [bundle_id for bundle_id, scope in made if ids & set(texts(scope))]
        return _deleted_in(connection, bundles, tenant, bundles.c.id, old)


def _of_stream(table: sa.Table, tenant: str, stream_id: str) -> sa.ColumnElement[bool]:
    return (table.c.tenant == tenant) & (table.c.stream_id == stream_id)


def _count(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).where(which)) or 0


def _deleted_in(
    connection: sa.Connection, table: sa.Table, tenant: str, column: sa.Column[Any], values: list[str]
) -> int:
    gone = 0
    for start in range(0, len(values), 500):
        some = values[start : start + 500]
        gone += connection.execute(
            sa.delete(table).where(table.c.tenant == tenant, column.in_(some))
        ).rowcount
    return gone
