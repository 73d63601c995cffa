"""
What storing costs beside the engine: ``python -m benchmarks.speed.storage [--data DIR] [--database sqlite …]``.

The bare engine judges the events of a log by all views; then the same events are received, judged and stored, in
SQLite and in PostgreSQL with what each promises about a power cut. Three rounds in turn, medians of the ratios: by
the clock, and by the processor, where the server's own processes count and the waiting for the disk does not.
``at once``: received in batches of 5,000, judged when everything is there, as an upload is. ``growing``: received in
batches of 500, with a turn of judging after each, as a stream that is fed from outside is. ``not redacted``: at once,
by a stream whose rules of redaction are switched off. Last, what a commit takes that outlives a power cut.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np
import sqlalchemy as sa

from benchmarks.sources import raw_files
from benchmarks.speed.service import TENANT, FixedClock, decoded
from driftlock.model import Event
from driftlock.services.advance import advance
from driftlock.services.receive import receive
from driftlock.services.streams import blank_stream
from driftlock.storage.connect import empty_log, reading, writing
from driftlock.storage.schema import streams
from driftlock.storage.store import SqlStore
from driftlock_core.detector import Detector
from driftlock_core.masking import Masker
from driftlock_core.profiles import BALANCED

ROUNDS: Final = 3
COMMITS: Final = 101
DATABASES: Final = ("sqlite", "postgresql")


class Way(NamedTuple):
    """How the events come."""

    name: str
    batch: int  # events
    growing: bool  # whether each batch is judged before the next one comes
    rules: list[str] | None = None  # of redaction; None: all there are


WAYS: Final = (Way("at once", 5_000, False), Way("growing", 500, True), Way("not redacted", 5_000, False, []))
MOST: Final = 20_000  # events of a log


def engine_alone(events: list[Event]) -> None:
    """As the library is used: nothing is kept but the windows."""
    detector = Detector(BALANCED, masker=Masker())
    for start in range(0, len(events), 5_000):
        some = events[start : start + 5_000]
        detector.update([event.payload for event in some], [event.at_us for event in some])


def stored_and_judged(store: SqlStore, events: list[Event], way: Way) -> None:
    """Into a stream of its own."""
    clock = FixedClock()
    stream = blank_stream(TENANT, name="log", kind="logs", profile=BALANCED, created_at=clock.now())
    store.streams.add(stream)
    with writing(store.engine, TENANT) as connection:
        connection.execute(sa.update(streams).where(streams.c.id == stream.id).values(redact=way.rules))
    for start in range(0, len(events), way.batch):
        receive(store, clock, TENANT, stream.id, events[start : start + way.batch])
        if way.growing:
            advance(store, clock, TENANT, stream.id)
    if not way.growing:
        advance(store, clock, TENANT, stream.id)


@dataclass(frozen=True, slots=True)
class Opened:
    """A store, what its database takes on disk, and the processor time of its server."""

    store: SqlStore
    size: Callable[[], int]  # bytes
    worked: Callable[[], float]  # seconds, until now


@contextmanager
def opened(name: str) -> Iterator[Opened]:
    """An empty database."""
    if name == "sqlite":
        with TemporaryDirectory() as folder:
            store = SqlStore(f"sqlite:///{folder}/benchmark.db")

            def on_disk() -> int:
                empty_log(store.engine)
                return Path(folder, "benchmark.db").stat().st_size

            yield Opened(store, on_disk, lambda: 0.0)
            store.close()
        return
    from tests.postgres import Server  # its programs are there for who develops alone

    server = Server("-c shared_buffers=128MB")
    try:
        store = SqlStore(server.url(server.fresh()))

        def size() -> int:
            with reading(store.engine, TENANT) as connection:
                return int(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)

        yield Opened(store, size, lambda: worked(server.folder))
        store.close()
    finally:
        server.remove()


def worked(folder: Path) -> float:
    """Of the server's first process and of those it began, the ended ones too."""
    first = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # Behind the name, which may hold blanks: state, parent, …; user, system and those of ended children.
            fields = entry.read_text().rpartition(")")[2].split()
            if int(entry.parent.name) == first:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == first:
                ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def spent(work: Callable[[], object], worked: Callable[[], float] = lambda: 0.0) -> np.ndarray:
    """Seconds by the clock and of the processor."""
    begun = np.array([time.perf_counter(), time.process_time() + worked()])
    work()
    return np.array([time.perf_counter(), time.process_time() + worked()]) - begun


def measured(name: str, log: str, events: list[Event]) -> None:
    """One row a way."""
    with opened(name) as database:
        for way in WAYS:
            before = database.size()
            rounds = [_round(database, way, events) for _ in range(ROUNDS)]
            alone, kept = (np.median([one[of] for one in rounds], axis=0) for of in (0, 1))
            ratio = np.median([one[1] / one[0] for one in rounds], axis=0)
            bytes_each = (database.size() - before) / ROUNDS / len(events)
            payload = sum(len(event.payload) for event in events) / len(events)
            each = 1e6 / len(events)
            print(
                f"| {log} | {name} | {way.name} | {each * alone[1]:.1f} | {each * kept[1]:.1f} "
                f"| {ratio[1]:.1f} | {ratio[0]:.1f} | {bytes_each:.0f} of {payload:.0f} |",
                flush=True,
            )


def commits(name: str) -> None:
    """What it costs that a transaction outlives a power cut."""
    with opened(name) as database:
        lasting, not_lasting = (commit_ms(database.store, lasting=which) for which in (True, False))
        print(
            f"{name}: a commit takes {lasting:.1f} ms that outlives a power cut, {not_lasting:.1f} ms that may not"
        )


def commit_ms(store: SqlStore, *, lasting: bool) -> float:
    """Milliseconds by the clock for a transaction that changes one row."""
    stream = blank_stream(TENANT, name="log", kind="logs", profile=BALANCED, created_at=FixedClock().now())
    store.streams.add(stream)
    change = sa.update(streams).where(streams.c.id == stream.id).values(windows=streams.c.windows + 1)
    times = []
    for _ in range(COMMITS):
        begun = time.perf_counter()
        with writing(store.engine, TENANT, lasting=lasting, alone=False) as connection:
            connection.execute(change)
        times.append(1e3 * (time.perf_counter() - begun))
    return float(np.median(times))


def _round(database: Opened, way: Way, events: list[Event]) -> tuple[np.ndarray, np.ndarray]:
    alone = spent(lambda: engine_alone(events))
    return alone, spent(lambda: stored_and_judged(database.store, events, way), database.worked)


def main() -> None:
    """Print one row for each log, database and way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES))
    asked = parser.parse_args()
    files = [
        file for file in raw_files(asked.data and Path(asked.data)) if "2000" in file[0] and "0000" in file[0]
    ]
    print(
        "| log | database | events come | engine, µs an event | received, judged, stored, µs | ÷, processor | ÷, clock "
        "| bytes |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for log, text in files:
        events = decoded(text)[:MOST]
        for name in asked.database:
            measured(name, log, events)
    print()
    for name in asked.database:
        commits(name)


if __name__ == "__main__":
    main()
