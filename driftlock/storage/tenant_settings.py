"""Settings and retention of tenants, and what their reports keep from being deleted."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from driftlock.services.tenant_settings import HeldReport
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema_people import tenants
from driftlock.storage.schema_proof import bundles


class SqlTenantSettings:
    """:class:`driftlock.services.tenant_settings.TenantSettingsTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def get(self, tenant: str) -> tuple[Mapping[str, Any], int | None] | None:
        """Settings and days of retention; None: no such tenant, or removed."""
        query = sa.select(tenants.c.settings, tenants.c.retention_days).where(
            tenants.c.tenant == tenant, tenants.c.state != "removed"
        )
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query).first()
        return None if found is None else (found.settings or {}, found.retention_days)

    def set(self, tenant: str, values: Mapping[str, Any]) -> None:
        """Read and written in one transaction that nobody of the tenant writes beside."""
        mine = tenants.c.tenant == tenant
        with writing(self._engine, tenant) as connection:
            held = dict(connection.scalar(sa.select(tenants.c.settings).where(mine)) or {})
            held |= values
            kept = {name: value for name, value in held.items() if value is not None}
            connection.execute(sa.update(tenants).where(mine).values(settings=kept))

    def set_retention(self, tenant: str, days: int | None) -> None:
        """For events of streams that say nothing themselves."""
        with writing(self._engine, tenant) as connection:
            connection.execute(
                sa.update(tenants).where(tenants.c.tenant == tenant).values(retention_days=days)
            )

    def held(self, tenant: str, limit: int) -> list[HeldReport]:
        """Newest first."""
        query = (
            sa.select(bundles.c.id, bundles.c.name, bundles.c.by, bundles.c.at)
            .where(bundles.c.tenant == tenant, bundles.c.held)
            .order_by(bundles.c.at.desc(), bundles.c.id)
            .limit(limit)
        )
        with reading(self._engine, tenant) as connection:
            return [HeldReport(**row) for row in connection.execute(query).mappings()]
