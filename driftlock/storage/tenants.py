"""Tenants."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from driftlock.services.accounts_rows import TenantRow, TenantState
from driftlock.storage.connect import EVERY_TENANT, reading, writing
from driftlock.storage.schema_people import memberships, tenants, users


class SqlTenants:
    """:class:`driftlock.services.accounts_rows.TenantTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> list[TenantRow]:
        """Without visitors' and removed ones, by name."""
        return self._rows(EVERY_TENANT, tenants.c.expires_at.is_(None), tenants.c.state != "removed")

    def get(self, tenant: str) -> TenantRow | None:
        """Also one that is removed."""
        found = self._rows(tenant, tenants.c.tenant == tenant)
        return found[0] if found else None

    def add(
        self, tenant: str, name: str, *, plan: str, now: datetime, expires_at: datetime | None = None
    ) -> bool:
        """False if there is one of that id, or was."""
        row = {
            "tenant": tenant,
            "name": name,
            "plan": plan,
            "state": "active",
            "settings": {},
            "created_at": now,
            "expires_at": expires_at,
        }
        try:
            with writing(self._engine, tenant) as connection:
                connection.execute(sa.insert(tenants).values(row))
        except IntegrityError:
            return False
        return True

    def rename(self, tenant: str, name: str) -> None:
        """Another name."""
        self._change(tenant, name=name)

    def set_state(self, tenant: str, state: TenantState) -> None:
        """Active, suspended or removed."""
        self._change(tenant, state=state)

    def _change(self, tenant: str, **values: object) -> None:
        with writing(self._engine, tenant) as connection:
            connection.execute(sa.update(tenants).where(tenants.c.tenant == tenant).values(values))

    def _rows(self, tenant: str, *conditions: Any) -> list[TenantRow]:
        people = (
            sa.select(sa.func.count())
            .select_from(memberships.join(users, users.c.id == memberships.c.user_id))
            .where(memberships.c.tenant == tenants.c.tenant, users.c.state == "active")
            .scalar_subquery()
        )
        query = sa.select(
            tenants.c.tenant,
            tenants.c.name,
            tenants.c.plan,
            tenants.c.state,
            people.label("users"),
            tenants.c.created_at,
            tenants.c.expires_at,
        ).where(*conditions)
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query.order_by(tenants.c.name, tenants.c.tenant)).mappings()
            return [TenantRow(**row) for row in found]
