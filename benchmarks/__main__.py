"""
The short benchmark: ``make bench``, or ``python -m benchmarks [speed|quality] [--data DIR]``.

Speed, and false alarms on ordinary streams; ``python -m benchmarks.quality`` runs
everything. DIR (or the variable DRIFTLOCK_DATA) holds raw/*.log.gz, real logs in
time order. Without it generated logs serve.
"""

import argparse
import os
import sys
from pathlib import Path

from benchmarks.quality import layout
from benchmarks.quality.parts import PARTS
from benchmarks.quality.results import by_id
from benchmarks.speed import views

SHORT = {"speed": "speed", "quality": "null"}  # the part that each word stands for


def main() -> int:
    """Parse the command line and print the tables asked for; nothing is compared or kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="speed|quality", default=[])
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    if unknown := sorted(set(asked.tables) - SHORT.keys()):
        parser.error(
            f"{', '.join(unknown)}: there are speed and quality; python -m benchmarks.quality has more"
        )
    data = Path(asked.data) if asked.data else None
    if data is None:
        print("No --data and no DRIFTLOCK_DATA: generated logs only.\n")
    by_name = {part.name: part for part in PARTS}
    for word, name in SHORT.items():
        if word in asked.tables or not asked.tables:
            found = by_id(by_name[name].measure(data))
            print(f"## {word}\n\n{layout.made(found)[name]()}\n", flush=True)
            if word == "speed":
                print(f"{views.costs(data)}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
