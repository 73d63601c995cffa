"""Invitations, and links to set a new password with."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from driftlock.services.accounts_rows import RESET, Invitation
from driftlock.storage.connect import EVERY_TENANT, reading, writing
from driftlock.storage.schema_people import invitations

_COLUMNS: Final = [
    invitations.c.tenant,
    invitations.c.digest.label("id"),
    *(invitations.c[name] for name in ("email", "role", "by", "at", "expires_at")),
]


class SqlLinks:
    """The part of :class:`driftlock.services.accounts_rows.AccountTable` about links."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def invite(self, invitation: Invitation) -> None:
        """One open invitation per address and tenant, and one link for a password: an earlier one ends."""
        kind = invitations.c.role == RESET if invitation.role == RESET else invitations.c.role != RESET
        row = {
            name: getattr(invitation, name) for name in ("tenant", "email", "role", "by", "at", "expires_at")
        }
        with writing(self._engine, invitation.tenant) as connection:
            connection.execute(
                sa.update(invitations)
                .where(
                    invitations.c.tenant == invitation.tenant,
                    invitations.c.email == invitation.email,
                    kind,
                    *_unanswered(),
                )
                .values(revoked_at=invitation.at)
            )
            connection.execute(sa.insert(invitations).values(row | {"digest": invitation.id}))

    def invitation(self, digest: str, now: datetime) -> Invitation | None:
        """One that is open at *now*, of whatever tenant."""
        found = self._open(EVERY_TENANT, now, invitations.c.digest == digest)
        return found[0] if found else None

    def invitations(self, tenant: str, now: datetime) -> list[Invitation]:
        """Those that are open, newest first."""
        return self._open(tenant, now, invitations.c.tenant == tenant)

    def withdraw(self, tenant: str, digest: str, *, now: datetime) -> bool:
        """False: the tenant has no such open one."""
        with writing(self._engine, tenant) as connection:
            return _end(connection, tenant, digest, revoked_at=now)

    def _open(self, tenant: str, now: datetime, condition: Any) -> list[Invitation]:
        query = sa.select(*_COLUMNS).where(condition, invitations.c.expires_at > now, *_unanswered())
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query.order_by(invitations.c.at.desc(), invitations.c.digest))
            return [Invitation(**row) for row in found.mappings()]


def use(connection: sa.Connection, tenant: str, digest: str, *, now: datetime) -> bool:
    """Within the change that answers it; False if somebody used it a moment ago."""
    return _end(connection, tenant, digest, used_at=now)


def _end(connection: sa.Connection, tenant: str, digest: str, **values: datetime) -> bool:
    mine = (invitations.c.tenant == tenant) & (invitations.c.digest == digest)
    return bool(
        connection.execute(sa.update(invitations).where(mine, *_unanswered()).values(values)).rowcount
    )


def _unanswered() -> tuple[Any, Any]:
    return invitations.c.used_at.is_(None), invitations.c.revoked_at.is_(None)
