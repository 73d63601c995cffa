"""The record of a flagged window: the verdict, what stands beside it, and both in words."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from driftlock.model import at
from driftlock.ports import EventLog, FlaggedWindow, FoundAnomaly, StoredEvent
from driftlock.services.patterns import pattern
from driftlock_core.compressors import compressor_named
from driftlock_core.describe import Description, describe
from driftlock_core.explain import explain
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile
from driftlock_core.protection import FREEZE
from driftlock_core.severity import severity
from driftlock_core.verdict import Verdict
from driftlock_core.window_views.places import Received

DAY_US: Final = 86_400_000_000
ORDINARY_SHARES: Final = (0.05, 0.95)


def anomaly_id(stream_id: str, window: int) -> str:
    """
    16 hex digits, the same for the same window of the same stream and telling nothing about others.

    >>> anomaly_id("5f0c33d1a9b24e76", 12)
    'c5ad1d03b080b44d'
    """
    return hashlib.blake2b(f"{stream_id} {window}".encode(), digest_size=8).hexdigest()


def ordinary_range(verdict: Verdict) -> tuple[float, float]:
    """
    5 and 95 % of the past windows the verdict ranks among, flagged ones included, on this window's scale.

    Their excess over mu is divided by what divides this window's own, so that
    a window outside the range by its size S is outside it by its NCD too.
    """
    start, stop = verdict.evidence.p_span
    sizes = np.array(verdict.evidence.history[start:stop] or (verdict.mu,), dtype=np.float64)
    low, high = np.quantile(
        (sizes - verdict.mu) / max(verdict.evidence.c_window, verdict.cbar), ORDINARY_SHARES
    )
    return float(low), float(high)


def verdict_of(record: dict[str, Any]) -> Verdict:
    """The verdict in a kept record, without what stands beside it."""
    # Records of earlier versions lack what has a default.
    names = Verdict.__dataclass_fields__
    return Verdict.from_record({name: record[name] for name in names if name in record})


class RecordWriter:
    """
    Writes the records of one stream's flagged windows, from stored events.

    Neighbouring windows share their baseline, so the last one masked is kept.
    """

    def __init__(
        self,
        events: EventLog,
        tenant: str,
        stream_id: str,
        stream_name: str,
        profile: Profile,
        masker: Masker,
    ) -> None:
        self._events = events
        self._tenant = tenant
        self._stream_id = stream_id
        self._stream_name = stream_name
        self._hop = profile.hop
        # A baseline ends at most five windows back, or so many baselines before that.
        self._reach = (1 + FREEZE) * profile.baseline + 8 * profile.window
        self._latest: list[StoredEvent] = []
        self._compressor = compressor_named(profile.compressor)
        self._masker = masker
        self._baseline: tuple[tuple[int, int], list[bytes], list[bytes]] | None = None
        first = events.after(tenant, stream_id, 0, 1)  # that is still there
        self._begins_us = first[0].at_us if first else None
        self._begins_seq = first[0].seq if first else 1

    def remember(self, slab: list[StoredEvent]) -> None:
        """Events that coming records will need; a look-up for each would take longer than the record itself."""
        self._latest = self._latest[-self._reach :] + slab

    def record(self, verdict: Verdict, *, incident: int, disjoint_in_a_row: int) -> FoundAnomaly:
        """The verdict with its description and explanation, ready to be kept."""
        events = self._between(verdict.first_seq, verdict.last_seq)
        received = [event.payload for event in events]
        window = self._masker.canonical(received)
        raw, baseline = self._baseline_of(verdict)
        description = describe(verdict, window, baseline, self._compressor, Received(received, raw))
        ordinary = ordinary_range(verdict)
        per_day = self._windows_per_day(events[-1])
        explanation = explain(
            verdict,
            description,
            stream=self._stream_name,
            ordinary_range=ordinary,
            windows_per_day=per_day,
        )
        beyond = [finding.beyond for finding in description.findings]
        level = severity(verdict.extra_bits, verdict.mu, disjoint_in_a_row, beyond)
        record = verdict.as_record() | _beside(description) | {
            "stream": self._stream_id,
            "first_at": _iso(at(events[0].at_us)),
            "last_at": _iso(at(events[-1].at_us)),
            "severity": level,
            "ordinary_range": list(ordinary),
            "windows_per_day": per_day,
            "explanation": explanation.as_record(),
        }  # fmt: skip
        return FoundAnomaly(
            id=anomaly_id(self._stream_id, verdict.window),
            window=FlaggedWindow(verdict.window, verdict.first_seq, verdict.last_seq),
            first_at_us=events[0].at_us,
            last_at_us=events[-1].at_us,
            seen_us=events[-1].seen_us,
            pattern=pattern(verdict.views, window, description.event_bits),
            severity=level,
            incident=incident,
            sentence=explanation.sentence,
            record=record,
        )

    def _between(self, first_seq: int, last_seq: int) -> list[StoredEvent]:
        begins = self._latest[0].seq if self._latest else last_seq + 1
        if first_seq >= begins:
            return self._latest[first_seq - begins : last_seq - begins + 1]
        return self._events.between(self._tenant, self._stream_id, first_seq, last_seq)

    def _baseline_of(self, verdict: Verdict) -> tuple[list[bytes], list[bytes]]:
        """Events of the baseline that decided, the one of the window's last epoch: as received, and canonical."""
        first, last, _ = verdict.evidence.epochs[-1]
        if self._baseline is None or self._baseline[0] != (first, last):
            raw = [event.payload for event in self._between(first, last)]
            self._baseline = (first, last), raw, self._masker.canonical(raw)
        return self._baseline[1:]

    def _windows_per_day(self, last: StoredEvent) -> float | None:
        """Rate from the stream's first event that is there to this one; None where times are missing or run backwards."""
        if self._begins_us is None or last.at_us is None or last.at_us <= self._begins_us:
            return None
        return (last.seq - self._begins_seq) / self._hop * DAY_US / (last.at_us - self._begins_us)


def _beside(description: Description) -> dict[str, Any]:
    return {
        "ncd_textbook": description.ncd_textbook,
        "novelty": description.novelty,
        "ratio_change": description.ratio_change,
        "entropy_bits_per_byte": description.entropy_bits_per_byte,
        "description": description.as_record(),
    }


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat().replace("+00:00", "Z")


def disjoint_in_a_row(incident: Sequence[FlaggedWindow]) -> int:
    """
    How many windows of an incident, counted back from its last one, do not overlap each other.

    >>> disjoint_in_a_row([FlaggedWindow(0, 1, 50), FlaggedWindow(1, 11, 60), FlaggedWindow(5, 51, 100)])
    2
    """
    count, begins = 0, incident[-1].last_seq + 1
    for window in reversed(incident):
        if window.last_seq < begins:
            count, begins = count + 1, window.first_seq
    return count
