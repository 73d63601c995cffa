"""Tenants: made, named, suspended, removed."""

import re
from typing import Final

from driftlock.errors import NotFound
from driftlock.model import DEMO
from driftlock.ports import Clock
from driftlock.services.accounts_rows import Refused, SessionTable, TenantRow, TenantTable
from driftlock.services.acting import note

VISIT: Final = "visit-"  # how the ids of visitors' tenants begin
PLAN: Final = "free"
LONGEST_NAME: Final = 80
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?").fullmatch


class Tenants:
    """Whose data are kept apart."""

    def __init__(self, table: TenantTable, sessions: SessionTable, clock: Clock) -> None:
        self._table = table
        self._sessions = sessions
        self._clock = clock

    def all(self) -> list[TenantRow]:
        """All but visitors', by name."""
        return self._table.all()

    def get(self, tenant: str) -> TenantRow:
        """
        One of them.

        Raises:
            NotFound: There is none of that id.
        """
        found = self._table.get(tenant)
        if found is None or found.state == "removed":
            raise NotFound(f"There is no tenant {tenant!r}." if _SLUG(tenant) else "There is no such tenant.")
        return found

    def add(self, tenant: str, name: str, *, by: str) -> TenantRow:
        """
        A new one; its id stands in addresses and is never given again.

        Raises:
            Refused: The id or the name cannot be had.
        """
        if not _SLUG(tenant) or tenant.startswith(VISIT):
            raise Refused(
                "The id of a tenant has 1 to 48 small letters, digits and hyphens, neither first nor last a "
                f"hyphen, and does not begin with {VISIT}."
            )
        if not self._table.add(tenant, clean_name(name), plan=PLAN, now=self._clock.now()):
            raise Refused(f"There is a tenant {tenant} already, or was one. Choose another id.")
        return self.get(tenant)

    def ensure(self, tenant: str, name: str, *, by: str) -> TenantRow:
        """The tenant of that id, made if it is not there."""
        found = self._table.get(tenant)
        return self.add(tenant, name, by=by) if found is None else self.get(tenant)

    def rename(self, tenant: str, name: str, *, by: str) -> None:
        """
        Another name; the id stays.

        Raises:
            NotFound: There is no such tenant.
            Refused: A name cannot be that.
        """
        self.get(tenant)
        note(object_kind="tenant", object_id=tenant)
        self._table.rename(tenant, clean_name(name))

    def suspend(self, tenant: str, *, by: str) -> None:
        """
        Let nobody in and take no events until it is resumed; what is kept stays.

        Raises:
            NotFound: There is no such tenant.
        """
        self.get(tenant)
        note(object_kind="tenant", object_id=tenant, after={"state": "suspended"})
        self._table.set_state(tenant, "suspended")

    def resume(self, tenant: str, *, by: str) -> None:
        """
        End a suspension.

        Raises:
            NotFound: There is no such tenant.
        """
        self.get(tenant)
        note(object_kind="tenant", object_id=tenant, after={"state": "active"})
        self._table.set_state(tenant, "active")

    def remove(self, tenant: str, *, by: str) -> None:
        """
        Nobody reaches it any more; its data are deleted by retention.

        Raises:
            NotFound: There is no such tenant.
            Refused: It is the one that every installation has.
        """
        self.get(tenant)
        if tenant == DEMO:
            raise Refused(f"The tenant {DEMO} belongs to the installation and cannot be removed. Suspend it.")
        note(object_kind="tenant", object_id=tenant, after={"state": "removed"})
        self._table.set_state(tenant, "removed")
        self._sessions.end_tenant(tenant, now=self._clock.now())


def clean_name(name: str) -> str:
    """
    A name for people, without control characters and outer white space.

    Raises:
        Refused: Nothing is left of it, or too much.
    """
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 0 < len(cleaned) <= LONGEST_NAME:
        raise Refused(f"A name has 1 to {LONGEST_NAME} characters.")
    return cleaned
