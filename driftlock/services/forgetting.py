"""
Deletion of a stream, of a tenant, of what is kept of one person: counted first, never undone.

Copies that left the database are out of reach: backups, exported evidence,
what somebody downloaded. docs/privacy.md says what to do about them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import quote

from driftlock.errors import ApplicationError, NotFound
from driftlock.model import DEMO
from driftlock.ports import Clock, Spool, Store
from driftlock.services import acting
from driftlock.services.accounts_rows import Refused

REMOVED: Final = b"<removed>"  # in place of an event that was deleted for a person
FEWEST_CHARACTERS: Final = 4  # of a term: shorter ones stand in every other line
_ROUNDS: Final = 3
Progress = Callable[[int, int], None]  # events looked at, events to look at


class Held(ApplicationError):
    """Evidence that somebody holds rests on what was to be deleted."""


class InvalidTerm(ApplicationError):
    """Nobody can be searched for by that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows by table that go, or went."""

    by_table: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_table.values())

    @property
    def sentence(self) -> str:
        """
        What and how many.

        >>> Counts(by_table={"events": 1200, "anomalies": 1, "jobs": 0}).sentence
        '1,200 events, 1 anomaly'
        """
        named = (f"{count:,} {_called(table, count)}" for table, count in self.by_table.items() if count)
        return ", ".join(named) or "nothing"


def _called(table: str, count: int) -> str:
    """
    Its rows in words.

    >>> _called("series_anomalies", 1), _called("accesses", 1), _called("desk_changes", 1), _called("audit_log", 1)
    ('series anomaly', 'access', 'desk change', 'audit log row')
    >>> _called("audit_log", 2), _called("demo_data", 2)
    ('audit log rows', 'demo data rows')
    """
    name = table.replace("_", " ")
    if not name.endswith("s"):
        return f"{name} row{'s' * (count != 1)}"
    if count != 1:
        return name
    return f"{name[:-3]}y" if name.endswith("ies") else name[:-2] if name.endswith("sses") else name[:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFound:
    """Where a term stands, or stood."""

    streams: Mapping[str, int]  # stream id: events
    elsewhere: Mapping[str, int]  # what else is kept, by place: rows
    held: int = 0  # bundles of evidence that quote it and are held: they stay
    remains: Mapping[str, int] = field(default_factory=dict)  # by place: rows that nothing may change

    @property
    def events(self) -> int:
        return sum(self.streams.values())


class ForgettingTable(Protocol):
    """What is deleted, in short transactions."""

    def stream_counts(self, tenant: str, stream_id: str) -> dict[str, int] | None:
        """None: no such stream."""

    def held(self, tenant: str, stream_id: str | None) -> int:
        """Bundles that are held and rest on the stream, or on any."""

    def run_of(self, tenant: str, stream_id: str) -> str | None: ...

    def forget_stream(self, tenant: str, stream_id: str) -> dict[str, int]: ...

    def tenant_counts(self, tenant: str) -> dict[str, int]: ...

    def forget_tenant(self, tenant: str) -> dict[str, int]: ...

    def runs(self, tenant: str) -> list[str]: ...

    def find_person(self, tenant: str, term: re.Pattern[bytes], progress: Progress | None) -> PersonFound: ...

    def forget_person(
        self, tenant: str, term: re.Pattern[bytes], progress: Progress | None
    ) -> PersonFound: ...

    def empty_log(self) -> bool: ...


class ForgettingStore(Store, Protocol):
    """A store that can forget."""

    @property
    def forgetting(self) -> ForgettingTable: ...


class Forgetting:
    """Every verb has its question, which answers with what the verb would delete."""

    def __init__(self, table: ForgettingTable, spool: Spool, clock: Clock) -> None:
        self._table = table
        self._spool = spool
        self._clock = clock

    def stream_counts(self, tenant: str, stream_id: str) -> Counts:
        """
        What is kept of a stream.

        Raises:
            NotFound: The tenant has no such stream.
        """
        counts = self._table.stream_counts(tenant, stream_id)
        if counts is None:
            raise NotFound(f"There is no stream {stream_id}.")
        return Counts(by_table=counts)

    def forget_stream(self, tenant: str, stream_id: str, *, by: str) -> Counts:
        """
        Delete a stream of its own with all that came of it.

        Raises:
            NotFound: The tenant has no such stream.
            Held: Held evidence rests on it.
            ApplicationError: It belongs to an analysis, which is deleted whole.
        """
        counts = self.stream_counts(tenant, stream_id)
        if (run := self._table.run_of(tenant, stream_id)) is not None:
            raise ApplicationError(f"Stream {stream_id} belongs to the analysis {run}: delete that.")
        self._refuse_held(tenant, stream_id)
        acting.note(object_kind="stream", object_id=stream_id, before={"rows": counts.total})
        gone = Counts(by_table=self._table.forget_stream(tenant, stream_id))
        self._table.empty_log()
        return gone

    def tenant_counts(self, tenant: str) -> Counts:
        """What is kept of a tenant."""
        return Counts(by_table=self._table.tenant_counts(tenant))

    def forget_tenant(self, tenant: str, *, by: str) -> Counts:
        """
        Delete everything of a tenant; of one that people signed in to, its audit log stays.

        Raises:
            Held: Evidence is held.
            Refused: It is the one that every installation has.
        """
        self._refuse_held(tenant, None)
        if tenant == DEMO:
            raise Refused(
                f"The tenant {DEMO} belongs to the installation and cannot be deleted. Delete its streams one by one."
            )
        runs = self._table.runs(tenant)
        acting.note(object_kind="tenant", object_id=tenant)
        gone = Counts(by_table=self._table.forget_tenant(tenant))
        for run_id in runs:
            self._spool.remove(run_id)
        self._table.empty_log()
        return gone

    def find_person(
        self, tenant: str, terms: Sequence[str], *, progress: Progress | None = None
    ) -> PersonFound:
        """
        Where the terms stand: an address, a name of an account, an id.

        Raises:
            InvalidTerm: There is none, or one is too short.
        """
        return self._table.find_person(tenant, pattern_of(terms), progress)

    def forget_person(
        self, tenant: str, terms: Sequence[str], *, by: str, progress: Progress | None = None
    ) -> PersonFound:
        """
        Put a mark in place of each event that holds one of the terms, and of all that quotes it.

        The events stay counted. Verdicts stay too, without quotations; those
        that rest on such an event can no longer be computed again.

        Raises:
            InvalidTerm: There is none, or one is too short.
            Held: Held evidence quotes it.
        """
        pattern = pattern_of(terms)
        found = self._table.find_person(tenant, pattern, None)
        if found.held:
            raise Held(f"{found.held:,} held bundles quote this person. End the hold first.")
        # The term itself would bring back what is deleted.
        acting.note(object_kind="person", after={"events": found.events, "terms": len(terms)})
        gone = self._table.forget_person(tenant, pattern, progress)
        for _ in range(_ROUNDS):  # what was judged or came in meanwhile
            left = self._table.find_person(tenant, pattern, None)
            if not left.events and not left.elsewhere:
                break
            self._table.forget_person(tenant, pattern, None)
        self._table.empty_log()
        return gone

    def _refuse_held(self, tenant: str, stream_id: str | None) -> None:
        if held := self._table.held(tenant, stream_id):
            raise Held(f"{held:,} bundles of evidence are held and rest on this. End the hold first.")


def pattern_of(terms: Sequence[str]) -> re.Pattern[bytes]:
    """
    What any of *terms* looks like in stored bytes: in any case, also escaped as JSON or for an address.

    >>> bool(pattern_of(["Jörg@example.com"]).search(b'{"to":"J\\\\u00f6rg@EXAMPLE.com"}'))
    True

    Raises:
        InvalidTerm: There is none, or one is too short.
    """
    cleaned = [term.strip() for term in terms]
    if not cleaned or any(len(term) < FEWEST_CHARACTERS for term in cleaned):
        raise InvalidTerm(
            f"Give an address, a name or an id of at least {FEWEST_CHARACTERS} characters; shorter ones stand in "
            "lines of other people too."
        )
    forms: set[bytes] = set()
    for term in cleaned:
        for cased in {term, term.lower(), term.upper()}:
            escaped = cased.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")
            forms |= {cased.encode(), escaped, quote(cased, safe="").encode()}
    return re.compile(
        b"|".join(re.escape(form) for form in sorted(forms, key=lambda f: (-len(f), f))), re.IGNORECASE
    )
