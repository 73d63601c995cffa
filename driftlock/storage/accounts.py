"""People, where they are members, and the links that make them so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from driftlock.model import Role
from driftlock.services.accounts_rows import (
    Attempt,
    Invitation,
    Member,
    Refused,
    User,
    UserState,
    WaitAfter,
)
from driftlock.storage.accounts_links import SqlLinks, use
from driftlock.storage.connect import EVERY_TENANT, carry, reading, writing
from driftlock.storage.schema_people import invitations, memberships, sessions, users

_USER: Final = [users.c[name] for name in User.__dataclass_fields__]
_MANAGING: Final = ("admin", "owner")


class SqlAccounts(SqlLinks):
    """:class:`driftlock.services.accounts_rows.AccountTable` in a database."""

    def any(self) -> bool:
        """Whether there is anybody who could sign in."""
        with reading(self._engine, EVERY_TENANT) as connection:
            return bool(connection.scalar(sa.select(sa.exists().where(users.c.email.is_not(None)))))

    def user(self, user_id: str) -> User | None:
        """By id."""
        return self._user(users.c.id == user_id)

    def by_email(self, email: str) -> User | None:
        """By address, in small letters."""
        return self._user(users.c.email == email)

    def by_subject(self, subject: str) -> User | None:
        """By what an identity provider calls somebody."""
        return self._user(users.c.subject == subject)

    def tenants_of(self, user_id: str) -> list[str]:
        """Where somebody is a member."""
        query = sa.select(memberships.c.tenant).where(memberships.c.user_id == user_id)
        with reading(self._engine, EVERY_TENANT) as connection:
            return list(connection.scalars(query.order_by(memberships.c.tenant)))

    def members(self, tenant: str, user_id: str | None = None) -> list[Member]:
        """Of one tenant, by address; those whose data were deleted are none."""
        query = (
            sa.select(
                users.c.id.label("user_id"),
                users.c.email,
                users.c.name,
                memberships.c.role,
                users.c.state,
                memberships.c.since,
                users.c.seen_at,
                users.c.locked_until,
                users.c.password.is_not(None).label("has_password"),
            )
            .select_from(memberships.join(users, users.c.id == memberships.c.user_id))
            .where(memberships.c.tenant == tenant)
            .order_by(users.c.email, users.c.id)
        )
        if user_id is not None:
            query = query.where(memberships.c.user_id == user_id)
        with reading(self._engine, tenant) as connection:
            return [Member(**row) for row in connection.execute(query).mappings()]

    def add(
        self, tenant: str, user: User, role: Role, *, by: str, now: datetime, answers: str | None = None
    ) -> bool:
        """A new person, as member of one tenant; False if the invitation that *answers* is not open any more."""
        row = {name: getattr(user, name) for name in User.__dataclass_fields__}
        row |= {"created_at": now, "password_at": now if user.password else None, "preferences": {}}
        try:
            with writing(self._engine, tenant) as connection:
                if answers is not None and not use(connection, tenant, answers, now=now):
                    return False
                connection.execute(sa.insert(users).values(row))
                _join(connection, tenant, user.id, role, by=by, now=now)
        except IntegrityError as taken:
            raise Refused("There is an account with that address already.") from taken
        return True

    def join(
        self, tenant: str, user_id: str, role: Role, *, by: str, now: datetime, answers: str | None = None
    ) -> bool:
        """As :meth:`add`, somebody who is there already; who is a member stays as before."""
        mine = sa.exists().where(memberships.c.tenant == tenant, memberships.c.user_id == user_id)
        with writing(self._engine, tenant) as connection:
            if answers is not None and not use(connection, tenant, answers, now=now):
                return False
            if not connection.scalar(sa.select(mine)):
                _join(connection, tenant, user_id, role, by=by, now=now)
        return True

    def set_role(self, tenant: str, user_id: str, role: Role, *, keeping: bool) -> bool:
        """False, and nothing changes, if *keeping* and nobody could manage the tenant, or own it, any more."""
        with writing(self._engine, tenant) as connection:
            if keeping and not _others(connection, tenant, user_id, becomes=role):
                return False
            connection.execute(sa.update(memberships).where(_mine(tenant, user_id)).values(role=role))
        return True

    def leave(self, tenant: str, user_id: str, *, keeping: bool) -> bool:
        """As :meth:`set_role`."""
        with writing(self._engine, tenant) as connection:
            if keeping and not _others(connection, tenant, user_id):
                return False
            connection.execute(sa.delete(memberships).where(_mine(tenant, user_id)))
        return True

    def set_state(self, tenant: str, user_id: str, state: UserState, *, keeping: bool) -> bool:
        """As :meth:`set_role`."""
        with writing(self._engine, tenant) as connection:
            if keeping and not _others(connection, tenant, user_id):
                return False
            mine = sa.select(memberships.c.user_id).where(memberships.c.tenant == tenant)
            connection.execute(
                sa.update(users).where(users.c.id == user_id, users.c.id.in_(mine)).values(state=state)
            )
        return True

    def set_password(self, user_id: str, password: str, *, now: datetime, answers: Invitation) -> bool:
        """A new one: failures are forgotten, and who is signed in with the old one is not any more."""
        with writing(self._engine, EVERY_TENANT) as connection:
            carry(connection, answers.tenant)
            if not use(connection, answers.tenant, answers.id, now=now):
                return False
            connection.execute(
                sa.update(users)
                .where(users.c.id == user_id)
                .values(password=password, password_at=now, failures=0, locked_until=None)
            )
            _sign_out(connection, user_id, now=now)
        return True

    def set_subject(self, user_id: str, subject: str, *, now: datetime) -> None:
        """What an identity provider calls somebody; a password from before ends, and who is signed in with it."""
        with writing(self._engine, EVERY_TENANT) as connection:
            connection.execute(
                sa.update(users)
                .where(users.c.id == user_id)
                .values(subject=subject, password=None, password_at=None)
            )
            _sign_out(connection, user_id, now=now)

    def attempt(self, user_id: str, *, now: datetime, wait_after: WaitAfter) -> Attempt:
        """Count a try as failed before it is known; one that comes before its time is not allowed."""
        with writing(self._engine, EVERY_TENANT) as connection:
            row = connection.execute(
                sa.select(users.c.failures, users.c.locked_until)
                .where(users.c.id == user_id)
                .with_for_update()
            ).one()
            if row.locked_until is not None and row.locked_until > now:
                return Attempt(False, row.locked_until)
            wait = wait_after(row.failures + 1)
            until = None if wait is None else now + wait
            connection.execute(
                sa.update(users)
                .where(users.c.id == user_id)
                .values(failures=row.failures + 1, locked_until=until)
            )
        return Attempt(True, until)

    def succeeded(self, user_id: str, *, now: datetime) -> None:
        """It went well: none has failed."""
        self._change(user_id, failures=0, locked_until=None, seen_at=now)

    def unlock(self, user_id: str) -> None:
        """Without the wait after failed tries."""
        self._change(user_id, failures=0, locked_until=None)

    def preferences(self, user_id: str) -> Mapping[str, bool | str]:
        """What somebody has set for all browsers; nothing for who is not known."""
        with reading(self._engine, EVERY_TENANT) as connection:
            return connection.scalar(sa.select(users.c.preferences).where(users.c.id == user_id)) or {}

    def prefer(self, user_id: str, name: str, value: bool | str) -> None:
        """Set one of them; the others stay as they are."""
        mine = users.c.id == user_id
        with writing(self._engine, EVERY_TENANT) as connection:
            held = connection.scalar(sa.select(users.c.preferences).where(mine).with_for_update())
            if held is not None:
                connection.execute(sa.update(users).where(mine).values(preferences=held | {name: value}))

    def forget(self, user_id: str) -> int:
        """E-mail, name, password, sessions and invitations; answers how many rows that were."""
        with writing(self._engine, EVERY_TENANT) as connection:
            found = connection.execute(sa.select(users.c.email).where(users.c.id == user_id)).first()
            if found is None:
                return 0
            changed = connection.execute(sa.delete(sessions).where(sessions.c.user_id == user_id)).rowcount
            invited = sa.select(invitations.c.tenant).where(invitations.c.email == found.email).distinct()
            for tenant in list(connection.scalars(invited)):
                carry(connection, tenant)
                changed += connection.execute(
                    sa.delete(invitations).where(
                        invitations.c.tenant == tenant, invitations.c.email == found.email
                    )
                ).rowcount
            changed += connection.execute(
                sa.update(users)
                .where(users.c.id == user_id)
                .values(email=None, name=None, password=None, subject=None, state="disabled", preferences={})
            ).rowcount
        return changed

    def _user(self, condition: Any) -> User | None:
        with reading(self._engine, EVERY_TENANT) as connection:
            row = connection.execute(sa.select(*_USER).where(condition)).mappings().first()
        return None if row is None else User(**row)

    def _change(self, user_id: str, **values: Any) -> None:
        with writing(self._engine, EVERY_TENANT) as connection:
            connection.execute(sa.update(users).where(users.c.id == user_id).values(values))


def _mine(tenant: str, user_id: str) -> Any:
    return (memberships.c.tenant == tenant) & (memberships.c.user_id == user_id)


def _join(
    connection: sa.Connection, tenant: str, user_id: str, role: Role, *, by: str, now: datetime
) -> None:
    connection.execute(
        sa.insert(memberships).values(tenant=tenant, user_id=user_id, role=role, since=now, by=by)
    )


def _sign_out(connection: sa.Connection, user_id: str, *, now: datetime) -> None:
    connection.execute(
        sa.update(sessions)
        .where(sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _others(connection: sa.Connection, tenant: str, user_id: str, *, becomes: Role | None = None) -> bool:
    """
    Whether the tenant keeps somebody who manages it, and an owner if it has one, without *user_id*.

    The rows are locked: of two admins who lower each other at once, the second is refused.
    """
    found = connection.execute(
        sa.select(memberships.c.user_id, memberships.c.role, users.c.state)
        .select_from(memberships.join(users, users.c.id == memberships.c.user_id))
        .where(memberships.c.tenant == tenant, memberships.c.role.in_(_MANAGING))
        .with_for_update()
    ).all()
    now = {row.user_id: row.role for row in found if row.state == "active"}
    if user_id not in now:
        return True
    after = {person: role for person, role in now.items() if person != user_id}
    if becomes in _MANAGING:
        after[user_id] = becomes
    return bool(after) and ("owner" in after.values() or "owner" not in now.values())
