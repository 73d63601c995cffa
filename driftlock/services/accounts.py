"""People: who belongs to which tenant, and what they are there."""

from typing import Final

from driftlock.errors import NotFound
from driftlock.model import ROLES, Role
from driftlock.ports import Clock
from driftlock.services.accounts_arrivals import Arrivals
from driftlock.services.accounts_rows import (
    MANAGERS,
    AccountTable,
    Member,
    Refused,
    SessionTable,
    TenantTable,
    User,
)
from driftlock.services.acting import note

_NOBODY: Final = "There is nobody of that id in this tenant."


class Accounts(Arrivals):
    """Verbs about people; each names the tenant and who asks for it."""

    def __init__(
        self, table: AccountTable, tenants: TenantTable, sessions: SessionTable, clock: Clock
    ) -> None:
        super().__init__(table, tenants, clock)
        self._sessions = sessions

    def any(self) -> bool:
        """Whether anybody has an account; until then nobody has to sign in."""
        return self._table.any()

    def members(self, tenant: str) -> list[Member]:
        """Everybody of a tenant, by e-mail."""
        return self._table.members(tenant)

    def member(self, tenant: str, user_id: str) -> Member:
        """
        One of them.

        Raises:
            NotFound: Nobody of that id is in the tenant.
        """
        found = self._table.members(tenant, user_id)
        if not found:
            raise NotFound(_NOBODY)
        return found[0]

    def named(self, tenant: str, email: str) -> Member:
        """
        The member with that e-mail address.

        Raises:
            NotFound: Nobody of the tenant has it.
        """
        user = self._table.by_email(email.strip().lower())
        if user is None:
            raise NotFound(f"Nobody in tenant {tenant} has that address.")
        return self.member(tenant, user.id)

    def names(self, tenant: str) -> dict[str, str]:
        """What histories call each member: the name, else the address, else the beginning of the id."""
        return {
            member.user_id: member.name or member.email or member.user_id[:8]
            for member in self._table.members(tenant)
        }

    def preference(self, user_id: str, name: str) -> bool | str | None:
        """What somebody has set for all browsers; None: nothing."""
        return self._table.preferences(user_id).get(name)

    def prefer(self, user_id: str, name: str, value: bool | str) -> None:
        """Set it; of who is not known, nothing is kept."""
        self._table.prefer(user_id, name, value)

    def change_role(self, tenant: str, user_id: str, role: Role, *, by: str) -> None:
        """
        Make a member something else.

        Raises:
            NotFound: Nobody of that id is in the tenant.
            Refused: It would leave the tenant without owner or admin, or only an owner may do it.
        """
        member = self.member(tenant, user_id)
        check_role(role)
        self.check_may_give(tenant, member.role, by=by)
        self.check_may_give(tenant, role, by=by)
        note(object_kind="user", object_id=user_id, before={"role": member.role}, after={"role": role})
        keeping = role not in MANAGERS or (member.role == "owner" and role != "owner")
        if not self._table.set_role(tenant, user_id, role, keeping=keeping):
            raise _last(member)

    def remove_member(self, tenant: str, user_id: str, *, by: str) -> None:
        """
        Take a person out of the tenant; open pages of it end at their next click.

        Raises:
            NotFound, Refused: As :meth:`change_role`.
        """
        member = self.member(tenant, user_id)
        self.check_may_give(tenant, member.role, by=by)
        note(object_kind="user", object_id=user_id, before={"role": member.role})
        if not self._table.leave(tenant, user_id, keeping=True):
            raise _last(member)

    def disable_member(self, tenant: str, user_id: str, *, by: str) -> None:
        """
        Let a person in nowhere any more; what is open ends at the next click.

        Raises:
            NotFound, Refused: As :meth:`change_role`; or the person is in other tenants too.
        """
        member = self.member(tenant, user_id)
        self.check_may_give(tenant, member.role, by=by)
        self.check_only_here(tenant, user_id, by=by)
        note(
            object_kind="user", object_id=user_id, before={"state": member.state}, after={"state": "disabled"}
        )
        if not self._table.set_state(tenant, user_id, "disabled", keeping=True):
            raise _last(member)
        self._sessions.end_all(user_id, now=self._clock.now())

    def enable_member(self, tenant: str, user_id: str, *, by: str) -> None:
        """
        Let a person in again, without the wait after failed tries.

        Raises:
            NotFound, Refused: As :meth:`disable_member`.
        """
        member = self.member(tenant, user_id)
        self.check_may_give(tenant, member.role, by=by)
        self.check_only_here(tenant, user_id, by=by)
        note(object_kind="user", object_id=user_id, before={"state": member.state}, after={"state": "active"})
        self._table.set_state(tenant, user_id, "active", keeping=False)
        self._table.unlock(user_id)

    def forget_member(self, tenant: str, user_id: str, *, by: str) -> int:
        """
        Delete a person's data: address, name, password, sessions, invitations, memberships.

        The id stays where histories name it, and leads to nobody.

        Returns:
            How many rows were changed or deleted.

        Raises:
            NotFound, Refused: As :meth:`disable_member`.
        """
        member = self.member(tenant, user_id)
        self.check_may_give(tenant, member.role, by=by)
        self.check_only_here(tenant, user_id, by=by)
        note(object_kind="user", object_id=user_id)
        changed = 0
        for each in self._table.tenants_of(user_id):
            if not self._table.leave(each, user_id, keeping=True):
                raise _last(member)
            changed += 1
        return changed + self._table.forget(user_id)

    def matched(self, *, subject: str, email: str, name: str | None) -> User | None:
        """
        The person an identity provider vouches for, by the subject it gives, else by the verified address.

        Nobody is let in who has neither an account nor an open invitation.
        Open invitations of the address are answered by it. A password that was
        set before the provider vouched for the address ends, and so do its
        sessions: nobody knows that it was this person who set it.
        """
        address = email.strip().lower()
        named = self._table.by_email(address)
        user = self._table.by_subject(subject)
        if user is None:
            user = named or self.admit(address, name=name)
            if user is not None and user.state == "active":
                self._table.set_subject(user.id, subject, now=self._clock.now())
        if user is None or user.state != "active":
            return None
        if named is None or named.id == user.id:
            self.admit(address, name=name, known=user)
        return user


def check_role(role: str) -> None:
    """
    Whether that is a role of people.

    Raises:
        Refused: It is none.
    """
    if role not in ROLES:
        raise Refused(f"There is no such role. Roles are {', '.join(ROLES)}.")


def _last(member: Member) -> Refused:
    if member.role == "owner":
        return Refused("A tenant needs an owner who may sign in. Make somebody else one first.")
    return Refused("A tenant needs somebody who manages it. Make somebody else admin or owner first.")
