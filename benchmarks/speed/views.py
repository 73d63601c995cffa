"""
What the views of windows cost beside the bytes: ``python -m benchmarks.speed.views [--data DIR]``.

The same events with all views, without the values, and with the bytes alone, in turns within one
run and with warm caches, each time in a fresh detector. DIR/raw holds logs;
without it generated ones serve.
"""

import argparse
import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

from benchmarks.markdown import table
from benchmarks.sources import lines_of, raw_files
from driftlock_core import BALANCED, Detector, Masker
from driftlock_core.profiles import Profile

REPEATS = 5  # the fastest counts: whatever else the machine does only ever takes time away
BYTES_ALONE = replace(BALANCED, views=("bytes",))
NO_VALUES = replace(BALANCED, views=tuple(view for view in BALANCED.views if view != "values"))


@dataclass(frozen=True)
class Cost:
    """Events a second of processor time."""

    all_views: float
    with_times: float
    no_values: float
    bytes_alone: float


def measure(events: Sequence[bytes]) -> Cost:
    """Time one log, its events half a second apart where they have times."""
    masker = Masker()
    Detector(BALANCED, masker=masker).update(events)
    times = [1_700_000_000_000_000 + at * 500_000 for at in range(len(events))]
    runs: dict[str, tuple[Profile, Sequence[int] | None]] = {
        "all_views": (BALANCED, None),
        "with_times": (BALANCED, times),
        "no_values": (NO_VALUES, None),
        "bytes_alone": (BYTES_ALONE, None),
    }
    fastest = dict.fromkeys(runs, float("inf"))
    for _ in range(REPEATS):
        for name, (profile, stamps) in runs.items():
            gc.collect()
            began = process_time()
            Detector(profile, masker=masker).update(events, stamps)
            fastest[name] = min(fastest[name], process_time() - began)
    return Cost(**{name: len(events) / seconds for name, seconds in fastest.items()})


def costs(data: Path | None) -> str:
    """One row a log."""
    rows = []
    for name, text in raw_files(data):
        events = lines_of(text)
        cost = measure(events)
        rows.append(
            [
                name,
                f"{len(events):,}",
                f"{cost.all_views:,.0f}",
                f"{cost.with_times:,.0f}",
                f"{cost.no_values:,.0f}",
                f"{cost.bytes_alone:,.0f}",
                f"{cost.no_values / cost.all_views:.2f}",
                f"{cost.bytes_alone / cost.all_views:.1f}",
                f"{1e6 / cost.all_views - 1e6 / cost.bytes_alone:.1f}",
            ]
        )
    return table(
        [
            "log",
            "events",
            "all views, events/s",
            "and times",
            "without values",
            "bytes alone",
            "values, ratio",
            "ratio",
            "views, µs an event",
        ],
        rows,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    print(costs(Path(asked.data) if asked.data else None))


if __name__ == "__main__":
    main()
