"""Invitations and new passwords: links that are shown once and work once."""

import re
import secrets
from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from driftlock.errors import NotFound
from driftlock.model import ROLES
from driftlock.ports import Clock
from driftlock.services.accounts_passwords import check_rules, hashed
from driftlock.services.accounts_rows import (
    MANAGERS,
    RESET,
    SYSTEM,
    AccountTable,
    Invitation,
    Link,
    Refused,
    TenantTable,
    User,
    Welcome,
    digest,
)
from driftlock.services.acting import Act, Actor, Record, doing, note
from driftlock.services.tenants import clean_name

INVITED_FOR: Final = timedelta(days=7)
RESET_FOR: Final = timedelta(days=1)
MOST_OPEN: Final = 500  # invitations of one tenant
_ADDRESS: Final = re.compile(
    r"[^\s@<>\"'\\,;:()\[\]\x00-\x1f\x7f]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,180}[a-z0-9])?"
).fullmatch
_ENDED: Final = "This link has been used, withdrawn, or is too old. Ask for a new one."
# Else whoever made the invitation, in whatever tenant, could set a password for the account.
_OF_THE_PROVIDER: Final = (
    "That address has an account with your identity provider. Sign in there: it answers the invitation."
)


class Invitations:
    """How people come in, and get a new password."""

    def __init__(self, table: AccountTable, tenants: TenantTable, clock: Clock) -> None:
        self._table = table
        self._tenants = tenants
        self._clock = clock

    def invite(self, tenant: str, *, email: str, role: str, by: str) -> Link:
        """
        A link that makes whoever answers it a member; valid for seven days.

        Raises:
            NotFound: There is no such tenant.
            Refused: The address or the role cannot be that, or the person is a member already.
        """
        address = clean_address(email)
        if role not in ROLES:
            raise Refused(f"There is no such role. Roles are {', '.join(ROLES)}.")
        if self._tenants.get(tenant) is None:
            raise NotFound("There is no such tenant.")
        self.check_may_give(tenant, role, by=by)
        user = self._table.by_email(address)
        if user is not None and self._table.members(tenant, user.id):
            raise Refused("The person with that address is a member already. Change the role instead.")
        if len(self._table.invitations(tenant, self._clock.now())) >= MOST_OPEN:
            raise Refused(f"{MOST_OPEN} invitations are open. Withdraw some first.")
        note(object_kind="invitation", after={"role": role})
        return self._link(tenant, address, role, by=by, path="/auth/accept", lasts=INVITED_FOR)

    def reset_link(self, tenant: str, user_id: str, *, by: str) -> Link:
        """
        A link to set a new password with; valid for a day. The old one works until then.

        Raises:
            NotFound: Nobody of that id is in the tenant.
            Refused: The person is in other tenants too, or only an owner may do it.
        """
        found = self._table.members(tenant, user_id)
        if not found or found[0].email is None:
            raise NotFound("There is nobody of that id in this tenant.")
        self.check_may_give(tenant, found[0].role, by=by)
        self.check_only_here(tenant, user_id, by=by)
        note(object_kind="user", object_id=user_id)
        return self._link(tenant, found[0].email, RESET, by=by, path="/auth/reset", lasts=RESET_FOR)

    def invitations(self, tenant: str) -> list[Invitation]:
        """Those that are open, newest first; without links for passwords."""
        return [one for one in self._table.invitations(tenant, self._clock.now()) if one.role != RESET]

    def withdraw(self, tenant: str, invitation_id: str, *, by: str) -> None:
        """
        End an invitation before its time.

        Raises:
            NotFound: The tenant has no open one of that id.
        """
        if not self._table.withdraw(tenant, invitation_id, now=self._clock.now()):
            raise NotFound("There is no open invitation of that id in this tenant.")

    def welcome(self, token: str) -> Welcome:
        """
        What stands behind a link.

        Raises:
            NotFound: It is none, or not any more.
        """
        invitation = self._open(token)
        user = self._table.by_email(invitation.email)
        if invitation.role != RESET and user is not None and user.password is None:
            raise NotFound(_OF_THE_PROVIDER)
        tenant = self._tenants.get(invitation.tenant)
        return Welcome(
            email=invitation.email,
            tenant_name=tenant.name if tenant else invitation.tenant,
            role=invitation.role,
            known=invitation.role != RESET and user is not None,
        )

    def accept(self, token: str, *, name: str, password: str) -> str:
        """
        Make an account and become a member; answers the person's id.

        Raises:
            NotFound: The link is none, or not any more, or of somebody who has an account.
            Refused: The name or the password is not to be had.
        """
        invitation = self._open(token)
        if invitation.role == RESET or self._table.by_email(invitation.email) is not None:
            raise NotFound(_ENDED)
        cleaned = clean_name(name)
        check_rules(password, email=invitation.email)
        kept = hashed(password)
        self._use(invitation)
        return self._add(invitation, name=cleaned, password=kept).id

    def join(self, token: str, user: User) -> str:
        """
        Become a member with an account that *user* has just proved to have; answers the id.

        Raises:
            NotFound: The link is none, or not any more, or somebody else's.
        """
        invitation = self._open(token)
        if invitation.role == RESET or invitation.email != user.email:
            raise NotFound(_ENDED)
        self._use(invitation)
        self._join(invitation, user.id)
        return user.id

    def reset(self, token: str, *, password: str) -> str:
        """
        Set a new password; all sessions end. Answers the person's id.

        Raises:
            NotFound: The link is none, or not any more.
            Refused: The password is not to be had.
        """
        invitation = self._open(token)
        user = self._table.by_email(invitation.email)
        if invitation.role != RESET or user is None:
            raise NotFound(_ENDED)
        check_rules(password, email=invitation.email)
        kept = hashed(password)
        self._use(invitation)
        self._table.set_password(user.id, kept, now=self._clock.now())
        return user.id

    def first(self, tenant: str, *, email: str, name: str, password: str, role: str) -> str:
        """
        A person set up on the command line, with a password; answers the id.

        Raises:
            Refused: The address is taken, or address, name or password cannot be that.
        """
        address = clean_address(email)
        if self._table.by_email(address) is not None:
            raise Refused("There is an account with that address. Invite it instead (--link).")
        check_rules(password, email=address)
        now = self._clock.now()
        made = Invitation(tenant=tenant, id="", email=address, role=role, by=SYSTEM, at=now, expires_at=now)
        return self._add(made, name=clean_name(name), password=hashed(password)).id

    def admit(self, address: str, *, name: str | None, known: User | None = None) -> User | None:
        """
        Answer every open invitation of an address that an identity provider has verified; None: none is open.

        Args:
            known: Who has that address; None: nobody has an account with it.
        """
        user = known
        for invitation in self._open_ones(address):
            self._use(invitation)
            if user is None:
                user = self._add(invitation, name=clean_name(name or address), password=None)
            else:
                self._join(invitation, user.id)
        return user

    def check_may_give(self, tenant: str, role: str, *, by: str) -> None:
        """
        Whether *by* may make somebody *role*, or change somebody who is it: owners may all, admins all but owners.

        Raises:
            Refused: Not that.
        """
        if by == SYSTEM:
            return
        found = self._table.members(tenant, by)
        own = found[0].role if found else None
        if own not in MANAGERS:
            raise Refused("Only an admin or an owner of the tenant may do that.")
        if role == "owner" and own != "owner":
            raise Refused("Only an owner may do that to an owner, or make one.")

    def check_only_here(self, tenant: str, user_id: str, *, by: str) -> None:
        """
        Whether the whole account is this tenant's to decide over.

        Raises:
            Refused: It is not.
        """
        if by != SYSTEM and self._table.tenants_of(user_id) != [tenant]:
            raise Refused(
                "This account is not of this tenant alone. Remove it from the tenant instead; the rest is for "
                "whoever runs the server (driftlock users)."
            )

    def _open_ones(self, address: str) -> Collection[Invitation]:
        now = self._clock.now()
        return [
            one
            for tenant in self._tenants.all()
            for one in self._table.invitations(tenant.tenant, now)
            if one.email == address and one.role != RESET
        ]

    def _link(self, tenant: str, email: str, role: str, *, by: str, path: str, lasts: timedelta) -> Link:
        token = secrets.token_urlsafe(32)
        now = self._clock.now()
        self._table.invite(
            Invitation(
                tenant=tenant, id=digest(token), email=email, role=role, by=by, at=now, expires_at=now + lasts
            )
        )
        return Link(f"{path}?token={token}", token, now + lasts)

    def _open(self, token: str) -> Invitation:
        found = self._table.invitation(digest(token), self._clock.now())
        if found is None:
            raise NotFound(_ENDED)
        return found

    def _use(self, invitation: Invitation) -> None:
        if not self._table.use(invitation.tenant, invitation.id, now=self._clock.now()):
            raise NotFound(_ENDED)

    def _add(self, invitation: Invitation, *, name: str, password: str | None) -> User:
        user = User(
            id=uuid4().hex,
            email=invitation.email,
            name=name,
            password=password,
            state="active",
            failures=0,
            locked_until=None,
        )
        role = next(role for role in ROLES if role == invitation.role)
        now = self._clock.now()
        with _arrives(invitation, user.id, now):
            self._table.add(invitation.tenant, user, role, by=invitation.by, now=now)
        return user

    def _join(self, invitation: Invitation, user_id: str) -> None:
        role = next(role for role in ROLES if role == invitation.role)
        now = self._clock.now()
        with _arrives(invitation, user_id, now):
            self._table.join(invitation.tenant, user_id, role, by=invitation.by, now=now)


def _arrives(invitation: Invitation, user_id: str, now: datetime) -> AbstractContextManager[Act]:
    """Somebody becomes a member inside the block: the audit log says who, and who asked them in."""
    actor = Actor(tenant=invitation.tenant, user=user_id, role=invitation.role)
    said = {"role": invitation.role, "invited_by": invitation.by}
    return doing(
        Act(
            actor,
            Record(
                actor=actor, at=now, action="member.arrive", object_kind="user", object_id=user_id, after=said
            ),
        )
    )


def clean_address(email: str) -> str:
    """
    An e-mail address in small letters.

    Raises:
        Refused: It is none.

    >>> clean_address(" Eve@Example.COM ")
    'eve@example.com'
    """
    address = email.strip().lower()
    if not _ADDRESS(address) or ".." in address:
        raise Refused("That is no e-mail address. It looks like name@example.com.")
    return address
