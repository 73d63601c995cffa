"""Many streams judged in one long-lived process: in turns large enough to be cheap, with caches that serve them all."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from driftlock_core import state
from driftlock_core.detector import Detector
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile
from driftlock_core.windows import Windows

# Lines of a stream that are worth a call of the engine: with 20, the fixed cost of a call is most of the
# time (python -m benchmarks.speed.streams).
TURN_LINES: Final = 200
# Detectors held; those of other streams are kept as bytes by the caller.
RESIDENT: Final = 1_000
# Bytes of all lines that wait for their turn. What is more is judged in smaller turns.
WAITING_BYTES: Final = 64 * 1024**2


@dataclass(slots=True)
class _Waiting:
    """Lines of one stream that wait for their turn."""

    events: list[bytes] = field(default_factory=list)
    times: list[int | None] = field(default_factory=list)
    size: int = 0  # bytes


class ManyStreams:
    """
    Takes lines of any stream in any order and judges each stream as if it were alone.

    A stream's verdicts depend on its own lines only, not on the others, the
    turns or what is held. One thread at a time; run a process for each core
    and keep each stream in one of them.

    Args:
        profile_of: Gives the profile of a stream that is seen for the first time.
        found: Told the windows of a stream after each turn that completed some.
        recall: Gives the state that *keep* was given last; None for a new stream.
        keep: Given the state of a stream whose detector gives way, with the
            number of its events that the state has seen.
        turn_lines: Lines of a stream that are judged together at least.
        resident: Detectors held at most.
        waiting_bytes: Of lines that wait, at most.
    """

    def __init__(
        self,
        profile_of: Callable[[str], Profile],
        *,
        found: Callable[[str, Windows], None],
        recall: Callable[[str], bytes | None],
        keep: Callable[[str, bytes, int], None],
        turn_lines: int = TURN_LINES,
        resident: int = RESIDENT,
        waiting_bytes: int = WAITING_BYTES,
    ) -> None:
        self._profile_of = profile_of
        self._found = found
        self._recall = recall
        self._keep = keep
        self._turn_lines = turn_lines
        self._resident = resident
        self._waiting_bytes = waiting_bytes
        self._detectors: OrderedDict[str, Detector] = OrderedDict()  # least recently used first
        self._maskers: dict[frozenset[str], Masker] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._waiting_size = 0

    def __len__(self) -> int:
        """Detectors held."""
        return len(self._detectors)

    def take(self, stream: str, events: Sequence[bytes], times: Sequence[int | None] | None = None) -> None:
        """
        The next lines of a stream; judged now if enough of them wait, else later.

        Args:
            times: Microseconds since 1970 UTC, None where a line names none.
        """
        if times is not None and len(times) != len(events):
            raise ValueError(
                f"{len(events)} events with {len(times)} times; give one for each, None where unknown"
            )
        waiting = self._waiting.setdefault(stream, _Waiting())
        waiting.events.extend(events)
        waiting.times.extend(times if times is not None else [None] * len(events))
        size = sum(map(len, events))
        waiting.size += size
        self._waiting_size += size
        if len(waiting.events) >= self._turn_lines:
            self._turn(stream)
        if self._waiting_size > self._waiting_bytes:
            self._make_room()

    def flush(self) -> None:
        """Judge all lines that wait, in order of stream; call it when lines must not wait any longer."""
        for stream in sorted(self._waiting):
            self._turn(stream)

    def close(self) -> None:
        """Judge all lines that wait and keep every state."""
        self.flush()
        while self._detectors:
            self._put_away()

    def _make_room(self) -> None:
        """The longest waiting lines go first, until half of the room is free: calls are few that way."""
        for stream in sorted(self._waiting, key=lambda name: (-self._waiting[name].size, name)):
            if 2 * self._waiting_size <= self._waiting_bytes:
                return
            self._turn(stream)

    def _turn(self, stream: str) -> None:
        # First of all, since it may fail to put another away: then the lines still wait.
        detector = self._detector(stream)
        waiting = self._waiting.pop(stream)
        self._waiting_size -= waiting.size
        windows = detector.update(waiting.events, waiting.times)
        if len(windows):
            self._found(stream, windows)

    def _detector(self, stream: str) -> Detector:
        detector = self._detectors.get(stream)
        if detector is not None:
            self._detectors.move_to_end(stream)
            return detector
        # Room first, so that no more are held at any time.
        while len(self._detectors) >= self._resident:
            self._put_away()
        profile = self._profile_of(stream)
        if profile.masks not in self._maskers:
            self._maskers[profile.masks] = Masker(profile.masks)
        masker = self._maskers[profile.masks]
        kept = self._recall(stream)
        detector = Detector(profile, masker=masker) if kept is None else state.load(kept, masker=masker)
        self._detectors[stream] = detector
        return detector

    def _put_away(self) -> None:
        """The detector that was used least recently gives way."""
        stream, detector = next(iter(self._detectors.items()))
        # Kept before it is let go: what *keep* raises loses nothing.
        self._keep(stream, state.save(detector), detector.events_seen)
        del self._detectors[stream]
