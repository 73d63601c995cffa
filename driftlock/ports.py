"""What the services need from outside: a place to keep things, and the time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol

from driftlock.model import (
    Anchor,
    AnomalyRow,
    DecodingReport,
    DriftPoint,
    Event,
    Receipt,
    Run,
    RunState,
    ScoreColumns,
    Source,
    Stream,
)
from driftlock_core.severity import Severity
from driftlock_core.verdict import Status
from driftlock_core.windows import Windows

Order = Literal["strongest", "newest"]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event as it lies in its stream; ``seq`` counts from 1 without gaps."""

    seq: int
    at_us: int | None
    service: str | None
    payload: bytes
    received_us: int = 0

    @property
    def seen_us(self) -> int:
        """The time it names, else when it came in; microseconds since 1970."""
        return self.received_us if self.at_us is None else self.at_us


@dataclass(frozen=True, slots=True)
class FlaggedWindow:
    """Where a flagged window lies in its stream."""

    window: int
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the holder of a stream's lease goes on from."""

    owner: str
    stream_name: str
    configuration: dict[str, Any]
    cursor: int  # last seq the state has seen
    state: bytes | None  # None: the stream has not begun
    incidents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What a stream was judged by from one event on, until the next change."""

    after_seq: int  # events up to here were judged by the one before
    configuration: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnomaly:
    """A flagged window with everything written about it, ready to be kept."""

    id: str
    window: FlaggedWindow
    first_at_us: int | None
    last_at_us: int | None
    seen_us: int  # as of its last event
    pattern: str
    severity: Severity
    incident: int  # 1-based within the stream
    sentence: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One slab of a stream, worked off: everything here is kept, or nothing of it."""

    owner: str  # of the lease
    before: int  # cursor the slab began behind
    cursor: int  # last seq of the slab
    state: bytes
    status: Status
    events_needed: int
    windows: Windows
    last_at_us: Sequence[int | None]  # one per window
    seen_us: Sequence[int]  # likewise
    anomalies: Sequence[FoundAnomaly]
    incidents: int  # of the whole stream, after this step
    anchors: Sequence["NewAnchor"] = ()  # frozen in this slab, active from then on
    drift: Sequence[DriftPoint] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnchor:
    """An anchor, and its events packed."""

    anchor: Anchor
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How much a deletion took away."""

    streams: int = 0
    events: int = 0
    windows: int = 0
    anomalies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """A flagged window among the flagged windows of its stream, in stream order."""

    previous_id: str | None
    next_id: str | None
    position: int  # 1-based
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A source that was copied."""

    sha256: str
    size_bytes: int


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Aware UTC."""


class Spool(Protocol):
    """The sources of runs, as they came, while the runs live."""

    def keep(self, run_id: str, source: BinaryIO, limit_bytes: int) -> Spooled:
        """
        Copy *source* to its end, in place of what was kept for that run before.

        Raises:
            MalformedPayload: It holds more than *limit_bytes*; nothing of it is kept.
        """

    def open(self, run_id: str) -> BinaryIO | None:
        """The copy, or None if it is gone."""

    def remove(self, run_id: str) -> None: ...

    def sweep(self, needed: Collection[str]) -> None:
        """Remove what was left behind by runs other than *needed*."""


class EventLog(Protocol):
    """The events of all streams."""

    def append(
        self, tenant: str, stream_id: str, events: Sequence[Event], received_at: datetime
    ) -> Receipt: ...

    def after(self, tenant: str, stream_id: str, seq: int, limit: int) -> list[StoredEvent]: ...

    def between(self, tenant: str, stream_id: str, first_seq: int, last_seq: int) -> list[StoredEvent]: ...


class StreamTable(Protocol):
    """The streams themselves."""

    def add(self, stream: Stream) -> None: ...

    def add_missing(self, stream: Stream) -> None:
        """As :meth:`add`, and nothing where a stream of that id is there already."""

    def get(self, tenant: str, stream_id: str) -> Stream | None: ...

    def of_run(self, tenant: str, run_id: str) -> list[Stream]: ...

    def configure(self, tenant: str, stream_id: str, configuration: dict[str, Any]) -> bool:
        """Give a stream that has not begun another configuration; False if it has."""


class DetectionTable(Protocol):
    """Where detectors leave their state, their windows and what they flagged."""

    def claim(
        self, tenant: str, stream_id: str, owner: str, *, now: datetime, until: datetime
    ) -> Claim | None:
        """
        Take the stream's lease; None while somebody else holds it.

        Raises:
            NotFound: No such stream.
        """

    def configurations(self, tenant: str, stream_id: str) -> list[Configured]:
        """
        What the stream has been judged by, in order; the first from its first event on.

        Raises:
            NotFound: No such stream.
        """

    def flagged_after(self, tenant: str, stream_id: str, seq: int) -> list[FlaggedWindow]:
        """Flagged windows that end behind *seq*, in order."""

    def cursor(self, tenant: str, stream_id: str) -> int:
        """Last seq that was judged; 0 for a stream that has not begun, or is not there."""

    def release(self, tenant: str, stream_id: str, owner: str) -> None: ...

    def save(self, tenant: str, stream_id: str, step: Step, *, until: datetime) -> bool:
        """Keep *step*, and the lease until *until*; False, and nothing kept, if the lease was lost."""

    def fill(self, tenant: str, stream_id: str, windows: Windows) -> int:
        """Write scores, C(W), p_perm and ranks of *windows* where they are missing; answers for how many."""


class AnchorTable(Protocol):
    """Frozen baselines, and how far each stream has drifted from its own."""

    def of_stream(self, tenant: str, stream_id: str) -> list[Anchor]:
        """All of a stream, retired ones included, oldest first."""

    def content(self, tenant: str, stream_id: str, anchor_id: str) -> bytes | None:
        """Its events, packed; None: the stream has no such anchor."""

    def points(
        self,
        tenant: str,
        stream_id: str,
        anchor_id: str,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> list[DriftPoint]:
        """
        In the order of the stream.

        Args:
            after: Of baselines that end behind this event.
            before: And before this one.
            limit: At most so many, the first or the *newest* ones.
        """


class VerdictTable(Protocol):
    """What was found, for reading."""

    def scores(self, tenant: str, stream_id: str) -> ScoreColumns: ...

    def ncd(self, tenant: str, stream_id: str) -> Sequence[float]:
        """The column of that name in :meth:`scores`, alone."""

    def anomalies(
        self, tenant: str, stream_id: str, order: Order, offset: int, limit: int
    ) -> list[AnomalyRow]: ...

    def anomaly(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, dict[str, Any]] | None:
        """The row and the record."""

    def neighbours(self, tenant: str, stream_id: str, window: int) -> Neighbours: ...


class RunTable(Protocol):
    """The runs: what was asked for, how far it is, and who works on it."""

    def add(self, run: Run, *, expires_at: datetime | None, worker: str | None = None) -> bool:
        """Store a run, which *worker* is at already or which waits for one; False if that id is taken."""

    def get(self, tenant: str, run_id: str) -> Run | None: ...

    def newest(self, tenant: str, limit: int, sources: Collection[Source] | None = None) -> list[Run]:
        """The latest runs, newest first; of *sources* alone where they are given."""

    def claim(self, worker: str, *, now: datetime, stale: datetime) -> Run | None:
        """The oldest run that waits, or whose worker has not been heard of since *stale*."""

    def report_progress(
        self,
        run: Run,
        worker: str,
        *,
        now: datetime,
        step: str,
        bytes_read: int,
        events_received: int,
        events_analyzed: int,
    ) -> Literal["go on", "cancel", "gone"]: ...

    def describe(
        self, run: Run, *, report: DecodingReport | None = None, options: dict[str, Any] | None = None
    ) -> None: ...

    def finish(
        self, run: Run, worker: str, state: RunState, *, now: datetime, step: str, error: str | None = None
    ) -> bool:
        """Close the run; False, and nothing done, if it is no longer *worker*'s."""

    def expires_at(self, tenant: str, run_id: str) -> datetime | None: ...

    def request_cancel(self, tenant: str, run_id: str, *, now: datetime) -> bool:
        """Ask for an end; a run that still waits ends at once. False: no such run."""

    def delete(self, tenant: str, run_id: str) -> Removed | None: ...

    def expired(self, now: datetime) -> list[tuple[str, str]]:
        """(tenant, run id) of runs past their time that nobody works on."""

    def unfinished(self) -> list[str]:
        """Ids of the runs that wait or are worked on."""

    def waiting_bytes(self, prefix: str) -> int:
        """Bytes of the sources of those runs, of all tenants whose ids begin so."""


class RedactionTable(Protocol):
    """What is to be taken out of the events of a stream before they are stored."""

    def rules(self, tenant: str, stream_id: str) -> Sequence[str] | None:
        """Those of the stream, else of its tenant; None: neither says, and it is fed from outside."""


class Store(Protocol):
    """Everything that is kept."""

    @property
    def redaction(self) -> RedactionTable: ...

    @property
    def events(self) -> EventLog: ...

    @property
    def streams(self) -> StreamTable: ...

    @property
    def detections(self) -> DetectionTable: ...

    @property
    def verdicts(self) -> VerdictTable: ...

    @property
    def runs(self) -> RunTable: ...

    @property
    def anchors(self) -> AnchorTable: ...
