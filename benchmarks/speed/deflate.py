"""
What each level of deflate makes of lines given the lines before, and in what time: ``python -m benchmarks.speed.deflate``.

Windows of 12 lines, given the 300 lines before the first of them. With
``--data DIR`` on the logs of up to 2,000 lines in DIR/raw, else on generated ones.
"""

import argparse
import os
import time
import zlib
from pathlib import Path
from typing import Final

from benchmarks.sources import lines_of, raw_files
from driftlock_core.compressors import Gzip

LEVELS: Final = (1, 2, 4, 6, 9)
KNOWN, WINDOW, MOST = 300, 12, 2_000  # lines
REPEATS: Final = 5  # the least counts


def measure(lines: list[bytes], level: int) -> tuple[int, float]:
    """Bytes of all windows together, and processor time of one in microseconds."""
    at_level = type("AtLevel", (Gzip,), {"level": level})()  # the engine's own path
    digest = at_level.digest(b"".join(line + b"\n" for line in lines[:KNOWN]))
    starts = range(KNOWN, len(lines) - WINDOW, WINDOW)
    windows = [b"".join(line + b"\n" for line in lines[start : start + WINDOW]) for start in starts]
    least, size = float("inf"), 0
    for _ in range(REPEATS):
        begun = time.process_time()
        size = sum(map(digest.cost, windows))
        least = min(least, time.process_time() - begun)
    return size, 1e6 * least / len(windows)


def main() -> None:
    """Parse the command line and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.deflate", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    data = parser.parse_args().data
    print(f"zlib {zlib.ZLIB_RUNTIME_VERSION}; bytes of all windows, microseconds of one\n")
    print("| log | " + " | ".join(f"level {level}" for level in LEVELS) + " |")
    print("|---" * (1 + len(LEVELS)) + "|")
    for name, text in raw_files(None if data is None else Path(data)):
        lines = lines_of(text)
        if len(lines) <= MOST:
            cells = [f"{size:,} · {least:.0f}" for size, least in (measure(lines, one) for one in LEVELS)]
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
