"""
What was wanted and not reached, and how near the limit is: ``python -m benchmarks.limits --data DIR``.

DIR (or the variable DRIFTLOCK_DATA) holds raw/*.log.gz and dev/*.jsonl.gz. Prints; compares and
keeps nothing. Docs: docs/measures/limits.md.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.limits import calibration, compressions, oracles, orders, room, sessions, texts

PARTS: dict[str, Callable[[Path], str]] = {
    "calibration": calibration.tables,
    "sessions": sessions.tables,
    "room": room.tables,
    "orders": orders.tables,
    "oracles": oracles.tables,
    "compressions": compressions.tables,
    "texts": texts.tables,
}


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.limits",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    parser.add_argument("--only", nargs="+", choices=[*PARTS], metavar="PART", help=", ".join(PARTS))
    asked = parser.parse_args(arguments)
    data = Path(asked.data) if asked.data else None
    if data is None or not ((data / "raw").is_dir() and (data / "dev").is_dir()):
        parser.error("needs real data: name a folder with raw/ and dev/ by --data or DRIFTLOCK_DATA")
    for name, tables in PARTS.items():
        if asked.only is None or name in asked.only:
            began = time.perf_counter()
            print(
                f"## {name}\n\n{tables(data)}\n\n({name}: {time.perf_counter() - began:.0f} s)\n", flush=True
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
