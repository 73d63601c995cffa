"""
The project's tables, made anew: ``python -m benchmarks [speed|quality] [--data DIR]``.

DIR (or the variable DRIFTLOCK_DATA) holds raw/*.log.gz, real logs in time
order, and dev/*.jsonl.gz, labelled sets. Without it generated logs serve.
"""

import argparse
import math
import os
from pathlib import Path
from statistics import mean

from benchmarks.quality import false_alarms, labelled, nab
from benchmarks.sources import raw_files
from benchmarks.speed import detection

FOR_SPEED = ("HDFS_20000", "HealthApp_20000", "generated_20000")


def main() -> None:
    """Parse the command line and print the tables asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="speed|quality")
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    data = Path(asked.data) if asked.data else None
    if data is None:
        print("No --data and no DRIFTLOCK_DATA: generated logs only.\n")
    if "speed" in asked.tables or not asked.tables:
        print_speed(data)
    if "quality" in asked.tables or not asked.tables:
        print_quality(data)


def print_speed(data: Path | None) -> None:
    """Detection against one bare pass and against the naive algorithm."""
    print("## Speed: whole detection ÷ one zstd -3 pass over the same bytes; naive ÷ detection\n")
    print(
        "| stream | gated | bare pass µs/event | warm × | cold × | naive ÷ warm | naive ÷ cold | bytes a stream |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, text in raw_files(data):
        if name in FOR_SPEED:
            row = detection.measure(name, text, with_naive=True)
            assert row.naive is not None
            print(
                f"| {row.name} | {row.gated:.1%} | {row.raw:.3f} | {row.warm_ratio:.1f} | {row.cold_ratio:.1f} "
                f"| {row.naive / row.warm:,.0f} | {row.naive / row.cold:,.0f} | {row.state_bytes:,} |"
            )
    print()


def print_quality(data: Path | None) -> None:
    """False alarms on unlabelled streams, then labelled sets if there are any."""
    print("## False alarms of *balanced*, share of windows flagged\n")
    print(
        "| stream | windows | ready | calibrating | p_stream ≤ 0.05 | shuffled | p_perm alone | flagged | expected by chance |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    rows = [false_alarms.measure(name, text) for name, text in raw_files(data)]
    for row in rows:
        print(
            f"| {row.name} | {row.windows} | {row.ready:.3f} | {row.calibrating:.3f} | {row.p_stream:.3f} "
            f"| {row.shuffled:.3f} | {row.permutation:.3f} | {row.flagged} | {row.expected:.1f} |"
        )
    means = {
        name: mean(value for row in rows if not math.isnan(value := getattr(row, name)))
        for name in ("ready", "calibrating", "p_stream", "shuffled", "permutation")
    }
    print(
        f"| **mean** | | **{means['ready']:.3f}** | **{means['calibrating']:.3f}** | **{means['p_stream']:.3f}** "
        f"| **{means['shuffled']:.3f}** | **{means['permutation']:.3f}** | | |\n"
    )
    if data is None or not (data / "dev").is_dir():
        return
    print("## Labelled sets: driftlock score, one unit a session, window, record or text\n")
    print(
        "| set | read as | units | positive | ROC-AUC | false alarms at p ≤ 0.05 | at p ≤ 0.01 | found at p ≤ 0.05 "
        "| units/s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for path in sorted((data / "dev").glob("*.jsonl.gz")):
        row = labelled.measure(data, path.name.removesuffix(".jsonl.gz"))
        print(
            f"| {row.name} | {row.shape} | {row.units} | {row.positive} | {row.auc:.3f} | {row.false_alarms:.3f} "
            f"| {row.false_alarms_strict:.3f} | {row.found:.3f} | {row.units_per_second:,.0f} |",
            flush=True,
        )
    if (data / "nab").is_dir():
        print("\n## Numeric series: driftlock score --kind metrics, scored as NAB does\n")
        nab.print_tables(data)


if __name__ == "__main__":
    main()
