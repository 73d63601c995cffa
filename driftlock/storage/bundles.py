"""Reports that were made, with their bytes."""

from dataclasses import asdict, fields

import sqlalchemy as sa

from driftlock.services.reports_rows import ReportRow
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema_proof import bundles

_FIELDS = tuple(bundles.c[field.name] for field in fields(ReportRow))


class SqlBundles:
    """:class:`driftlock.services.reports_rows.ReportTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, row: ReportRow, content: bytes) -> None:
        """Keep a finished report."""
        with writing(self._engine, row.tenant) as connection:
            connection.execute(sa.insert(bundles).values(asdict(row) | {"state": "done", "content": content}))

    def newest(self, tenant: str, offset: int, limit: int) -> tuple[list[ReportRow], int]:
        """Newest first, and how many there are."""
        mine = bundles.c.tenant == tenant
        query = sa.select(*_FIELDS).where(mine).order_by(bundles.c.at.desc(), bundles.c.id)
        with reading(self._engine, tenant) as connection:
            rows = [
                ReportRow(**row) for row in connection.execute(query.offset(offset).limit(limit)).mappings()
            ]
            return rows, connection.scalar(sa.select(sa.func.count()).where(mine)) or 0

    def get(self, tenant: str, report_id: str) -> ReportRow | None:
        """The report of that id, if this tenant has it."""
        with reading(self._engine, tenant) as connection:
            found = connection.execute(sa.select(*_FIELDS).where(_is(tenant, report_id))).mappings().first()
        return None if found is None else ReportRow(**found)

    def content(self, tenant: str, report_id: str) -> bytes | None:
        """Its bytes."""
        with reading(self._engine, tenant) as connection:
            found: bytes | None = connection.scalar(
                sa.select(bundles.c.content).where(_is(tenant, report_id))
            )
        return found

    def of_anomalies(self, tenant: str, limit: int) -> list[ReportRow]:
        """Evidence bundles, newest first."""
        query = (
            sa.select(*_FIELDS)
            .where(bundles.c.tenant == tenant, bundles.c.template == "evidence")
            .order_by(bundles.c.at.desc(), bundles.c.id)
            .limit(limit)
        )
        with reading(self._engine, tenant) as connection:
            return [ReportRow(**row) for row in connection.execute(query).mappings()]

    def hold(self, tenant: str, report_id: str, held: bool) -> bool:
        """Whether retention passes it by; False if it is not there."""
        with writing(self._engine, tenant) as connection:
            return bool(
                connection.execute(
                    sa.update(bundles).where(_is(tenant, report_id)).values(held=held)
                ).rowcount
            )

    def remove(self, tenant: str, report_id: str) -> bool:
        """False if it is not there, or held."""
        with writing(self._engine, tenant) as connection:
            return bool(
                connection.execute(sa.delete(bundles).where(_is(tenant, report_id), ~bundles.c.held)).rowcount
            )


def _is(tenant: str, report_id: str) -> sa.ColumnElement[bool]:
    return (bundles.c.tenant == tenant) & (bundles.c.id == report_id)
