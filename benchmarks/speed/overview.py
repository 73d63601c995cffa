"""
The overview of a full desk: ``python -m benchmarks.speed.overview``.

Fills a SQLite database of 1.1 GB with 47 streams, 500,000 windows and 50,000 flagged ones, records as
long as real ones are, then asks what one opening of the overview asks. Milliseconds of seven rounds: median and
worst by the clock, median of the processor. What else runs on the machine shows in the clock.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from benchmarks.speed.filling import fill
from driftlock.decode.measurements import Reading
from driftlock.model import DEMO as TENANT
from driftlock.services.overview import Overview, Scope, Wanted
from driftlock.services.review import Reviews
from driftlock.services.series_plan import METHOD
from driftlock.services.series_store import SeriesPoints, SeriesStep
from driftlock.services.streams import blank_stream
from driftlock.storage.connect import writing
from driftlock.storage.schema import anomalies, detector_states, series_anomalies, streams, windows
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED

NOW: Final = datetime(2026, 3, 2, tzinfo=UTC)
NOW_US: Final = 1_772_409_600_000_000
DAYS: Final = 40
TEXT_STREAMS: Final = 42
SERIES_STREAMS: Final = 5
WINDOWS: Final = 500_000
FLAGGED: Final = 45_000
ALERTS: Final = 5_000
RECORD_BYTES: Final = 21_000  # what a flagged window's record takes at the shipped sizes
PATTERNS: Final = 400
ROUNDS: Final = 7
KINDS: Final = ("logs", "traces", "llm", "records", "network")


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """Aware UTC."""
        return NOW


def filled(store: SqlStore, count: int = WINDOWS, largest: int = 0) -> None:
    """
    Streams, windows, flagged windows and alerts; seed 5.

    Args:
        count: Windows.
        largest: Windows of one stream, the others share the rest; 0: all have as many.
    """
    rng = np.random.default_rng(5)
    padding = rng.integers(97, 123, RECORD_BYTES).astype(np.uint8).tobytes().decode()
    ids = [_stream(store, f"service-{number}", KINDS[number % 5]) for number in range(TEXT_STREAMS)]
    numbers = [_stream(store, f"host-{number}", "metrics") for number in range(SERIES_STREAMS)]
    others = (count - largest) // (TEXT_STREAMS - 1) if largest else count // TEXT_STREAMS
    sizes = [largest or others] + [others] * (TEXT_STREAMS - 1)
    with writing(store.engine, TENANT) as connection:
        for stream_id, each in zip(ids, sizes, strict=True):
            seen = np.sort(rng.integers(NOW_US - DAYS * 86_400_000_000, NOW_US, each))
            chosen = set(rng.choice(each, FLAGGED * each // count, replace=False).tolist())
            fill(connection, windows, _windows(stream_id, seen, chosen, rng))
            fill(connection, anomalies, _anomalies(stream_id, seen, chosen, padding, rng))
            connection.execute(
                sa.update(streams)
                .where(streams.c.id == stream_id)
                .values(windows=each, events=each, expected_by_chance=each / 40, status="ready")
            )
        for stream_id in numbers:
            fill(connection, series_anomalies, _alerts(stream_id, padding, rng))
            connection.execute(
                sa.update(streams)
                .where(streams.c.id == stream_id)
                .values(windows=20_000, events=20_000, status="ready")
            )
    for stream_id in numbers:
        _series(store, stream_id)


def _stream(store: SqlStore, name: str, kind: Any) -> str:
    stream = blank_stream(TENANT, name=name, kind=kind, profile=BALANCED, created_at=NOW)
    store.streams.add(stream)
    return stream.id


def _windows(stream_id: str, seen: Any, flagged: set[int], rng: Any) -> Iterator[dict[str, Any]]:
    chance, size = rng.random(len(seen)) / 20, rng.integers(2_000, 9_000, len(seen))
    for at, us in enumerate(seen.tolist()):
        yield _of(stream_id, at, us) | {
            "size": int(size[at]),
            "mu": 3_000.0,
            "cbar": 9_000.0,
            "m": 400,
            "p_stream": 0.3,
            "score": float(size[at]) / 9_000,
            "exact": True,
            "c_window": 9_000,
            "p_perm": 0.4,
            "gated": False,
            "flagged": at in flagged,
            "ready": True,
            "chance": float(chance[at]),
            "factor": 4,
            "content_p": 0.5,
            "content_distance": 1.0,
            "mix_p": 0.5,
            "mix_distance": 1.0,
        }


def _anomalies(
    stream_id: str, seen: Any, flagged: set[int], padding: str, rng: Any
) -> Iterator[dict[str, Any]]:
    for count, at in enumerate(sorted(flagged)):
        yield _of(stream_id, at, int(seen[at])) | {
            "id": f"{stream_id[:8]}{at:08x}",
            "pattern": f"{rng.integers(PATTERNS):016x}",
            "status": "flagged",
            "ncd": 0.6,
            "p": 0.002,
            "p_stream": 0.002,
            "p_perm": 0.001,
            "extra_bits": float(rng.integers(0, 48_000)),
            "severity": ("low", "medium", "high")[rng.integers(3)],
            "incident": 1 + count // 3,
            "sentence": f"Window {at} stands out by its bytes: {padding[:150]}",
            "views": "bytes,counts",
            "record": {"padding": padding},
        }


def _alerts(stream_id: str, padding: str, rng: Any) -> Iterator[dict[str, Any]]:
    seen = np.sort(rng.integers(NOW_US - DAYS * 86_400_000_000, NOW_US, ALERTS // SERIES_STREAMS))
    for at, us in enumerate(seen.tolist()):
        place = _of(stream_id, at * 20, us)
        yield {name: place[name] for name in place if name != "window"} | {
            "id": f"{stream_id[:8]}{at:08x}",
            "series": "cpu",
            "record": at * 20,
            "last_record": at * 20 + 1,
            "pattern": f"{rng.integers(PATTERNS):016x}",
            **dict.fromkeys(("value", "low", "high", "nearest", "score"), 1.0),
            "view": "level",
            "bits": float(rng.integers(0, 500)),
            "p": 0.001,
            "severity": ("low", "medium", "high")[rng.integers(3)],
            "sentence": f"cpu left its range: {padding[:100]}",
            "whole": {"padding": padding[:4_000]},
        }


def _of(stream_id: str, at: int, us: int) -> dict[str, Any]:
    return {
        "tenant": TENANT,
        "stream_id": stream_id,
        "window": at,
        "first_seq": 10 * at + 1,
        "last_seq": 10 * at + 40,
        "last_at_us": us,
        "seen_us": us,
    }


def _series(store: SqlStore, stream_id: str) -> None:
    """One series of 20,000 numbers in one slab."""
    count = 20_000
    plan = {
        "method": METHOD,
        "reading": Reading(name="", measured=(), labels=()).as_record(),
        "series": [["cpu", 750, count]],
        "passed_over": 0,
        "beyond": 0,
        "round": 1,
        "why": "",
    }
    at_us = np.linspace(NOW_US - DAYS * 86_400_000_000, NOW_US, count).astype(np.int64)
    value = np.random.default_rng(1).normal(size=count)
    points = SeriesPoints(
        seq=np.arange(1, count + 1), at_us=at_us, value=value, low=value - 1, high=value + 1, score=value
    )
    step = SeriesStep(
        owner="benchmark",
        before=0,
        cursor=count,
        state=b"",
        status="ready",
        points=[(0, points)],
        anomalies=(),
        judged=0,
        incidents=1,
    )
    mine = detector_states.c.stream_id == stream_id
    with writing(store.engine, TENANT) as connection:
        connection.execute(sa.update(streams).where(streams.c.id == stream_id).values(configuration=plan))
        connection.execute(sa.update(detector_states).where(mine).values(lease_owner="benchmark"))
    store.series.save(TENANT, stream_id, step, until=NOW)


def questions(overview: Overview, reviews: Reviews, scope: Scope) -> dict[str, Callable[[], object]]:
    """What one opening of the page asks, and what further clicks do."""
    first = overview.feed(scope, Wanted()).rows[0]
    return {
        "scope": lambda: overview.scope(TENANT, None, "all"),
        "figures": lambda: overview.figures(scope),
        "lanes by stream": lambda: overview.lanes(scope, "stream"),
        "feed, newest": lambda: overview.feed(scope, Wanted()),
        "lanes by kind": lambda: overview.lanes(scope, "kind"),
        "feed, strongest": lambda: overview.feed(scope, Wanted(), order="strongest"),
        "feed, last page": lambda: overview.feed(scope, Wanted(), offset=49_900),
        "feed, open only": lambda: overview.feed(scope, Wanted(labels=("open",))),
        "feed, by text": lambda: overview.feed(scope, Wanted(text="window 77")),
        "new since": lambda: overview.feed_count_after(scope, NOW_US - 60_000_000),
        "timeline of one": lambda: overview.timeline(scope, first.stream_id),
        "same pattern": lambda: reviews.same_pattern(TENANT, first.id),
    }


PAGE: Final = ("scope", "figures", "lanes by stream", "feed, newest")


def main() -> None:
    """One line for each question and range."""
    with TemporaryDirectory() as folder:
        store = SqlStore(f"sqlite:///{folder}/benchmark.db")
        filled(store)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        print(f"{WINDOWS:,} windows, {FLAGGED + ALERTS:,} flagged: {size / 1e6:,.0f} MB")
        overview, reviews = Overview(store, FixedClock()), Reviews(store, FixedClock())
        for span in ("all", "7d", "24h"):
            scope = overview.scope(TENANT, None, span)
            spent = {name: _times(ask) for name, ask in questions(overview, reviews, scope).items()}
            print(f"range {span}, milliseconds:")
            for name, times in spent.items():
                wall, processor = zip(*times, strict=True)
                print(
                    f"  {name:<16} {statistics.median(wall):6.0f} median {max(wall):6.0f} worst "
                    f"{statistics.median(processor):6.0f} processor"
                )
            wall, processor = (
                sum(statistics.median([times[of] for times in spent[name]]) for name in PAGE) for of in (0, 1)
            )
            print(f"  {'one opening':<16} {wall:6.0f} median {processor:19.0f} processor: {', '.join(PAGE)}")
        store.close()


def _times(ask: Callable[[], object]) -> list[tuple[float, float]]:
    """Milliseconds by the clock and of the processor, one pair a round."""
    times = []
    for _ in range(ROUNDS):
        begun, worked = time.perf_counter(), time.thread_time()
        ask()
        times.append((1e3 * (time.perf_counter() - begun), 1e3 * (time.thread_time() - worked)))
    return times


if __name__ == "__main__":
    main()
