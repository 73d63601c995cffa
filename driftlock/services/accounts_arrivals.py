"""Answering links: how an invitation becomes a member, and how a password becomes another."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final
from uuid import uuid4

from driftlock.errors import NotFound
from driftlock.model import ROLES
from driftlock.services.accounts_invitations import Invitations, clean_address
from driftlock.services.accounts_passwords import check_rules, hashed
from driftlock.services.accounts_rows import RESET, SYSTEM, Invitation, Refused, User, Welcome, digest
from driftlock.services.acting import Act, Actor, Record, doing
from driftlock.services.tenants import LONGEST_NAME, clean_name

_ENDED: Final = "This link has been used, withdrawn, or is too old. Ask for a new one."
# Else whoever made the invitation, in whatever tenant, could set a password for the account.
_OF_THE_PROVIDER: Final = (
    "That address has an account with your identity provider. Sign in there: it answers the invitation."
)


class Arrivals(Invitations):
    """How people come in, and get a new password."""

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
        return self._add(invitation, name=cleaned, password=hashed(password)).id

    def join(self, token: str, user: User) -> str:
        """
        Become a member with an account that *user* has just proved to have; answers the id.

        Raises:
            NotFound: The link is none, or not any more, or somebody else's.
        """
        invitation = self._open(token)
        if invitation.role == RESET or invitation.email != user.email:
            raise NotFound(_ENDED)
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
        if not self._table.set_password(user.id, kept, now=self._clock.now(), answers=invitation):
            raise NotFound(_ENDED)
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
            if user is None:
                user = self._add(invitation, name=_called(name, address), password=None)
            else:
                self._join(invitation, user.id)
        return user

    def _open_ones(self, address: str) -> Collection[Invitation]:
        now = self._clock.now()
        return [
            one
            for tenant in self._tenants.all()
            for one in self._table.invitations(tenant.tenant, now)
            if one.email == address and one.role != RESET
        ]

    def _open(self, token: str) -> Invitation:
        found = self._table.invitation(digest(token), self._clock.now())
        if found is None:
            raise NotFound(_ENDED)
        return found

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
            added = self._table.add(
                invitation.tenant, user, role, by=invitation.by, now=now, answers=invitation.id or None
            )
        if not added:
            raise NotFound(_ENDED)
        return user

    def _join(self, invitation: Invitation, user_id: str) -> None:
        role = next(role for role in ROLES if role == invitation.role)
        now = self._clock.now()
        with _arrives(invitation, user_id, now):
            joined = self._table.join(
                invitation.tenant, user_id, role, by=invitation.by, now=now, answers=invitation.id
            )
        if not joined:
            raise NotFound(_ENDED)


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


def _called(name: str | None, address: str) -> str:
    """What the provider calls the person, as far as a name can be that; else the address."""
    said = "".join(c if c.isprintable() else " " for c in name or "").strip()
    return clean_name((said or address)[:LONGEST_NAME])
