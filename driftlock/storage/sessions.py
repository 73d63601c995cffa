"""Who is signed in where."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from driftlock.model import Role
from driftlock.services.accounts_rows import Session
from driftlock.services.visitors import ROLE
from driftlock.storage.connect import EVERY_TENANT, reading, writing
from driftlock.storage.schema_people import memberships, sessions, tenants, users

_FIELDS: Final = [
    sessions.c[name]
    for name in ("digest", "user_id", "tenant", "created_at", "seen_at", "expires_at", "address")
]


class SqlSessions:
    """:class:`driftlock.services.accounts_rows.SessionTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def open(self, session: Session) -> None:
        """Keep a new one; whose it is was seen just now."""
        with writing(self._engine, EVERY_TENANT) as connection:
            connection.execute(
                sa.insert(sessions).values(
                    digest=session.id,
                    user_id=session.user_id,
                    tenant=session.tenant,
                    created_at=session.created_at,
                    seen_at=session.seen_at,
                    expires_at=session.expires_at,
                    address=None if session.address is None else session.address[:64],
                )
            )
            if session.user_id is not None:
                mine = users.c.id == session.user_id
                connection.execute(sa.update(users).where(mine).values(seen_at=session.seen_at))

    def get(self, digest: str, now: datetime) -> Session | None:
        """
        One that is neither over nor ended, of somebody who may sign in: with a row per tenant, by index.

        Tenants that are suspended, removed or over are left out.
        """
        here = sa.or_(
            tenants.c.tenant == memberships.c.tenant,
            sa.and_(sessions.c.user_id.is_(None), tenants.c.tenant == sessions.c.tenant),
        )
        query = (
            sa.select(
                *_FIELDS,
                users.c.name.label("person"),
                users.c.email,
                memberships.c.role,
                tenants.c.tenant.label("place"),
                tenants.c.name.label("place_name"),
            )
            .select_from(
                sessions.outerjoin(users, users.c.id == sessions.c.user_id)
                .outerjoin(memberships, memberships.c.user_id == sessions.c.user_id)
                .outerjoin(
                    tenants,
                    here
                    & (tenants.c.state == "active")
                    & (tenants.c.expires_at.is_(None) | (tenants.c.expires_at > now)),
                )
            )
            .where(
                sessions.c.digest == digest,
                sessions.c.revoked_at.is_(None),
                sessions.c.expires_at > now,
                sessions.c.user_id.is_(None) | (users.c.state == "active"),
            )
            .order_by(tenants.c.name, tenants.c.tenant)
        )
        with reading(self._engine, EVERY_TENANT) as connection:
            rows = connection.execute(query).mappings().all()
        if not rows:
            return None
        roles: dict[str, Role] = {row["place"]: row["role"] or ROLE for row in rows if row["place"]}
        names = {row["place"]: row["place_name"] for row in rows if row["place"]}
        return _session(rows[0], roles=roles, tenants=names)

    def known(self, digest: str) -> bool:
        """Whether there was ever such a session, as far as rows are kept."""
        with reading(self._engine, EVERY_TENANT) as connection:
            return bool(connection.scalar(sa.select(sa.exists().where(sessions.c.digest == digest))))

    def touch(self, digest: str, *, now: datetime, expires_at: datetime) -> None:
        """Seen just now, here and as a person."""
        mine = sa.select(sessions.c.user_id).where(sessions.c.digest == digest).scalar_subquery()
        with writing(self._engine, EVERY_TENANT) as connection:
            connection.execute(
                sa.update(sessions)
                .where(sessions.c.digest == digest)
                .values(seen_at=now, expires_at=expires_at)
            )
            connection.execute(sa.update(users).where(users.c.id == mine).values(seen_at=now))

    def choose(self, digest: str, tenant: str) -> None:
        """What it looks at from now on."""
        with writing(self._engine, tenant) as connection:
            connection.execute(sa.update(sessions).where(sessions.c.digest == digest).values(tenant=tenant))

    def end(self, digest: str, *, now: datetime) -> None:
        """Not valid any more."""
        self._end(sessions.c.digest == digest, now)

    def end_all(self, user_id: str, *, now: datetime) -> int:
        """Of one person; answers how many."""
        return self._end(sessions.c.user_id == user_id, now)

    def end_tenant(self, tenant: str, *, now: datetime) -> int:
        """Of its visitors; answers how many. Members lose it by its state."""
        return self._end((sessions.c.tenant == tenant) & sessions.c.user_id.is_(None), now)

    def of_user(self, user_id: str, now: datetime) -> list[Session]:
        """Those that are valid, newest first."""
        query = sa.select(*_FIELDS).where(
            sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > now
        )
        with reading(self._engine, EVERY_TENANT) as connection:
            found = connection.execute(query.order_by(sessions.c.seen_at.desc())).mappings()
            return [_session(row, roles={}, tenants={}) for row in found]

    def visits(self, now: datetime, address: str | None = None) -> int:
        """Visitors whose time is not over, of one address or of all."""
        query = sa.select(sa.func.count()).where(sessions.c.user_id.is_(None), sessions.c.expires_at > now)
        if address is not None:
            query = query.where(sessions.c.address == address[:64])
        with reading(self._engine, EVERY_TENANT) as connection:
            return connection.scalar(query) or 0

    def sweep(self, before: datetime) -> int:
        """Forget those whose time was over by then."""
        with writing(self._engine, EVERY_TENANT) as connection:
            return connection.execute(sa.delete(sessions).where(sessions.c.expires_at < before)).rowcount

    def _end(self, condition: Any, now: datetime) -> int:
        with writing(self._engine, EVERY_TENANT) as connection:
            return connection.execute(
                sa.update(sessions).where(condition, sessions.c.revoked_at.is_(None)).values(revoked_at=now)
            ).rowcount


def _session(row: Any, *, roles: dict[str, Role], tenants: dict[str, str]) -> Session:
    return Session(
        id=row["digest"],
        user_id=row["user_id"],
        tenant=row["tenant"],
        name=row.get("person") or row.get("email") or "",
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        expires_at=row["expires_at"],
        address=row["address"],
        roles=roles,
        tenants=tenants,
    )
