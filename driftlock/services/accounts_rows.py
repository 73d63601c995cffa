"""People, their tenants and what lets them in: the nouns, and what of them is kept."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from driftlock.errors import ApplicationError
from driftlock.model import Role
from driftlock.services.api_keys_rows import ApiKeyTable

SYSTEM: Final = "system"  # who acts on the command line
MANAGERS: Final[frozenset[Role]] = frozenset({"admin", "owner"})
RESET: Final = "reset"  # instead of a role, in an invitation: to set a new password
UserState = Literal["active", "disabled"]
TenantState = Literal["active", "suspended", "removed"]


class Refused(ApplicationError):
    """A rule about people, tenants or keys stands against it; the message says which, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRow:
    """Whose data are kept apart from everybody else's."""

    tenant: str
    name: str
    plan: str
    state: TenantState
    users: int
    created_at: datetime
    expires_at: datetime | None  # of a visitor's; None: it stays


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may sign in."""

    id: str
    email: str | None  # None: the person's data were deleted
    name: str | None
    password: str | None  # bcrypt
    state: UserState
    failures: int  # since the last success
    locked_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person in one tenant."""

    user_id: str
    email: str | None
    name: str | None
    role: Role
    state: UserState
    since: datetime
    seen_at: datetime | None
    locked_until: datetime | None
    has_password: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link that was shown once; the digest of its token is its id."""

    tenant: str
    id: str
    email: str
    role: str  # of the member it makes, or RESET
    by: str
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """What the inviter passes on. Shown once; only the digest of its token is kept."""

    path: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """What the reader of a link is told before answering it."""

    email: str
    tenant_name: str
    role: str
    known: bool  # has a password already, and proves it instead of setting one


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that somebody signed in with."""

    id: str  # digest of its token
    user_id: str | None  # None: a visitor
    tenant: str | None  # of the visitor, else the one last chosen
    name: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str | None
    roles: Mapping[str, Role]  # by tenant, where it may look
    tenants: Mapping[str, str]  # their names


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in."""

    allowed: bool
    until: datetime | None  # when the next one is allowed; None: at once


WaitAfter = Callable[[int], timedelta | None]  # failures so far, how long the next try has to wait


class AccountTable(Protocol):
    """People, memberships and invitations."""

    def any(self) -> bool:
        """Whether there is anybody who could sign in."""

    def user(self, user_id: str) -> User | None: ...

    def by_email(self, email: str) -> User | None: ...

    def by_subject(self, subject: str) -> User | None: ...

    def tenants_of(self, user_id: str) -> list[str]: ...

    def members(self, tenant: str, user_id: str | None = None) -> list[Member]: ...

    def add(
        self, tenant: str, user: User, role: Role, *, by: str, now: datetime, answers: str | None = None
    ) -> bool:
        """A new person, as member of one tenant; False if the invitation that *answers* is not open any more."""

    def join(
        self, tenant: str, user_id: str, role: Role, *, by: str, now: datetime, answers: str | None = None
    ) -> bool:
        """As :meth:`add`, somebody who is there already; who is a member stays as before."""

    def set_role(self, tenant: str, user_id: str, role: Role, *, keeping: bool) -> bool:
        """False, and nothing changes, if *keeping* and nobody could manage the tenant, or own it, any more."""

    def leave(self, tenant: str, user_id: str, *, keeping: bool) -> bool:
        """As :meth:`set_role`."""

    def set_state(self, tenant: str, user_id: str, state: UserState, *, keeping: bool) -> bool:
        """As :meth:`set_role`."""

    def set_password(self, user_id: str, password: str, *, now: datetime, answers: Invitation) -> bool:
        """False if the link *answers* is not open any more."""

    def set_subject(self, user_id: str, subject: str, *, now: datetime) -> None: ...

    def attempt(self, user_id: str, *, now: datetime, wait_after: WaitAfter) -> Attempt:
        """
        Count a try as failed before it is known, so that a hundred at once are a hundred.

        One that comes before its time is not allowed, and not counted.
        """

    def succeeded(self, user_id: str, *, now: datetime) -> None:
        """It went well: none has failed."""

    def unlock(self, user_id: str) -> None:
        """Without the wait after failed tries."""

    def preferences(self, user_id: str) -> Mapping[str, bool | str]:
        """What somebody has set for all browsers; nothing for who is not known."""

    def prefer(self, user_id: str, name: str, value: bool | str) -> None: ...

    def forget(self, user_id: str) -> int:
        """E-mail, name, password, sessions, memberships and invitations; answers how many rows changed."""

    def invite(self, invitation: Invitation) -> None:
        """One open invitation per address and tenant: an earlier one ends."""

    def invitation(self, digest: str, now: datetime) -> Invitation | None:
        """One that is open at *now*."""

    def invitations(self, tenant: str, now: datetime) -> list[Invitation]: ...

    def withdraw(self, tenant: str, digest: str, *, now: datetime) -> bool: ...


class TenantTable(Protocol):
    """Tenants."""

    def all(self) -> list[TenantRow]:
        """Without visitors'."""

    def get(self, tenant: str) -> TenantRow | None: ...

    def add(
        self, tenant: str, name: str, *, plan: str, now: datetime, expires_at: datetime | None = None
    ) -> bool:
        """False if there is one of that id, or was."""

    def rename(self, tenant: str, name: str) -> None: ...

    def set_state(self, tenant: str, state: TenantState) -> None: ...


class SessionTable(Protocol):
    """Who is signed in where."""

    def open(self, session: Session) -> None: ...

    def get(self, digest: str, now: datetime) -> Session | None:
        """One that is neither over nor ended, of somebody who may sign in."""

    def known(self, digest: str) -> bool:
        """Whether there was ever such a session, as far as rows are kept."""

    def touch(self, digest: str, *, now: datetime, expires_at: datetime) -> None: ...

    def choose(self, digest: str, tenant: str) -> None: ...

    def end(self, digest: str, *, now: datetime) -> None: ...

    def end_all(self, user_id: str, *, now: datetime) -> int: ...

    def end_tenant(self, tenant: str, *, now: datetime) -> int: ...

    def of_user(self, user_id: str, now: datetime) -> list[Session]: ...

    def visits(self, now: datetime, address: str | None = None) -> int:
        """Visitors whose time is not over, of one address or of all."""

    def sweep(self, before: datetime) -> int:
        """Forget those whose time was over by then."""


class PeopleStore(Protocol):
    """A store that keeps people, tenants, sessions and keys too."""

    @property
    def tenants(self) -> TenantTable: ...

    @property
    def accounts(self) -> AccountTable: ...

    @property
    def sessions(self) -> SessionTable: ...

    @property
    def api_keys(self) -> ApiKeyTable: ...


def digest(token: str) -> str:
    """What is kept of a secret of 256 random bits: nobody gets back from it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
