"""Cases as they are kept, and what they are made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from driftlock.errors import ApplicationError
from driftlock.services.review_store import ReviewState
from driftlock_core.severity import Severity


class InvalidCase(ApplicationError):
    """What was asked of a case cannot be done; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A flagged window or alert in time."""

    anomaly_id: str
    stream_id: str
    stream_name: str
    first_us: int
    last_us: int
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flagged:
    """What was flagged in one stream, one row each: its windows in their order, then its alerts."""

    anomaly_id: npt.NDArray[np.bytes_]
    first_us: npt.NDArray[np.int64]
    last_us: npt.NDArray[np.int64]
    severity: npt.NDArray[np.int8]  # low, medium, high
    placed: npt.NDArray[np.bool_]  # whether it has its place in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much was flagged in one stream."""

    windows: int
    last_window: int  # -1: none
    alerts: int
    last_alert_us: int  # 0: none


Tallies = Mapping[str, Tally]  # by stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """
    How long a stream's windows usually last, and since when and until when it was judged.

    A number has no length of its own: of series the alerts stand for the windows.
    """

    stream_id: str
    stream_name: str
    length_us: int
    of_numbers: bool  # judged as series; its alerts last as long as they do
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Flagged windows of several streams, close in time: one incident across streams."""

    tenant: str
    id: str
    title: str
    state: ReviewState
    severity: Severity
    assignee: str | None
    snoozed_until: datetime | None
    first_us: int
    last_us: int
    by: str  # who opened it; system: grouped by time
    at: datetime
    changed_at: datetime
    timeline: Sequence[Mapping[str, Any]]  # at (ISO 8601 UTC), what, by, and more where it says more


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A flagged window or alert of a case, as its page shows it."""

    anomaly_id: str
    stream_id: str
    stream_name: str
    first_us: int
    last_us: int
    severity: Severity
    bits: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody wrote beside a case or an anomaly."""

    id: str
    object_kind: Literal["case", "anomaly"]
    object_id: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """A case as grouping leaves it: new, or with further members."""

    case: Case
    is_new: bool
    added: tuple[Span, ...]


class CaseTable(Protocol):
    """Cases, their members and what is written beside them; runs past their time at *now* are not there."""

    def tallies(self, tenant: str, now: datetime) -> Tallies:
        """Of each stream; they change whenever something is flagged, deleted, or past its time at *now*."""

    def reaches(self, tenant: str, now: datetime) -> list[Reach]:
        """
        Of all streams in which something was flagged; of series without length and times.

        Left out are plays of scenarios, streams of files whose events name no
        time, and a file that is there twice is one.
        """

    def flagged(self, tenant: str, ranges: Mapping[str, tuple[int, int]]) -> dict[str, Flagged]:
        """Of each of those streams, the flagged windows behind one and up to another; behind -1 also the alerts."""

    def members(self, tenant: str, anomaly_ids: Collection[str]) -> dict[str, str]:
        """Case by anomaly, of those that are in one."""

    def save(self, tenant: str, grouped: Collection[Grouped]) -> bool:
        """Keep new cases and new members in one transaction; False if another process kept some meanwhile."""

    def of_ids(self, tenant: str, case_ids: Collection[str]) -> dict[str, Case]:
        """Cases by id."""

    def cases(
        self, tenant: str, states: Collection[ReviewState], stream_id: str | None, limit: int
    ) -> list[Case]:
        """Those with members left, the latest first; *states* empty: all."""

    def get(self, tenant: str, case_id: str) -> Case | None: ...

    def of_anomaly(self, tenant: str, anomaly_id: str) -> str | None:
        """Id of the case it belongs to."""

    def reached(self, tenant: str, case_id: str) -> tuple[frozenset[str], int]:
        """Streams of a case, and how many anomalies are left in it."""

    def of_case(self, tenant: str, case_id: str, now: datetime, limit: int) -> list[Member]:
        """Most extra bits first."""

    def change(self, changed: Case, seen: Case) -> bool:
        """Keep state, assignee, snooze and timeline; False if it is no longer as *seen*."""

    def has(self, tenant: str, object_kind: str, object_id: str, now: datetime) -> bool:
        """Whether there is such a case or anomaly."""

    def comments(self, tenant: str, object_kind: str, object_id: str) -> list[Comment]:
        """Oldest first."""

    def add_comment(self, tenant: str, comment: Comment) -> None: ...

    def remove_comment(self, tenant: str, comment_id: str, by: str, at: datetime) -> bool:
        """False: *by* has written none of that id that stands."""


class CaseStore(Protocol):
    """A store that keeps cases."""

    @property
    def cases(self) -> CaseTable: ...
