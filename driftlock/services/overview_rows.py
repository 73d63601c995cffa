"""What the overview asks for and what it shows: ranges, figures, lanes, rows of the feed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from driftlock.model import Kind, Label, Source, Stream
from driftlock_core.severity import Severity

Span = Literal["15min", "1h", "24h", "7d", "30d", "all"]
Standing = Literal["open", "real", "not_real", "not_useful", "snoozed"]
LaneBy = Literal["stream", "kind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """A stream, where it comes from, and the times its judged data name."""

    stream: Stream
    source: Source | None  # of its run; None: fed from outside
    first_seen: datetime | None  # None: nothing was judged yet
    last_seen: datetime | None
    series: bool  # judged as numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    Streams of one tenant and a range of time, both ends included.

    Nothing outside is counted or shown. ``since`` None: no beginning;
    ``until`` None: none of the streams has judged data.
    """

    tenant: str
    stream_ids: tuple[str, ...]
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    Counts of one scope.

    Windows and alerts of number series are counted apart, because chance is
    stated of windows only. Suppressed ones are part of every count: what was
    flagged beside what chance explains must be all that was flagged.
    """

    flagged: int  # windows
    expected_by_chance: float  # of ``tested`` windows, at most about
    tested: int  # windows
    series_flagged: int  # alerts of number series; how many chance would raise is not stated
    incidents: int  # with at least one flagged window or alert in the scope
    suppressed: int  # windows and alerts whose pattern is suppressed now
    flagged_by_bucket: tuple[int, ...]  # windows and alerts; 24 buckets of equal length
    untested_streams: tuple[Stream, ...]  # nothing judged yet: see their events_needed
    data_until: datetime | None  # the newest judged data of the streams, whatever the range


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lane:
    """
    One row of the swimlane; arrays have one number a bucket.

    Lanes of number series count numbers instead of windows, and state bits
    of alerts only. Their ``tested`` says where numbers were judged if
    ``tested_known``; else it is zero throughout and says nothing.
    """

    key: str
    label: str  # name of the stream, or the kind
    kind: Kind
    stream_id: str | None  # None: a lane of a kind
    series: bool
    tested: Any  # int64
    tested_known: bool
    tested_ever: int  # windows or numbers judged, whatever the range
    flagged: Any  # int64, suppressed ones included
    strongest_bits: Any  # float64, of any window tested, or of any alert; NaN where there is none
    warming: int | None  # events still needed, 0: not known how many; None: something was judged
    expected: float  # flagged windows by chance, at most about; NaN for series: not stated


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lanes:
    """Bucket *i* holds ``edges_us[i] <= seen < edges_us[i + 1]``."""

    edges_us: Any  # int64, one more than buckets
    lanes: tuple[Lane, ...]  # most flagged first
    more: int  # lanes left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a feed is narrowed to; an empty tuple means: whatever it is."""

    kinds: tuple[Kind, ...] = ()
    severities: tuple[Severity, ...] = ()
    labels: tuple[Standing, ...] = ()  # any of them; open: neither labelled nor snoozed
    suppressed: bool = False  # show them too
    text: str = ""  # part of the sentence, the stream's name or the series', in any case
    since_us: int | None = None  # a bucket of a lane: from here
    until_us: int | None = None  # to before here


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A flagged window, or an alert of a number series, as the feed shows it."""

    id: str
    series: str | None  # None: a window
    stream_id: str
    stream_name: str
    kind: Kind
    seen_at: datetime
    severity: Severity
    ncd: float | None  # None: an alert of a series has none
    p: float
    extra_bits: float
    sentence: str
    views: tuple[str, ...]
    incident: int  # 1-based within the stream
    pattern: str  # empty: none was formed
    label: Label | None
    snoozed_until: datetime | None  # None: not snoozed now
    suppressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One page, and how many rows there are on all pages."""

    rows: tuple[FeedRow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A note about a moment, of one stream or of all."""

    id: str
    stream_id: str | None
    about: datetime
    text: str
    at: datetime  # when it was written
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheckLine:
    """How many foreign lines of one kind a window has to hold before it is noticed."""

    kind: str
    of: int  # events of a window
    noticed_from: int | None  # None: not even when all are foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheck:
    """The newest finished measurement of what would be noticed."""

    at: datetime
    stream_id: str
    stream_name: str
    lines: tuple[SelfCheckLine, ...]
