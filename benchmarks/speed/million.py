"""
A million stored windows: ``python -m benchmarks.speed.million [--database sqlite postgresql]``.

47 streams, 1,000,000 windows, 100,000 of them in one stream, 50,000 flagged, with records as long as real ones
are. Asks what the pages ask: overview, lists, tuning. Seconds by the clock with nothing in memory, then medians of
five by the clock and of the processor, the server's included: what the clock says more is the disk, or others on the
machine. What takes longer than 0.3 is printed with its plan. Before that, once, the grouping of all flagged windows
into cases, of a hundred more, and of none. Exit code 1 where the processor needs more than a second. With ``--vacuum``
a database of SQLite is first written anew, so that each index lies in one piece.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from benchmarks.sources import generated, lines_of
from benchmarks.speed.filling import fill
from benchmarks.speed.overview import NOW_US, TENANT, FixedClock, filled
from benchmarks.speed.overview import questions as of_overview
from benchmarks.speed.storage import spent, worked
from driftlock.services.cases import Cases
from driftlock.services.overview import Overview, Wanted
from driftlock.services.queries import Queries
from driftlock.services.review import Reviews
from driftlock.services.tuning import Tuning
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import anomalies, events, streams
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Rule

WINDOWS: Final = 1_000_000
LARGEST: Final = 100_000
ROUNDS: Final = 5
MOST_S: Final = 1.0
EXPLAINED_S: Final = 0.3
LINES_OF_PLAN: Final = 12
DATABASES: Final = ("sqlite", "postgresql")

Questions = dict[str, Callable[[], object]]


def questions(store: SqlStore) -> Questions:
    """By what they are about."""
    clock = FixedClock()
    overview, reviews, queries = Overview(store, clock), Reviews(store, clock), Queries(store, clock)
    states = overview.streams(TENANT)
    largest = max(states, key=lambda state: state.stream.windows).stream
    asked: Questions = {"streams": lambda: overview.streams(TENANT)}
    for span in ("all", "24h"):
        scope = overview.scope(TENANT, None, span)
        asked |= {f"{name}, {span}": ask for name, ask in of_overview(overview, reviews, scope).items()}
    everything = overview.scope(TENANT, None, "all")
    high = Wanted(severities=("high",), kinds=("logs",), labels=("open",))
    asked |= {
        "feed, filtered": lambda: overview.feed(everything, high, order="strongest"),
        "list of one stream, strongest": lambda: queries.anomalies(TENANT, largest.id, limit=50),
        "list of one stream, last page": lambda: queries.anomalies(
            TENANT, largest.id, order="newest", offset=4_400, limit=50
        ),
        "runs": lambda: queries.runs(TENANT),
    }
    return asked | _of_tuning(store, largest.id)


def _of_tuning(store: SqlStore, stream_id: str) -> Questions:
    # A new one each time, so that nothing is at hand.
    clock = FixedClock()
    tuning = Tuning(store, clock)
    history = tuning.history(TENANT, stream_id)
    rule = Rule(threshold=0.25, alpha=0.07)
    return {
        "tuning, 100,000 windows read": lambda: Tuning(store, clock).history(TENANT, stream_id),
        "tuning, read again": lambda: tuning.history(TENANT, stream_id),
        "tuning, cards of a rule": lambda: tuning.figures(history, rule),
        "tuning, changed windows": lambda: tuning.changed(history, history.rule, rule),
        "tuning, curve": lambda: tuning.curve(history, 0.3),
        "tuning, map": lambda: tuning.map(history, rule),
        "tuning, changes": lambda: tuning.changes(TENANT, stream_id),
    }


def of_cases(store: SqlStore, worked: Callable[[], float]) -> None:
    """Print what grouping into cases takes: first, after a hundred new flags, without any, in a new process."""
    cases = Cases(store, FixedClock())
    for title, before in (
        ("first grouping of all flagged", lambda: None),
        ("grouping after 100 new flags", lambda: _hundred_more(store)),
        ("grouping without new flags", lambda: None),
    ):
        before()
        _grouped(title, cases, worked)
    _grouped("grouping, new process", Cases(store, FixedClock()), worked)


def _grouped(title: str, cases: Cases, worked: Callable[[], float]) -> None:
    clock, processor = spent(lambda: cases.group(TENANT), worked)
    print(f"  {title:<32} {clock:12.3f} clock {processor:12.3f} processor", flush=True)


def _hundred_more(store: SqlStore) -> None:
    """In forty streams, within the last hour."""
    known = sa.select(streams.c.id).where(streams.c.windows > 0).order_by(streams.c.kind, streams.c.id)
    with writing(store.engine, TENANT) as connection:
        ids = connection.scalars(known.limit(40)).all()
        like = dict(connection.execute(sa.select(anomalies).limit(1)).mappings().one())
        rows = (
            like
            | {"id": f"more{at:08x}", "stream_id": ids[at % len(ids)], "window": 10 * LARGEST + at}
            | dict.fromkeys(("last_at_us", "seen_us"), NOW_US - 36_000_000 * (100 - at))
            for at in range(100)
        )
        fill(connection, anomalies, rows)


class Statements:
    """The statements of one question, and how long each took."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.took: list[tuple[float, str, Any]] = []
        sa.event.listen(engine, "before_cursor_execute", self._before)
        sa.event.listen(engine, "after_cursor_execute", self._after)

    def _before(
        self, _connection: Any, _cursor: Any, _text: str, _values: Any, context: Any, _: bool
    ) -> None:
        if context is not None:
            context._begun = time.perf_counter()

    def _after(self, _connection: Any, _cursor: Any, text: str, values: Any, context: Any, _: bool) -> None:
        if context is not None and text.lstrip().upper().startswith(("SELECT", "WITH")):
            self.took.append((time.perf_counter() - context._begun, text, values))

    def plan_of_slowest(self) -> list[str]:
        """As the database explains it."""
        if not self.took:
            return []
        seconds, text, values = max(self.took, key=lambda one: one[0])
        explain = (
            "EXPLAIN (ANALYZE, BUFFERS)"
            if self._engine.dialect.name == "postgresql"
            else "EXPLAIN QUERY PLAN"
        )
        with reading(self._engine, TENANT) as connection:
            rows = connection.exec_driver_sql(f"{explain} {text}", values).all()
        plan = [str(row[-1]) for row in rows][:LINES_OF_PLAN]
        return [f"{seconds:.2f} s: {' '.join(text.split())[:300]}", *plan]


