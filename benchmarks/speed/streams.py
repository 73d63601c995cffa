"""
Many streams in one process, fed in turns: ``python -m benchmarks.speed.streams [--data DIR]``.

The lines of one log are dealt out to the streams in blocks, so that each stream
has an order of its own; all share one masker. Ratios are to one zstd -3 pass
over the log itself, per line.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

import zstandard

from benchmarks.sources import lines_of, raw_files
from driftlock_core import BALANCED, Detector, Masker, save

EVENTS = 2_000  # per stream
REPEATS = 3


def _of_stream(events: list[bytes], number: int) -> list[bytes]:
    start = number * 137 % max(1, len(events) - EVENTS)
    return events[start : start + EVENTS]


def main() -> None:
    """Print one row per number of streams and turn size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    name, text = max(raw_files(Path(asked.data) if asked.data else None), key=lambda file: len(file[1]))
    events = lines_of(text)
    # A repeated log compresses far below its own size; the bare pass is per line of the log itself.
    start = time.perf_counter()
    zstandard.ZstdCompressor(level=3).compress(text)
    per_line = (time.perf_counter() - start) / len(events)
    print(f"{name}, {EVENTS} events a stream; bare pass {per_line * 1e6:.3f} µs a line\n")
    print("| streams | lines a turn | µs an event | × bare pass | saved state, bytes |")
    print("|---|---|---|---|---|")
    for streams, turn in ((1, 2000), (1, 200), (100, 200), (100, 20), (500, 200)):
        spent, state = timed(events, streams, turn)
        print(f"| {streams} | {turn} | {spent * 1e6:.2f} | {spent / per_line:.1f} | {state:,} |", flush=True)


def timed(events: list[bytes], streams: int, turn: int) -> tuple[float, int]:
    """Seconds per event, and bytes of one stream's saved state."""
    masker = Masker()
    masker.canonical(events)
    dealt = [_of_stream(events, number) for number in range(streams)]
    times, state = [], 0
    for _ in range(REPEATS):
        detectors = [Detector(BALANCED, masker=masker) for _ in range(streams)]
        start = time.perf_counter()
        for position in range(0, EVENTS, turn):
            for detector, lines in zip(detectors, dealt, strict=True):
                detector.update(lines[position : position + turn])
        times.append((time.perf_counter() - start) / (streams * EVENTS))
        state = len(save(detectors[0]))
    return statistics.median(times), state


if __name__ == "__main__":
    main()
