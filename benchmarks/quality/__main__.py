"""
The quality benchmark: ``make bench-quality``, or ``python -m benchmarks.quality [--data DIR] [--only PART ...]``.

Runs the parts, prints their tables, and compares every number with the base in
benchmarks/results. Exit code 0: nothing got worse by more than its tolerance;
1: something did, and is named; 2: wrong arguments. DIR (or the variable
DRIFTLOCK_DATA) holds raw/*.log.gz, dev/*.jsonl.gz and nab/; without it generated
data serve, with a base of their own.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks.quality import layout, tolerances
from benchmarks.quality.parts import NAMES, PARTS, Part, generated_with
from benchmarks.quality.results import FOLDER, Results, by_id, measured_on, read, write


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="PART", help=", ".join(NAMES))
    parser.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="base to compare with, a file or a folder of them; else benchmarks/results",
    )
    parser.add_argument("--write", action="store_true", help="keep the results as the new base")
    asked = parser.parse_args(arguments)
    data = Path(asked.data) if asked.data else None
    if data is not None and not data.is_dir():
        parser.error(f"{data} is no folder: --data names the one that holds raw/, dev/ and nab/")
    if asked.against is not None and not asked.against.exists():
        parser.error(f"{asked.against} does not exist: --against names results that an earlier run wrote")
    folder = FOLDER if data is not None else FOLDER / "generated"
    base = read(asked.against or folder)  # before --write replaces it
    if data is None:
        print("No --data and no DRIFTLOCK_DATA: generated data, another base than that of real logs.\n")
    now: Results = {}
    ran = []
    for part in PARTS:
        if asked.only is None or part.name in asked.only:
            found = run(part, data)
            if found:
                ran.append(part.name)
                now |= found
                if asked.write:
                    said = "the logs and sets of --data" if data is not None else generated_with()
                    write(folder, part.name, found, measured_on(said, part.packages), part.seeds)
    return compared(base, now, ran)


def run(part: Part, data: Path | None) -> Results:
    """Measure one part and print its tables; nothing where its data or libraries are missing."""
    if reason := part.missing(data):
        print(f"Left out: {part.name}. {reason}\n")
        return {}
    began = time.perf_counter()
    found = by_id(part.measure(data))
    makers = layout.made(found)
    for name in layout.tables_of(part.name):
        print(f"## {name}\n\n{makers[name]()}\n")
    print(f"({part.name}: {time.perf_counter() - began:.0f} s)\n", flush=True)
    return found


def compared(base: Results, now: Results, parts: list[str]) -> int:
    """Say what got worse or is gone; the exit code."""
    old = {id: one for id, one in base.items() if one.part in parts}
    if not old:
        print("No base to compare with; --write makes one of this run.")
        return 0
    behind, missing = tolerances.worse(old, now), tolerances.gone(old, now, parts)
    for one in behind:
        print(f"WORSE {one}")
    for id in missing:
        print(f"GONE {id}: the base has it, this run does not")
    new = len(now.keys() - old.keys())
    print(
        f"{len(old.keys() & now.keys())} numbers compared, {len(behind)} worse beyond tolerance, "
        f"{len(missing)} gone, {new} new."
    )
    return 1 if behind or missing else 0


if __name__ == "__main__":
    sys.exit(main())
