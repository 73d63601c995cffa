"""The record of a flagged window, written from the events at hand."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from driftlock.model import Event, Kind, at
from driftlock.ports import FlaggedWindow
from driftlock.services.records import disjoint_in_a_row, ordinary_range
from driftlock_core.compressors import compressor_named
from driftlock_core.describe import describe
from driftlock_core.explain import explain
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile
from driftlock_core.severity import PERSISTENT, severity
from driftlock_core.verdict import Verdict
from driftlock_core.window_views.places import Received

DAY_US: Final = 86_400_000_000


class RecordWriter:
    """
    Turns verdicts of one stream, in order, into plain values ready for JSON.

    Args:
        stream: What records call the stream.
        kind: Of its events.
        profile: Which the verdicts were made with.
        masker: Of the detector.
        begins_us: Time of the stream's first event, if it names one.
        baseline_events: Gives the raw events of a baseline, from first to last seq.
    """

    def __init__(
        self,
        stream: str,
        kind: Kind,
        profile: Profile,
        masker: Masker,
        begins_us: int | None,
        baseline_events: Callable[[int, int], Sequence[bytes]],
    ) -> None:
        self._stream = stream
        self._kind = kind
        self._hop = profile.hop
        self._compressor = compressor_named(profile.compressor)
        self._masker = masker
        self._begins_us = begins_us
        self._baseline_events = baseline_events
        self._baseline: tuple[tuple[int, int], Sequence[bytes], list[bytes]] | None = None
        # Severity asks for so many windows in a row that do not overlap; they lie within twice their length.
        self._incident: deque[FlaggedWindow] = deque(maxlen=2 * PERSISTENT * profile.chunks_per_window)
        self.incidents = 0

    def record(self, verdict: Verdict, events: Sequence[Event]) -> dict[str, Any]:
        """*verdict* with everything that stands beside it; *events* are the window's."""
        self._count(verdict)
        received = [event.payload for event in events]
        window = self._masker.canonical(received)
        raw, baseline = self._baseline_of(verdict)
        description = describe(verdict, window, baseline, self._compressor, Received(received, raw))
        ordinary = ordinary_range(verdict)
        per_day = self._windows_per_day(verdict.last_seq, events[-1].at_us)
        words = explain(
            verdict,
            description,
            stream=self._stream,
            ordinary_range=ordinary,
            windows_per_day=per_day,
        )
        return verdict.as_record() | {
            "stream": self._stream,
            "kind": self._kind,
            "incident": self.incidents,
            "first_at": iso(at(events[0].at_us)),
            "last_at": iso(at(events[-1].at_us)),
            "severity": severity(
                verdict.extra_bits,
                verdict.mu,
                disjoint_in_a_row(self._incident),
                [finding.beyond for finding in description.findings],
            ),
            "ordinary_range": list(ordinary),
            "windows_per_day": per_day,
            "ncd_textbook": description.ncd_textbook,
            "novelty": description.novelty,
            "ratio_change": description.ratio_change,
            "entropy_bits_per_byte": description.entropy_bits_per_byte,
            "description": description.as_record(),
            "explanation": words.as_record(),
        }

    def _count(self, verdict: Verdict) -> None:
        """Flagged windows that overlap or touch are one incident."""
        if not self._incident or verdict.first_seq > self._incident[-1].last_seq + 1:
            self.incidents += 1
            self._incident.clear()
        self._incident.append(FlaggedWindow(verdict.window, verdict.first_seq, verdict.last_seq))

    def _baseline_of(self, verdict: Verdict) -> tuple[Sequence[bytes], list[bytes]]:
        """As received and canonical, of the window's last epoch; kept, since neighbouring windows share it."""
        first, last, _ = verdict.evidence.epochs[-1]
        if self._baseline is None or self._baseline[0] != (first, last):
            raw = self._baseline_events(first, last)
            self._baseline = (first, last), raw, self._masker.canonical(raw)
        return self._baseline[1:]

    def _windows_per_day(self, last_seq: int, last_us: int | None) -> float | None:
        """Rate since the stream began; None where times are missing or run backwards."""
        if self._begins_us is None or last_us is None or last_us <= self._begins_us:
            return None
        return (last_seq - 1) / self._hop * DAY_US / (last_us - self._begins_us)


def iso(time: datetime | None) -> str | None:
    """
    A time as records hold it.

    >>> iso(at(0)), iso(None)
    ('1970-01-01T00:00:00Z', None)
    """
    return None if time is None else time.isoformat().replace("+00:00", "Z")
