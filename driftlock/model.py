"""The nouns of the application, frozen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

DEMO: Literal["demo"] = "demo"  # the tenant that every installation begins with
Role = Literal["viewer", "analyst", "operator", "auditor", "admin", "owner"]
ROLES: tuple[Role, ...] = get_args(Role)
Kind = Literal["logs", "metrics", "traces", "llm", "records", "network"]
KINDS: tuple[Kind, ...] = get_args(Kind)
AUTO: Literal["auto"] = "auto"  # instead of a kind: the recognised one
Source = Literal["sample", "upload", "paste", "live", "scenario", "demo"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Label = Literal["real", "not_real", "not_useful"]
LABELS: tuple[Label, ...] = get_args(Label)
RunState = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Event:
    """
    One record of telemetry as it was sent.

    ``payload`` is never altered. ``at_us`` is the time the event itself names,
    in microseconds since 1970 UTC, or None. ``key`` tells two deliveries of
    the same event apart from two events with the same text.
    """

    payload: bytes
    kind: Kind
    key: bytes
    at_us: int | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What ``receive`` answers: all of *accepted* is stored when it answers."""

    stream_id: str
    accepted: int
    duplicates: int
    last_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedLine:
    """One line that could not be read: 1-based line number and reason."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindEvidence:
    """What the sampled events of a file look like."""

    kind: Kind  # taken
    sentence: str  # "n of m sampled events …"
    sampled: int = 0  # events
    matching: int = 0  # of them, those that look like *kind*
    counts: dict[str, int] = field(default_factory=dict)  # sampled events by the kind each looks like
    fields: tuple[str, ...] = ()  # that say so, those seen most first


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What a file was taken for, and the evidence that rests on."""

    format: str  # ndjson, json_array, json_events, csv, text, syslog, otlp_json
    kind: Kind  # of most events
    format_evidence: str  # one sentence
    kind_evidence: str  # one sentence, "n of m sampled events …"
    compression: str | None  # "gzip", "zstd" or None
    kind_seen: KindEvidence | None = None  # None where the kind was chosen by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodingReport:
    """What became of every line of a file."""

    recognition: Recognition
    events: int
    by_kind: dict[str, int]
    lines: int  # read; multi-line events make it larger than events
    skipped: int
    skipped_lines: tuple[SkippedLine, ...]  # the first hundred
    joined: int  # continuation lines joined to their event
    with_time: int
    out_of_order: int  # events earlier than their predecessor
    first_at_us: int | None
    last_at_us: int | None
    fields: tuple[str, ...]  # field names seen most, at most 12; empty for plain text
    services: tuple[str, ...]  # seen most, at most 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Ordered events of one source and kind, one tenant."""

    tenant: str
    id: str
    name: str
    kind: Kind
    status: Literal["warming_up", "calibrating", "ready"]
    events: int
    windows: int
    flagged: int
    incidents: int
    expected_by_chance: float
    events_needed: int  # until the first verdict; 0 once there is one
    configuration: dict[str, Any]  # of the profile, as Profile.configuration() gives it
    run_id: str | None
    created_at: datetime
    expires_at: datetime | None
    redact: list[str] | None = None  # rules of redaction; None: those of the tenant
    retention_days: int | None = None  # None: that of the tenant
    removed_through: int = 0  # last seq that retention removed; 0: every event is there
    removed_at: datetime | None = None  # when that was
    settings: dict[str, Any] | None = None  # of drift; None: usual


AnchorState = Literal["active", "kept", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A baseline frozen on a day, kept for comparison; its events lie beside it, packed."""

    tenant: str
    id: str
    stream_id: str
    state: AnchorState  # active: the one that drift is measured from
    note: str
    first_seq: int
    last_seq: int
    events: int
    sha256: str  # of its canonical events, each followed by a newline
    configuration: dict[str, Any]  # of the profile that masked it
    figures: dict[str, Any]  # what was written about it when it was frozen, and its history
    by: str
    at: datetime
    activated_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPoint:
    """How far the stream's baseline lay from an anchor at one moment; see driftlock_core/anchors_drift.py."""

    anchor_id: str
    seq: int  # last event of the baseline
    seen_us: int  # when it was measured: the time of the newest event then, microseconds since 1970
    distance: float
    low: float
    high: float
    p: float

    @property
    def outside(self) -> bool:
        """Whether it lies above the ordinary range; the same as p ≤ 0.05."""
        return self.distance > self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One analysis of one sample, file or text: a job with counted progress and the streams it made."""

    tenant: str
    id: str
    source: Source
    name: str
    state: RunState
    configuration: dict[str, Any]
    options: dict[str, Any]  # seed, format and kind chosen by hand, sizes proposed and why
    sha256: str | None
    size_bytes: int | None
    bytes_read: int
    events_received: int
    events_analyzed: int
    step: str  # what is being done now, in words
    error: str | None
    report: DecodingReport | None
    stream_ids: tuple[str, ...]
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyRow:
    """One flagged window as lists show it."""

    id: str
    stream_id: str
    stream_name: str
    kind: Kind
    window: int
    first_seq: int
    last_seq: int
    first_at: datetime | None
    last_at: datetime | None
    status: str
    ncd: float
    p: float
    p_stream: float
    p_perm: float
    extra_bits: float
    severity: Literal["low", "medium", "high"]
    incident: int  # 1-based number within the stream
    sentence: str
    seen_at: datetime  # the time its last event names, else when that event came in
    pattern: str  # the same for windows of the same cause; empty: none was formed
    views: tuple[str, ...] = ("bytes",)  # that stand out, most surprising first


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One flagged window, whole: the row, the engine's record and what was written about it."""

    row: AnomalyRow
    record: dict[str, Any]  # Verdict.as_record() with textbook, entropy and explanation
    previous_id: str | None
    next_id: str | None
    position: int  # 1-based among the stream's flagged windows
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreColumns:
    """One row a window, column by column (numpy arrays of equal length), for charts and downloads."""

    window: Any  # int64
    last_seq: Any  # int64
    last_at_us: Any  # int64, -1 where the event names no time
    ncd: Any  # float64; where exact is False a bound: at most this if positive, at least this if negative
    exact: Any  # bool
    p_stream: Any  # float64
    p_perm: Any  # float64, NaN where not computed
    extra_bits: Any  # float64
    flagged: Any  # bool
    ready: Any  # bool
    chance: Any  # float64; expected flags of this window by chance
    extra: dict[str, Any] = field(default_factory=dict)


def at(us: int | None) -> datetime | None:
    """Microseconds since 1970 as an aware UTC time."""
    return None if us is None or us < 0 else moment(us)


def moment(us: int) -> datetime:
    """Microseconds since 1970 as an aware UTC time, exactly."""
    return _EPOCH + timedelta(microseconds=us)


def microseconds(time: datetime) -> int:
    """The inverse of :func:`moment`."""
    return (time - _EPOCH) // timedelta(microseconds=1)
