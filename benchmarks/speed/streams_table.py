"""How long the table of streams takes: ``python -m benchmarks.speed.streams_table``."""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from benchmarks.markdown import table
from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO, Event
from driftlock.services.drift_watch import frozen
from driftlock.settings import Settings
from driftlock.storage.connect import writing
from driftlock.storage.schema_proof import drift_points
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED

POINTS = 100  # of each stream
START_US = 1_795_000_000_000_000
SMALL = BALANCED.with_sizes(5)


def fill(app: App, store: SqlStore, first: int, stop: int) -> None:
    """Streams that have an anchor and points, and no window."""
    lines = [b"order %d opened" % n for n in range(40)]
    now = datetime.now(UTC)
    for number in range(first, stop):
        stream_id = app.create_stream(DEMO, name=f"stream {number}", kind="logs", profile=SMALL)
        events = [Event(line, "logs", line, START_US + at * 600_000_000) for at, line in enumerate(lines)]
        app.receive(DEMO, stream_id, events)
        new = frozen(
            DEMO,
            stream_id,
            lines,
            first_seq=1,
            last_seq=40,
            profile=SMALL,
            note="first",
            by="system",
            at=now,
            active=True,
            history={"what": "frozen"},
        )
        store.anchors.put(new)
        rows = [
            {
                "tenant": DEMO,
                "stream_id": stream_id,
                "anchor_id": new.anchor.id,
                "seq": 10_000 + 40 * at,
                "seen_us": START_US + at * 10**9,
                "distance": 0.001 * (at % 7),
                "low": -0.01,
                "high": 0.02,
                "p": 0.3,
            }
            for at in range(POINTS)
        ]
        with writing(store.engine, DEMO) as connection:
            connection.execute(sa.insert(drift_points), rows)


def seconds(app: App) -> tuple[float, float]:
    """Of the first question and the best of five more; processor time, which others on the machine do not change."""
    taken = []
    for _ in range(6):
        begun = time.process_time()
        app.drift.table(DEMO)
        taken.append(time.process_time() - begun)
    return taken[0], min(taken[1:])


def main() -> int:
    """Measure and print."""
    rows, made = [], 0
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        store = SqlStore(settings.database_url)
        for count in (50, 1_000):
            app = open_app(settings, work=False)
            fill(app, store, made, count)
            made = count
            first, later = seconds(app)
            rows.append([f"{count:,}", f"{first:.2f} s", f"{later:.3f} s"])
            app.close()
        store.close()
    print(table([f"streams of {POINTS} points", "first time", "later"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
