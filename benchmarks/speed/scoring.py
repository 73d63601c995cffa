"""
What a scorer costs: ``python -m benchmarks.speed.scoring [--units 1000 4000]``.

Sessions, records and texts from a seed. Each row is measured in a process of its own: seconds to
learn a baseline, memory that it takes then, beside the bytes of its events, and time to score a unit.
"""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random
from typing import Final

from benchmarks.sources import WORDS, generated, lines_of
from driftlock_core.scoring import Scorer

SESSION_EVENTS: Final = 10
SCORED: Final = 500
SHAPES: Final = ("sessions", "records", "texts")


@dataclass(frozen=True)
class Cost:
    """One row."""

    shape: str
    megabytes: float  # of events of the baseline
    learned_s: float
    peak_mb: float  # growth of the largest resident set
    scored_us: float  # a unit


def units(shape: str, count: int) -> list[list[bytes]]:
    """Units of that shape; the same each time."""
    random = Random(1)
    if shape == "sessions":
        lines = lines_of(generated(SESSION_EVENTS * count, 3))
        return [lines[start : start + SESSION_EVENTS] for start in range(0, len(lines), SESSION_EVENTS)]
    if shape == "texts":
        return [[" ".join(random.choices(WORDS, k=random.randrange(5, 60))).encode()] for _ in range(count)]
    return [
        [
            json.dumps(
                {
                    "source": f"10.0.{random.randrange(9)}.{random.randrange(255)}",
                    "bytes": int(random.lognormvariate(6, 2)),
                    "protocol": random.choice(["tcp", "udp", "icmp"]),
                    "service": random.choice(WORDS),
                    "seconds": random.expovariate(1),
                    "user": f"{random.choice(WORDS)}{random.randrange(99)}",
                    "note": " ".join(random.choices(WORDS, k=4)),
                }
            ).encode()
        ]
        for _ in range(count)
    ]


def measure(shape: str, count: int) -> Cost:
    """Learn and score."""
    baseline = units(shape, count)
    before, begun = _peak_kb(), time.process_time()
    scorer = Scorer(baseline)
    learned = time.process_time() - begun
    peak = _peak_kb() - before
    begun = time.process_time()
    scorer.score(baseline[:SCORED])
    return Cost(
        shape=scorer.reading.shape,
        megabytes=sum(len(event) for unit in baseline for event in unit) / 1024**2,
        learned_s=learned,
        peak_mb=peak / 1024,
        scored_us=(time.process_time() - begun) / min(SCORED, count) * 1e6,
    )


def _peak_kb() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main() -> None:
    """Print one row per shape and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, nargs="+", default=[1_000, 4_000])
    asked = parser.parse_args()
    print(
        "| shape | baseline units | MiB of events | learned in, s | memory, MiB | × its events | µs to score a unit |"
    )
    print("|---|---|---|---|---|---|---|")
    for shape in SHAPES:
        for count in asked.units:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own_process:
                row = own_process.submit(measure, shape, count).result()
            print(
                f"| {row.shape} | {count} | {row.megabytes:.2f} | {row.learned_s:.1f} | {row.peak_mb:.0f} "
                f"| {row.peak_mb / row.megabytes:.0f} | {row.scored_us:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
