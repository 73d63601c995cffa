"""The record of a series anomaly as it is kept: the verdict, where it lies among the events, and its words."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from driftlock.model import at
from driftlock_core.series_text import explain_series
from driftlock_core.series_verdict import SeriesVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Events and times of a stretch; a time is microseconds since 1970, None where events name none."""

    first_seq: int
    last_seq: int
    first_at_us: int | None
    last_at_us: int | None
    seen_us: int = 0  # the time its last event names, else when that event came in


def series_anomaly_id(stream_id: str, series: str, record: int) -> str:
    """
    16 hex digits, the same for the same alert of the same series and telling nothing about others.

    >>> len(series_anomaly_id("5f0c33d1a9b24e76", "cpu", 12))
    16
    """
    return hashlib.blake2b(f"{stream_id} {record} {series}".encode(), digest_size=8).hexdigest()


def series_record(
    verdict: SeriesVerdict, place: Place, *, stream: str, kind: str = "metrics"
) -> dict[str, Any]:
    """The whole record, plain values; :meth:`SeriesVerdict.from_record` reads its verdict back."""
    first_at = at(place.first_at_us)
    return verdict.as_record() | {
        "stream": stream,
        "kind": kind,
        "first_seq": place.first_seq,
        "last_seq": place.last_seq,
        "first_at": _iso(first_at),
        "last_at": _iso(at(place.last_at_us)),
        "severity": verdict.severity,
        "explanation": explain_series(verdict, at=_said(first_at)).as_record(),
    }


def _said(time: datetime | None) -> str | None:
    return None if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat().replace("+00:00", "Z")
