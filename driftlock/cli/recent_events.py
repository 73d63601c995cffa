"""The latest events of a stream, as many as a flagged window needs to be explained."""

from collections.abc import Sequence

from driftlock.model import Event
from driftlock_core.detector import Detector


class RecentEvents:
    """Events by seq, forgotten from the front: memory follows the profile's sizes, not the file's."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._first_seq = 1

    def __len__(self) -> int:
        return len(self._events)

    def add(self, events: Sequence[Event]) -> None:
        """They come behind all others."""
        self._events.extend(events)

    def between(self, first_seq: int, last_seq: int) -> list[Event]:
        """Both ends included."""
        start = first_seq - self._first_seq
        assert start >= 0, f"event {first_seq} is forgotten, the oldest is {self._first_seq}"
        return self._events[start : last_seq - self._first_seq + 1]

    def forget(self, detector: Detector) -> None:
        """Keep the next window, and the baseline its chunks are measured against."""
        needed = (detector.first_chunk + detector.windows_done) * detector.profile.hop + 1
        if detector.epoch is None:
            return
        if detector.given is None:
            needed = min(needed, detector.epoch.baseline.first_seq)
        if needed > self._first_seq:
            del self._events[: needed - self._first_seq]
            self._first_seq = needed
