"""Keys that programs sign in with."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from driftlock.services.api_keys_rows import ApiKey, StoredKey
from driftlock.storage.connect import EVERY_TENANT, reading, writing
from driftlock.storage.schema_people import api_keys, tenants

_FIELDS: Final = tuple(ApiKey.__dataclass_fields__)
_COLUMNS: Final = [api_keys.c[name] for name in _FIELDS]


class SqlApiKeys:
    """:class:`driftlock.services.api_keys_rows.ApiKeyTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, stored: StoredKey) -> None:
        """Keep a new one."""
        row = {name: getattr(stored.key, name) for name in _FIELDS}
        with writing(self._engine, stored.tenant) as connection:
            connection.execute(
                sa.insert(api_keys).values(row | {"tenant": stored.tenant, "hash": stored.hash})
            )

    def find(self, key_id: str) -> StoredKey | None:
        """Of whatever tenant, unless that is suspended or removed."""
        query = (
            sa.select(*_COLUMNS, api_keys.c.tenant, api_keys.c.hash)
            .select_from(api_keys.join(tenants, tenants.c.tenant == api_keys.c.tenant))
            .where(api_keys.c.id == key_id, tenants.c.state == "active")
        )
        with reading(self._engine, EVERY_TENANT) as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else StoredKey(tenant=row["tenant"], key=_key(row), hash=row["hash"])

    def all(self, tenant: str) -> list[ApiKey]:
        """Newest first."""
        query = sa.select(*_COLUMNS).where(api_keys.c.tenant == tenant)
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query.order_by(api_keys.c.created_at.desc(), api_keys.c.id))
            return [_key(row) for row in found.mappings()]

    def end(self, tenant: str, key_id: str, *, at: datetime) -> bool:
        """Revoked from then on, or from earlier on if it was; False: the tenant has no such key."""
        since = sa.func.coalesce(api_keys.c.revoked_at, sa.bindparam("since", at, api_keys.c.revoked_at.type))
        return self._change(tenant, key_id, revoked_at=since)

    def expire(self, tenant: str, key_id: str, *, at: datetime) -> None:
        """Over at the latest then."""
        over = sa.bindparam("over", at, api_keys.c.expires_at.type)
        earlier = api_keys.c.expires_at.is_not(None) & (api_keys.c.expires_at < over)
        self._change(tenant, key_id, expires_at=sa.case((earlier, api_keys.c.expires_at), else_=over))

    def used(self, tenant: str, key_id: str, *, at: datetime, address: str | None) -> None:
        """When and from where it was used last."""
        self._change(tenant, key_id, used_at=at, used_from=None if address is None else address[:64])

    def _change(self, tenant: str, key_id: str, **values: Any) -> bool:
        mine = (api_keys.c.tenant == tenant) & (api_keys.c.id == key_id)
        with writing(self._engine, tenant) as connection:
            return bool(connection.execute(sa.update(api_keys).where(mine).values(values)).rowcount)


def _key(row: Any) -> ApiKey:
    return ApiKey(**{name: row[name] for name in _FIELDS})
