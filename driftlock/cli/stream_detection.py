"""One stream through the detector, with what is needed to explain what it flags and nothing more."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from driftlock.cli.recent_events import RecentEvents
from driftlock.cli.records import RecordWriter
from driftlock.model import Event, Kind
from driftlock.services.sizes import fit
from driftlock_core.contamination import Suspect, suspects, suspects_text
from driftlock_core.detector import Detector
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile
from driftlock_core.stationarity import RECENT, recent_flags


class StreamDetection:
    """
    Judges the events of one stream as they come.

    Nothing is judged until there are as many events as the sizes need, since
    a stream that ends before gets smaller sizes.

    Args:
        name: What records call the stream.
        profile: Limits, and the sizes to begin with.
        propose: Whether a stream too short for them may get smaller sizes.
        baseline: Raw events of a fixed baseline, as many as the profile's.
        left_out: Events of the stream before the first one taken.
    """

    def __init__(
        self,
        name: str,
        kind: Kind,
        profile: Profile,
        *,
        propose: bool,
        baseline: Sequence[bytes] | None,
        left_out: int = 0,
    ) -> None:
        self.name = name
        self.kind = kind
        self.profile = profile
        self.note: str | None = None  # a sentence where other sizes were used than asked for
        self.shortage: str | None = None  # a sentence where no window could be judged
        self.windows = 0
        self.flagged = 0
        self.expected_by_chance = 0.0
        self.suspects: tuple[Suspect, ...] = ()  # stretches of the first baseline unlike the rest of it
        self._recent_flags: deque[bool] = deque(maxlen=RECENT)
        self._propose = propose and baseline is None
        self._given = baseline
        self._left_out = left_out
        self._needed = profile.window if baseline is not None else profile.events_needed
        self._masker = Masker(profile.masks)
        self._events = 0
        self._waiting: list[Event] = []
        self._recent = RecentEvents()
        self._detector: Detector | None = None
        self._writer: RecordWriter | None = None

    def take(self, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
        """The next events; gives the records of the flagged windows they complete."""
        self._events += len(events)
        if self._detector is not None:
            yield from self._judge(events)
            return
        self._waiting.extend(events)
        if len(self._waiting) >= self._needed:
            yield from self._begin(self.profile)

    def end(self) -> Iterator[dict[str, Any]]:
        """There are no more events: a stream that still waits for its sizes is judged with smaller ones."""
        if self._detector is not None or not self._waiting:
            return
        if self._given is not None:
            self.shortage = f"{self._events} events; at least {self._needed}, one window, are needed"
            return
        fitting = fit(self.profile, self._events, propose=self._propose)
        self.note, self.shortage = fitting.note, fitting.shortage
        if fitting.shortage is None:
            yield from self._begin(fitting.profile)

    @property
    def advice(self) -> str | None:
        """A sentence where the first baseline holds what is unlike the rest of it, and what to do about it."""
        if not self.suspects:
            return None
        if self._given is not None:
            return f"{suspects_text(self.suspects)}. Give a --baseline without them."
        skip = self._left_out + self.suspects[-1].last
        return (
            f"{suspects_text(self.suspects)}. Start behind them with --skip {skip}, or judge against a "
            "baseline of your own with --baseline FILE."
        )

    def summary(self) -> dict[str, Any]:
        """The counts so far."""
        detector = self._detector
        recent = recent_flags(self._recent_flags, self.profile)
        needed = self._needed - self._events if detector is None else detector.events_needed
        return {
            "stream": self.name,
            "kind": self.kind,
            "events": self._events,
            "windows": self.windows,
            "flagged": self.flagged,
            "incidents": 0 if self._writer is None else self._writer.incidents,
            "expected_by_chance": self.expected_by_chance,
            "status": "warming_up" if detector is None else detector.status,
            "events_needed": max(0, needed),
            "stationary": recent.stationary,
            "recent": {"windows": recent.windows, "flagged": recent.flagged, "limit": recent.limit},
            "drift": recent.sentence,
            "baseline_suspects": [asdict(one) for one in self.suspects],
            "sizes": {
                "baseline": self.profile.baseline,
                "window": self.profile.window,
                "hop": self.profile.hop,
                "proposed": self.note is not None,
            },
        }

    def _begin(self, profile: Profile) -> Iterator[dict[str, Any]]:
        self.profile = profile
        events, self._waiting = self._waiting, []
        self._detector = Detector(profile, baseline=self._given, masker=self._masker)
        first = self._given or [event.payload for event in events[: profile.baseline]]
        self.suspects = suspects(first[: profile.baseline], profile, masker=self._masker)
        self._writer = RecordWriter(
            self.name, self.kind, profile, self._masker, events[0].at_us, self._baseline_events
        )
        return self._judge(events)

    def _judge(self, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
        assert self._detector is not None
        assert self._writer is not None
        self._recent.add(events)
        windows = self._detector.update(
            [event.payload for event in events], [event.at_us for event in events]
        )
        self.windows += len(windows)
        self.flagged += len(windows.verdicts)
        self._recent_flags.extend(windows.flagged.tolist())
        for chance in windows.chance.tolist():  # one by one: the sum must not depend on how events came in
            self.expected_by_chance += chance
        for verdict in windows.verdicts:
            yield self._writer.record(verdict, self._recent.between(verdict.first_seq, verdict.last_seq))
        self._recent.forget(self._detector)

    def _baseline_events(self, first_seq: int, last_seq: int) -> list[bytes]:
        if self._given is not None:
            return list(self._given[first_seq - 1 : last_seq])
        return [event.payload for event in self._recent.between(first_seq, last_seq)]
