"""Invitations and new passwords: links that are shown once and work once."""

import re
import secrets
from datetime import timedelta
from typing import Final

from driftlock.errors import NotFound
from driftlock.model import ROLES
from driftlock.ports import Clock
from driftlock.services.accounts_rows import (
    MANAGERS,
    RESET,
    SYSTEM,
    AccountTable,
    Invitation,
    Link,
    Refused,
    TenantTable,
    digest,
)
from driftlock.services.acting import note

INVITED_FOR: Final = timedelta(days=7)
RESET_FOR: Final = timedelta(days=1)
MOST_OPEN: Final = 500  # invitations of one tenant
_ADDRESS: Final = re.compile(
    r"[^\s@<>\"'\\,;:()\[\]\x00-\x1f\x7f]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,180}[a-z0-9])?"
).fullmatch


class Invitations:
    """How people are asked in, and who may ask whom."""

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

    def _link(self, tenant: str, email: str, role: str, *, by: str, path: str, lasts: timedelta) -> Link:
        token = secrets.token_urlsafe(32)
        now = self._clock.now()
        self._table.invite(
            Invitation(
                tenant=tenant, id=digest(token), email=email, role=role, by=by, at=now, expires_at=now + lasts
            )
        )
        return Link(f"{path}?token={token}", token, now + lasts)


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
