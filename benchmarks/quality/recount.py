"""
How often a recount differs from running the stream again: ``python -m benchmarks.quality.recount [--data DIR]``.

A rolling baseline keeps clear of what was flagged, so other limits may mean
other baselines. Each log is judged under *balanced*, recounted under other
limits from the numbers of that run, and run again under those limits.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.markdown import table
from benchmarks.quality.material import Log, log_of, logs
from benchmarks.quality.workers import each
from benchmarks.sources import generated, lines_of
from data_generator import generate
from driftlock_core import BALANCED, SENSITIVE, STRICT, Detector
from driftlock_core.gate import Gate
from driftlock_core.recount import Recounter, Rule
from driftlock_core.stored_windows import StoredWindows, first_references

RULES = (Rule.of(SENSITIVE), Rule(threshold=0.3, alpha=0.02), Rule.of(STRICT))
# Wide enough for all of them.
GATE = Gate(threshold=0.10, alpha=0.20, exact=0.0, every_rule=True)
FAULTY = ("ssh-logs", "web-logs", "quiet-logs")  # generated, with their faults


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One log under one rule."""

    recounted: int  # windows flagged
    again: int
    both: int
    unknown: int
    windows: int


def differences(log: Log) -> list[Difference]:
    """One for each of the rules."""
    times = log.times if log.timed else None
    events = log.events
    windows = Detector(BALANCED, gate=GATE).update(events, times)
    recounter = Recounter(StoredWindows.of(windows, first_references(events, BALANCED)), BALANCED)
    assert np.array_equal(recounter.at(Rule.of(BALANCED)).flagged, windows.flagged)
    found = []
    for rule in RULES:
        counted = recounter.at(rule)
        again = Detector(rule.within(BALANCED)).update(events, times).flagged
        found.append(
            Difference(
                recounted=int(counted.flagged.sum()),
                again=int(again.sum()),
                both=int((counted.flagged & again).sum()),
                unknown=int(counted.unknown.sum()),
                windows=len(again),
            )
        )
    return found


def material(data: Path | None) -> list[Log]:
    """Real logs where there are any, and generated ones: without a change, with faults, and with bursts."""
    made = [log_of(f"{name}, faults", lines_of(generate(name).data)) for name in FAULTY]
    drifting = log_of("drifting", lines_of(generated(20_000, 1)))
    return [*(logs(data) if data is not None else []), *made, drifting, _bursts(drifting)]


def _bursts(log: Log) -> Log:
    """Every 2,000 lines 40 that are shuffled letter by letter."""
    random = Random(3)
    events = list(log.events)
    for begin in range(1_500, len(events) - 40, 2_000):
        for at in range(begin, begin + 40):
            letters = list(events[at].decode())
            random.shuffle(letters)
            events[at] = "".join(letters).encode()
    return Log("drifting, bursts", events, log.times, log.stamp)


def rows(log: Log, found: list[Difference]) -> list[list[str]]:
    """Of one log, one for each rule."""
    return [
        [
            log.name,
            f"{one.windows:,}",
            f"NCD ≥ {rule.threshold:g}, p ≤ {rule.alpha:g}",
            str(one.recounted),
            str(one.again),
            str(one.recounted - one.both),
            str(one.again - one.both),
            str(one.unknown),
        ]
        for rule, one in zip(RULES, found, strict=True)
    ]


def main() -> None:
    """Print one table and its sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    taken = material(Path(asked.data) if asked.data else None)
    found = each(differences, taken)
    head = ["log", "windows", "rule", "recounted", "run again", "only recounted", "only again", "unknown"]
    print(table(head, [row for log, some in zip(taken, found, strict=True) for row in rows(log, some)]))
    print()
    for rule, of_rule in zip(RULES, zip(*found, strict=True), strict=True):
        print(f"NCD ≥ {rule.threshold:g}, p ≤ {rule.alpha:g}: {summed(of_rule)}")
    print(f"all: {summed([one for some in found for one in some])}")


def summed(some: Sequence[Difference]) -> str:
    """Windows judged otherwise, of all and of those that one or the other flags."""
    windows = sum(one.windows for one in some)
    either = sum(one.recounted + one.again - one.both for one in some)
    differing = sum(one.recounted + one.again - 2 * one.both for one in some)
    return (
        f"{differing} of {windows:,} windows are judged otherwise ({100 * differing / windows:.2f} %), "
        f"of {either} flagged by one or the other {100 * differing / max(1, either):.0f} %"
    )


if __name__ == "__main__":
    main()
