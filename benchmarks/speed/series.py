"""
Numeric series, records a second: ``python -m benchmarks.speed.series [--data DIR]``.

The detector over whole series and record by record, beside River's
HalfSpaceTrees in the same run where River is installed. DIR/nab holds folders
of CSV files (timestamp, value); without it generated series serve.
"""

import argparse
import csv
import math
import os
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from time import process_time

from driftlock_core.series import SeriesDetector
from driftlock_core.series_state import save

WARMUP = 750
REPEATS = 3  # the fastest counts: whatever else the machine does only ever takes time away


def generated(records: int) -> list[float]:
    """A noisy daily curve, with a seed of its own."""
    random = Random(records)
    return [50 + 10 * math.sin(at * math.tau / 288) + random.gauss(0, 1) for at in range(records)]


def whole(values: Sequence[float]) -> None:
    """All records in one call."""
    SeriesDetector(WARMUP).update(values)


def one_by_one(values: Sequence[float]) -> None:
    """A call for each record."""
    detector = SeriesDetector(WARMUP)
    for value in values:
        detector.update([value])


def half_space_trees() -> Callable[[Sequence[float]], None] | None:
    """River's detector as its page shows it (25 trees, height 8, window 250); ``None`` without River."""
    try:
        from river.anomaly import HalfSpaceTrees
    except ImportError:
        return None

    def run(values: Sequence[float]) -> None:
        # It wants numbers from 0 to 1: the whole series' range is given away to it.
        low, width = min(values), max(values) - min(values) or 1.0
        trees = HalfSpaceTrees(n_trees=25, height=8, window_size=250, seed=1)
        for value in values:
            row = {"value": (value - low) / width}
            trees.score_one(row)
            trees.learn_one(row)

    return run


def rate(run: Callable[[Sequence[float]], None], values: Sequence[float]) -> float:
    """Records a second of processor time, the fastest of three."""
    fastest = math.inf
    for _ in range(REPEATS):
        began = process_time()
        run(values)
        fastest = min(fastest, process_time() - began)
    return len(values) / fastest


def series(data: Path | None) -> list[tuple[str, list[float]]]:
    """One file of each folder, the first by name; generated ones without data."""
    found: list[tuple[str, list[float]]] = [
        ("generated, 5 000", generated(5_000)),
        ("generated, 40 000", generated(40_000)),
    ]
    for folder in sorted((data / "nab").glob("*/")) if data else []:
        path = min(folder.glob("*.csv"))
        with path.open(newline="") as file:
            found.append((path.stem, [float(row[1]) for row in list(csv.reader(file))[1:]]))
    return found


def print_table(data: Path | None) -> None:
    """Rates, their ratio to River's, and what a detector takes in memory and as a state."""
    trees = half_space_trees()
    if trees is None:
        print("River is not installed (pip install river): its columns are left out.\n")
    print(
        "| series | records | records/s | one a call | River HalfSpaceTrees | ratio | one a call | MB | state MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, values in series(data):
        fast, slow = rate(whole, values), rate(one_by_one, values)
        river = rate(trees, values) if trees else math.nan
        tracemalloc.start()
        detector = SeriesDetector(WARMUP)
        for at in range(0, len(values), 256):
            detector.update(values[at : at + 256])
        taken = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        shown = f"{river:,.0f} | {fast / river:.1f} | {slow / river:.1f}" if trees else "– | – | –"
        print(
            f"| {name} | {len(values):,} | {fast:,.0f} | {slow:,.0f} | {shown} | {taken:.1f} "
            f"| {len(save(detector)) / 1e6:.2f} |"
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    print_table(Path(asked.data) if asked.data else None)


if __name__ == "__main__":
    main()
