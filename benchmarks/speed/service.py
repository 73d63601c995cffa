"""
What stands around the engine: ``python -m benchmarks.speed.service``.

Processor time to decode a generated log as text and as JSON lines, to store its events in SQLite
and to judge them from there, and what the database takes on disk. Medians of three rounds.
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.sources import generated, lines_of
from driftlock.decode import decode
from driftlock.model import Event
from driftlock.services.advance import advance
from driftlock.services.receive import receive
from driftlock.services.streams import blank_stream
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED

EVENTS: Final = 20_000
ROUNDS: Final = 3
TENANT: Final = "benchmark"


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime(2026, 3, 2, tzinfo=UTC)


def decoded(data: bytes) -> list[Event]:
    """All events of a file."""
    return [event for batch in decode(BytesIO(data)) for event in batch]


def stored_and_judged(events: list[Event]) -> tuple[float, float, float]:
    """Seconds to store and to judge, and bytes on disk."""
    with TemporaryDirectory() as folder:
        store, clock = SqlStore(f"sqlite:///{folder}/benchmark.db"), FixedClock()
        stream = blank_stream(TENANT, name="log", kind="logs", profile=BALANCED, created_at=clock.now())
        store.streams.add(stream)

        def receive_all() -> None:
            for start in range(0, len(events), 5_000):
                receive(store, clock, TENANT, stream.id, events[start : start + 5_000])

        storing = _seconds(receive_all)
        judging = _seconds(lambda: advance(store, clock, TENANT, stream.id))
        store.close()
        return storing, judging, sum(path.stat().st_size for path in Path(folder).iterdir())


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    """Print what each step costs."""
    text = generated(EVENTS, 1)
    rows = b"".join(
        json.dumps({"timestamp": line[:20].decode(), "level": "INFO", "message": line[21:].decode()}).encode()
        + b"\n"
        for line in lines_of(text)
    )
    for name, data in (("text", text), ("JSON lines", rows)):
        spent = statistics.median(_seconds(lambda data=data: decoded(data)) for _ in range(ROUNDS))
        print(f"decode {name}: {spent / EVENTS * 1e6:.1f} µs an event of {len(data) / EVENTS:.0f} bytes")
    events = decoded(text)
    rounds = [stored_and_judged(events) for _ in range(ROUNDS)]
    storing, judging, size = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(
        f"store in SQLite: {storing / EVENTS * 1e6:.1f} µs an event, {size / EVENTS:.0f} bytes on disk with verdicts"
    )
    print(f"judge from SQLite, verdicts and states stored: {judging / EVENTS * 1e6:.1f} µs an event")


if __name__ == "__main__":
    main()
