"""
Regimes of labelled sets and suspects in baselines: ``python -m benchmarks.quality.drift [--data DIR]``.

Two tables. For each labelled set in stream order: where the share of units
unlike the baseline raises an alarm, and what p and p_regime flag at 5 % inside
a regime. For pieces of logs of a baseline's length, as they come and with lines
of another log put in: how many hold a suspect, and how many that lies there.
"""

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from random import Random
from statistics import mean

import numpy as np

from benchmarks.markdown import table
from benchmarks.quality.labelled import prepare, sets
from benchmarks.quality.material import Log, logs
from benchmarks.quality.workers import each
from driftlock_core import BALANCED, Profile
from driftlock_core.contamination import suspects
from driftlock_core.masking import Masker
from driftlock_core.regime import annotated
from driftlock_core.scoring import Scorer

LENGTHS = (20, 40, 60, 80, 120)  # lines of another log in a piece
PIECES = 25  # of one log at most, and no more than twice as many as fit side by side
WINDOWS = (50, 20)


def regimes_of(data: Path | None, name: str) -> list[str]:
    """One row of the first table; sets are cut as for every other result, in their order."""
    prepared = prepare(data, name)
    scored = Scorer(prepared.baseline, overlapping=prepared.overlapping).score(prepared.units)
    p, positive = scored.p_values, prepared.positive
    standings = annotated(zip(scored.scores.tolist(), p.tolist(), strict=True))
    inside = np.array([one.regime for one in standings])
    p_regime = np.array([np.nan if one.p_regime is None else one.p_regime for one in standings])
    alarms = [str(at + 1) for at, one in enumerate(standings) if one.alarm]
    return [
        name,
        str(len(p)),
        ", ".join(alarms) or "none",
        str(int(inside.sum())),
        _both(p, positive, np.ones_like(inside)),
        _both(p, positive, inside),
        _both(p_regime, positive, inside),
    ]


def _both(p: np.ndarray, positive: np.ndarray, among: np.ndarray) -> str:
    """False alarms / found at 5 %."""
    shares = []
    for kind in (among & ~positive, among & positive):
        shares.append(f"{float((p[kind] <= 0.05).mean()):.3f}" if kind.any() else "–")
    return " / ".join(shares)


def suspects_of(all_logs: list[Log], window: int, log: Log) -> list[float]:
    """Share of pieces with a suspect as they come; for each length, share whose suspect touches what was put in."""
    profile = BALANCED.with_sizes(window)
    size, masker = profile.baseline, Masker(profile.masks)
    others = [other for other in all_logs if other.name[:4] != log.name[:4]]
    starts = range(0, len(log) - size + 1, max(size // 2, len(log) // PIECES))
    found: list[list[bool]] = [[] for _ in range(1 + len(LENGTHS))]
    for start in starts:
        piece = log.events[start : start + size]
        found[0].append(bool(suspects(piece, profile, masker=masker)))
        for place, length in enumerate(LENGTHS, start=1):
            count = length * window // BALANCED.window
            random = Random(f"{log.name} {start} {length} {window}")
            other = random.choice(others).events
            at, source = random.randrange(size - count), random.randrange(len(other) - count)
            mixed = piece[:at] + other[source : source + count] + piece[at + count :]
            found[place].append(_touched(mixed, profile, masker, at, at + count))
    return [mean(row) for row in found]


def _touched(events: list[bytes], profile: Profile, masker: Masker, start: int, stop: int) -> bool:
    return any(one.first <= stop and one.last > start for one in suspects(events, profile, masker=masker))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.drift", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    data = Path(asked.data) if asked.data else None
    head = ["set", "units", "alarms behind unit", "in a regime", "p, all", "p, in a regime", "p_regime"]
    print(table(head, each(partial(regimes_of, data), sets(data))), flush=True)
    all_logs = logs(data)
    for window in WINDOWS:
        shares = each(partial(suspects_of, all_logs, window), all_logs)
        rows = [
            [log.name, *(f"{share:.2f}" for share in row)] for log, row in zip(all_logs, shares, strict=True)
        ]
        rows.append(["mean", *(f"{mean(column):.3f}" for column in zip(*shares, strict=True))])
        put_in = [f"{length * window // BALANCED.window} lines put in" for length in LENGTHS]
        print(f"\n{table([f'window {window}', 'as they come', *put_in], rows)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
