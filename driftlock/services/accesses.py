"""Who signed in, opened or exported what, and who tried in vain."""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, get_args

from driftlock.errors import StoreUnavailable
from driftlock.model import microseconds
from driftlock.ports import Clock
from driftlock.services.accounts_rows import Session
from driftlock.services.acting import Actor, current
from driftlock.services.audit_rows import text

What = Literal["opened", "exported", "verified", "refused", "signed_in", "sign_in_refused", "locked"]
WHATS: Final[tuple[What, ...]] = get_args(What)
UNKNOWN: Final = "unknown"  # who tried a password and had not the right one
_HOUR_US: Final = 3_600_000_000
_REMEMBERED: Final = 20_000  # openings; past them one may be noted twice in an hour

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """One opening, export or refused attempt."""

    tenant: str
    id: str
    at: datetime
    actor: str
    role: str
    what: What
    object_kind: str
    object_id: str
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage:
    """Some rows, newest first, and how many there are."""

    rows: tuple[AccessRow, ...]
    total: int


class AccessTable(Protocol):
    """The rows of all tenants."""

    def add(self, row: AccessRow) -> None:
        """Keep one."""

    def page(
        self, tenant: str, actor: str | None, what: str | None, object_id: str | None, offset: int, limit: int
    ) -> tuple[list[AccessRow], int]:
        """Newest first, and how many there are."""


class AccessStore(Protocol):
    """A store that keeps them."""

    @property
    def accesses(self) -> AccessTable: ...


class Accesses:
    """The access log; the tenant always comes first."""

    def __init__(self, store: AccessStore, clock: Clock) -> None:
        self._table = store.accesses
        self._clock = clock
        self._seen: OrderedDict[tuple[str, ...], None] = OrderedDict()
        self._lock = threading.Lock()

    def page(
        self,
        tenant: str,
        *,
        actor: str | None = None,
        what: What | None = None,
        object_id: str | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> AccessPage:
        """Rows, newest first."""
        rows, total = self._table.page(tenant, actor, what, object_id, offset, limit)
        return AccessPage(rows=tuple(rows), total=total)

    def exported(self, tenant: str, object_kind: str, object_id: str) -> None:
        """
        Note that the one who asks is handed something; before it is.

        Raises:
            StoreUnavailable: It cannot be noted, so it must not be handed out.
        """
        self._noted(tenant, "exported", object_kind, object_id)

    def verified(self, tenant: str, object_id: str) -> None:
        """Note that the one who asks had a bundle verified."""
        self._noted(tenant, "verified", "bundle", object_id)

    def opened_by(self, actor: Actor, object_kind: str, object_id: str) -> None:
        """Note an opening, once a session, object and hour; a database that cannot be written hides nothing."""
        self._once(actor, "opened", object_kind, object_id, per_us=_HOUR_US)

    def refused_to(self, actor: Actor, object_kind: str, object_id: str) -> None:
        """Note a refused attempt, the same one once a minute."""
        self._once(actor, "refused", object_kind, object_id, per_us=_HOUR_US // 60)

    def signed_in(self, session: Session) -> None:
        """Note that somebody signed in, for each tenant that is open to them."""
        who = session.user_id or ""
        for tenant, role in session.roles.items():
            self._once(
                Actor(tenant=tenant, user=who, role=role, address=session.address, session=session.id),
                "signed_in",
                "user",
                who,
                per_us=_HOUR_US,
            )

    def sign_in_refused(
        self, tenants: Iterable[str], user_id: str, *, locked: bool, address: str | None
    ) -> None:
        """
        Note in each tenant of an account that a wrong password was tried, or the one that makes it wait.

        Nothing of what was typed is kept. There are as many rows as tries are counted: a handful, then one for each
        time that it has to wait.
        """
        now = self._clock.now()
        for tenant in tenants:
            nobody = Actor(tenant=tenant, user=UNKNOWN, role="", address=address)
            try:
                self._add(nobody, "locked" if locked else "sign_in_refused", "user", user_id, now)
            except StoreUnavailable:
                log.warning("a refused sign-in could not be noted: the database cannot be written")

    def exported_by(self, actor: Actor, object_kind: str, object_id: str) -> None:
        """As :meth:`exported`, for somebody named."""
        self._add(actor, "exported", object_kind, object_id, self._clock.now())

    def _noted(self, tenant: str, what: What, object_kind: str, object_id: str) -> None:
        act = current()
        if act is not None and act.actor.tenant == tenant:
            self._add(act.actor, what, object_kind, object_id, self._clock.now())

    def _once(self, actor: Actor, what: What, object_kind: str, object_id: str, *, per_us: int) -> None:
        now = self._clock.now()
        moment = str(microseconds(now) // per_us)
        key = actor.tenant, actor.user, actor.session, what, object_kind, object_id, moment
        with self._lock:
            if key in self._seen:
                return
            self._seen[key] = None
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        try:
            self._add(actor, what, object_kind, object_id, now)
        except StoreUnavailable:
            log.warning("an access could not be noted: the database cannot be written")
            with self._lock, suppress(KeyError):
                del self._seen[key]

    def _add(self, actor: Actor, what: What, object_kind: str, object_id: str, at: datetime) -> None:
        self._table.add(
            AccessRow(
                tenant=actor.tenant,
                id=secrets.token_hex(16),
                at=at,
                actor=text(actor.user, 64),
                role=text(actor.role, 16),
                what=what,
                object_kind=text(object_kind, 32),
                object_id=text(object_id, 64),
                address=None if actor.address is None else text(actor.address, 64),
            )
        )
