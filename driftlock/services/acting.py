"""Who acts, and what a change has to say about itself while it is made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from driftlock.errors import Forbidden
from driftlock.services.audit_rows import plain
from driftlock.services.permissions import SYSTEM, Permission, allowed, needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who is known, in one tenant."""

    tenant: str
    user: str  # as histories name them: a user's id, key:ID, visitor or system
    role: str  # of people, of a key, or system
    address: str | None = None  # they come from
    session: str = ""  # tells one sign-in from the next; never the token


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of the audit log before it has its place in the chain."""

    actor: Actor
    at: datetime
    action: str
    object_kind: str
    object_id: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None


@dataclass(slots=True)
class Act:
    """What is being done in this context."""

    actor: Actor
    record: Record | None  # None: it changes nothing
    waits: bool = False  # for a note: what is written before is not the change
    written: bool = False
    elsewhere: bool = False  # something was committed that belongs to no tenant, or to another

    bound: object = None  # the transaction that the change is made in; None: the next one
    changed: object = None  # the transaction that last added, altered or removed a row

    def due(self, tenant: str, transaction: object) -> Record | None:
        """What has to be written with the transaction of *tenant* that ends now."""
        if self.record is None or self.written or self.waits or self.changed is not transaction:
            return None
        if self.bound not in (None, transaction):
            return None
        if tenant != self.actor.tenant:
            self.elsewhere = True
            return None
        return self.record

    def done(self) -> None:
        """That transaction is committed."""
        self.written = True


_ACT: Final[ContextVar[Act | None]] = ContextVar("driftlock_act", default=None)


def current() -> Act | None:
    """What is being done here; None outside every verb of somebody known."""
    return _ACT.get()


@contextmanager
def doing(act: Act) -> Iterator[Act]:
    """What is written inside the block is done by that actor."""
    token = _ACT.set(act)
    try:
        yield act
    finally:
        _ACT.reset(token)


@contextmanager
def aside() -> Iterator[None]:
    """What is written inside the block is no change that anybody made: a lease, a mark that somebody was seen."""
    token = _ACT.set(None)
    try:
        yield
    finally:
        _ACT.reset(token)


def note(
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
    object_kind: str | None = None,
    object_id: str | None = None,
    action: str | None = None,
    within: object = None,
) -> None:
    """
    Say what is about to be written, before it is: it completes the row that goes into the audit log with it.

    Outside a verb of somebody known, nothing happens. After the row was
    written, it begins a further one.

    Args:
        before: Plain values, never payloads, secrets, addresses or texts that people wrote.
        after: Likewise; added to what the verb says by itself.
        reason: Given for the change.
        within: The open transaction that makes the change; where it fails, no later one of the verb carries the
            row. None: the next transaction of the tenant, whatever it writes.
    """
    act = _ACT.get()
    if act is None or act.record is None:
        return
    record = act.record
    act.record = replace(
        record,
        action=action or record.action,
        object_kind=object_kind or record.object_kind,
        object_id=object_id or record.object_id,
        before=record.before if before is None else plain(before),
        after=record.after if after is None else {**(record.after or {}), **plain(after)},
        reason=record.reason if reason is None else reason[:LONGEST_REASON],
    )
    act.waits = act.written = False
    act.bound = within


LONGEST_REASON: Final = 500  # characters


def require(permission: Permission) -> None:
    """
    Refuse, inside a verb, what its actor may not; outside every verb nothing is refused.

    For verbs whose object says what they need, as the undoing of something.

    Raises:
        Forbidden: The role is not enough.
    """
    act = _ACT.get()
    if act is not None and not allowed(act.actor.role, permission):
        raise Forbidden(f"This needs {needed(permission)}.")


@contextmanager
def by_system(
    tenant: str,
    action: str,
    object_kind: str,
    object_id: str = "",
    *,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
    waits: bool = False,
) -> Iterator[Act]:
    """
    The first transaction of *tenant* inside the block is written down as the program's own doing.

    Args:
        waits: The one that notes what it changes, rather than the first.
    """
    record = Record(
        actor=Actor(tenant=tenant, user=SYSTEM, role=SYSTEM),
        at=at,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        before=None if before is None else plain(before),
        after=None if after is None else plain(after),
        reason=reason,
    )
    with doing(Act(record.actor, record, waits=waits)) as act:
        yield act
