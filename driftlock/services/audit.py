"""The audit log: read, checked, handed out. It is written by :mod:`driftlock.storage.audit` with every change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from driftlock.services.acting import Record
from driftlock.services.audit_chain import ChainCheck, checked
from driftlock.services.audit_rows import AuditRow

LONGEST_SEGMENT: Final = 1_000  # rows
_BATCH: Final = 5_000  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows; None: all."""

    actor: str | None = None
    action: str | None = None  # or the beginning of one, up to a dot
    object_kind: str | None = None
    object_id: str | None = None  # also where it stands among several in before or after
    since: datetime | None = None
    until: datetime | None = None  # not included


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some rows, and how many there are."""

    rows: tuple[AuditRow, ...]
    total: int


class AuditTable(Protocol):
    """The rows of all tenants, one chain each."""

    def append(self, record: Record) -> AuditRow:
        """Add a row in a transaction of its own."""

    def page(self, tenant: str, wanted: Wanted, offset: int, limit: int) -> tuple[list[AuditRow], int]:
        """Newest first, and how many there are."""

    def walk(self, tenant: str, first_seq: int, limit: int) -> list[dict[str, Any] | int]:
        """From a number on, in order, as they are hashed; of a row that cannot be read its number alone."""

    def newest(self, tenant: str) -> int:
        """Number of the newest row; 0: there is none."""

    def span(self, tenant: str, wanted: Wanted) -> tuple[int, int] | None:
        """Numbers of the first and the last of these rows."""

    def tenants(self) -> list[str]:
        """Those that have rows."""


class AuditStore(Protocol):
    """A store that keeps the log."""

    @property
    def audit(self) -> AuditTable: ...


class Audit:
    """Questions about what was done; the tenant always comes first."""

    def __init__(self, store: AuditStore) -> None:
        self._table = store.audit

    def page(
        self,
        tenant: str,
        *,
        actor: str | None = None,
        action: str | None = None,
        object_kind: str | None = None,
        object_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> AuditPage:
        """
        Rows, newest first.

        Args:
            action: Whole, or its beginning up to a dot.
            object_id: Also where it is one of several that a change names.
            until: Not included.
        """
        wanted = Wanted(
            actor=actor,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            since=since,
            until=until,
        )
        rows, total = self._table.page(tenant, wanted, offset, limit)
        return AuditPage(rows=tuple(rows), total=total)

    def check(
        self,
        tenant: str,
        *,
        head: str | None = None,
        progress: Callable[[int, int], None] = lambda read, of: None,
    ) -> ChainCheck:
        """
        Recompute the chain from its first row.

        Args:
            head: Hash of a row that is known from before, by which rows cut
                off at the end, and a chain written anew, are noticed.
            progress: Told now and then how many rows were read, and of how many.
        """
        return checked(self._walk(tenant, progress), head)

    def rows(self, tenant: str, first_seq: int, last_seq: int) -> list[dict[str, Any]]:
        """Rows as they are hashed, from one number to another, both included; at most 1,000."""
        last_seq = min(last_seq, first_seq + LONGEST_SEGMENT - 1)
        found = self._table.walk(tenant, first_seq, max(0, last_seq - first_seq + 1))
        return [row for row in found if isinstance(row, dict) and row["seq"] <= last_seq]

    def segment(self, tenant: str, object_kind: str, object_id: str) -> list[dict[str, Any]]:
        """
        Rows as they are hashed, from the first to the last that names an object.

        All rows between stand in it too, so that the chain can be followed; of
        more than 1,000 the newest.
        """
        found = self._table.span(tenant, Wanted(object_kind=object_kind, object_id=object_id))
        if found is None:
            return []
        first, last = found
        return self.rows(tenant, max(first, last - LONGEST_SEGMENT + 1), last)

    def export(self, tenant: str) -> Iterator[dict[str, Any]]:
        """All rows as they are hashed, oldest first."""
        return (row for row in self._walk(tenant) if isinstance(row, dict))

    def tenants(self) -> list[str]:
        """Those that have a log."""
        return self._table.tenants()

    def _walk(
        self, tenant: str, progress: Callable[[int, int], None] = lambda read, of: None
    ) -> Iterator[dict[str, Any] | int]:
        newest, first, read = self._table.newest(tenant), 1, 0
        while rows := self._table.walk(tenant, first, _BATCH):
            yield from rows
            read += len(rows)
            progress(read, max(read, newest))
            last = rows[-1]
            first = (last if isinstance(last, int) else last["seq"]) + 1
