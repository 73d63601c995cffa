"""The access log: openings, exports, refused attempts."""

from dataclasses import asdict

import sqlalchemy as sa

from driftlock.services.accesses import AccessRow
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema_people import accesses


class SqlAccesses:
    """:class:`driftlock.services.accesses.AccessTable`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, row: AccessRow) -> None:
        """Keep one."""
        with writing(self._engine, row.tenant) as connection:
            connection.execute(sa.insert(accesses).values(**asdict(row)))

    def page(
        self, tenant: str, actor: str | None, what: str | None, object_id: str | None, offset: int, limit: int
    ) -> tuple[list[AccessRow], int]:
        """Newest first, and how many there are."""
        wanted = {"actor": actor, "what": what, "object_id": object_id}
        condition = sa.and_(
            accesses.c.tenant == tenant,
            *(accesses.c[name] == value for name, value in wanted.items() if value is not None),
        )
        query = sa.select(accesses).where(condition).order_by(accesses.c.at.desc(), accesses.c.id)
        with reading(self._engine, tenant) as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(accesses).where(condition)) or 0
            rows = connection.execute(query.offset(offset).limit(limit)).mappings()
            return [AccessRow(**row) for row in rows], total
