"""How far the demonstration of each tenant is, and whether it is still wanted."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from driftlock.services.acting import note
from driftlock.services.demo import DemoState
from driftlock.storage.connect import EVERY_TENANT, carry, reading, writing
from driftlock.storage.schema import demo_data, runs, streams

_COLUMNS: Final = [demo_data.c[name] for name in DemoState.__dataclass_fields__]


class SqlDemo:
    """:class:`driftlock.services.demo.DemoTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def get(self, tenant: str) -> DemoState | None:
        """None: never begun."""
        with reading(self._engine, tenant) as connection:
            found = connection.execute(sa.select(*_COLUMNS).where(demo_data.c.tenant == tenant)).mappings()
            row = found.first()
        return None if row is None else DemoState(**row)

    def begin(self, tenant: str, *, days: int, now: datetime) -> bool:
        """Begin it, once and only for a tenant without data of its own; False if that is not so."""
        plays = sa.select(runs.c.id).where(runs.c.tenant == tenant, runs.c.source == "scenario")
        there = (
            demo_data.c.tenant == tenant,
            (runs.c.tenant == tenant) & (runs.c.source != "scenario"),
            (streams.c.tenant == tenant) & (streams.c.run_id.is_(None) | streams.c.run_id.not_in(plays)),
        )
        with writing(self._engine, tenant) as connection:
            for condition in there:
                if connection.scalar(sa.select(sa.exists().where(condition))):
                    return False
            note(within=connection)
            connection.execute(sa.insert(demo_data).values(tenant=tenant, begun_at=now, days=days, taken=0))
        return True

    def take(self, parts: int) -> DemoState | None:
        """The next part of somebody's demonstration, given to one caller only; None if none is left."""
        waiting = sa.select(*_COLUMNS).where(demo_data.c.taken < parts, demo_data.c.removed_at.is_(None))
        with writing(self._engine, EVERY_TENANT) as connection:
            row = connection.execute(waiting.order_by(demo_data.c.begun_at).limit(1)).mappings().first()
            if row is None:
                return None
            carry(connection, row["tenant"])
            # Another process may have looked at the same moment: whose update counts has the part.
            mine = connection.execute(
                sa.update(demo_data)
                .where(demo_data.c.tenant == row["tenant"], demo_data.c.taken == row["taken"])
                .values(taken=row["taken"] + 1)
            ).rowcount
        return DemoState(**row) if mine else None

    def put_back(self, state: DemoState) -> None:
        """Let the part that was taken be taken again, unless a later one was taken meanwhile."""
        with writing(self._engine, state.tenant) as connection:
            connection.execute(
                sa.update(demo_data)
                .where(demo_data.c.tenant == state.tenant, demo_data.c.taken == state.taken + 1)
                .values(taken=state.taken)
            )

    def remove(self, tenant: str, *, now: datetime) -> None:
        """Not wanted from now on, also where it never began."""
        with writing(self._engine, tenant) as connection:
            known = connection.execute(
                sa.update(demo_data).where(demo_data.c.tenant == tenant).values(removed_at=now)
            ).rowcount
            if not known:
                connection.execute(
                    sa.insert(demo_data).values(tenant=tenant, begun_at=now, days=0, taken=0, removed_at=now)
                )

    def runs(self, tenant: str) -> list[str]:
        """Ids of the runs that it made."""
        query = sa.select(runs.c.id).where(runs.c.tenant == tenant, runs.c.source == "demo")
        with reading(self._engine, tenant) as connection:
            return list(connection.scalars(query.order_by(runs.c.created_at, runs.c.id)))