@dataclass(frozen=True, slots=True)
class Opened:
    """A store, how to make its database forget what it has in memory, and to count what it holds as in time it does."""

    store: SqlStore
    forget: Callable[[], None]
    analyze: Callable[[], None]
    worked: Callable[[], float]  # seconds of the server's processors until now


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Opened]:
    """An empty database; that of PostgreSQL as the role of the application sees it."""
    if name == "sqlite":
        store = SqlStore(f"sqlite:///{folder}/benchmark.db")
        yield Opened(store, lambda: _forget(store, folder), lambda: None, lambda: 0.0)
        store.close()
        return
    from tests.postgres import Server  # its programs are there for who develops alone

    server = Server("-c shared_buffers=128MB -c fsync=off -c max_wal_size=4GB")
    try:
        made = server.fresh()
        store = SqlStore(server.url(made))

        def forget() -> None:
            store.close()
            server.stop()
            _forget(store, server.folder)
            server.start()

        def analyze() -> None:
            with server.session(made) as session:
                session.execute("VACUUM (ANALYZE)")  # as autovacuum does

        yield Opened(store, forget, analyze, lambda: worked(server.folder))
        store.close()
    finally:
        server.remove()


def _forget(store: SqlStore, folder: Path) -> None:
    store.close()  # a new connection has nothing in its cache
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size > 1_000_000:
            with path.open("rb") as opened:
                os.fsync(opened.fileno())
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measured(name: str, *, vacuum: bool) -> bool:
    """Print one line a question; whether all were fast enough."""
    fast = True
    with TemporaryDirectory() as folder, opened(name, Path(folder)) as database:
        store = database.store
        begun = time.perf_counter()
        filled(store, WINDOWS, LARGEST)
        _first_baseline(store)
        database.analyze()
        if vacuum and name == "sqlite":
            with store.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("VACUUM")
        print(
            f"\n{name}: filled in {time.perf_counter() - begun:.0f} s, {_size(store, Path(folder)):,.0f} MB"
        )
        of_cases(store, database.worked)
        statements = Statements(store.engine)
        for title, ask in questions(store).items():
            database.forget()
            times = []
            for _ in range(1 + ROUNDS):
                statements.took.clear()
                times.append(spent(ask, database.worked))
            clock, processor = np.median(times[1:], axis=0)
            fast &= bool(processor <= MOST_S)
            print(
                f"  {title:<32} {times[0][0]:6.3f} cold {clock:6.3f} clock {processor:6.3f} processor",
                flush=True,
            )
            if processor > EXPLAINED_S:
                for line in statements.plan_of_slowest():
                    print(f"      {line}")
    return fast


def _first_baseline(store: SqlStore) -> None:
    """The events that tuning counts the references of the largest stream from."""
    with writing(store.engine, TENANT) as connection:
        largest = sa.select(streams.c.id).order_by(streams.c.windows.desc()).limit(1)
        stream_id = connection.scalars(largest).one()
        lines = lines_of(generated(BALANCED.baseline, 1))
        rows = (
            {
                "tenant": TENANT,
                "stream_id": stream_id,
                "seq": seq,
                "key": seq.to_bytes(16, "big"),
                "received_us": NOW_US,
                "at_us": NOW_US,
                "kind": "logs",
                "service": None,
                "payload": line,
            }
            for seq, line in enumerate(lines, start=1)
        )
        fill(connection, events, rows)


def _size(store: SqlStore, folder: Path) -> float:
    if store.engine.dialect.name != "postgresql":
        return sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    with reading(store.engine, TENANT) as connection:
        return float(connection.scalar(sa.text("SELECT pg_database_size(current_database())"))) / 1e6


def main() -> int:
    """Each database in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument(
        "--vacuum", action="store_true", help="write the file of SQLite anew before it is asked"
    )
    asked = parser.parse_args()
    fast = [measured(name, vacuum=asked.vacuum) for name in asked.database]
    return 0 if all(fast) else 1


if __name__ == "__main__":
    sys.exit(main())
