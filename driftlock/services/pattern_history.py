"""How often the same cause was flagged."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamCount:
    """Anomalies of one stream."""

    stream_id: str
    stream_name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternHistory:
    """All anomalies of a tenant that share a pattern; of none where no pattern was formed."""

    pattern: str
    count: int
    first_seen: datetime | None
    last_seen: datetime | None
    per_day: tuple[tuple[date, int], ...]  # days in UTC, those without one left out
    streams: tuple[StreamCount, ...]  # most first
