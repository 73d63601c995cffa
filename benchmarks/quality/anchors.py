"""
How far baselines drift from an anchor, and what chance makes of it: ``python -m benchmarks.quality.anchors [--data DIR]``.

Five tables. False alarms where nothing changes, generated and real. How long
they last, since all points share their anchor. Power on known changes. The
distance at other lengths of anchor and baseline. What a point costs beside a
bare pass over the events between two.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import mean

from benchmarks.markdown import table
from benchmarks.quality.material import Log, logs
from benchmarks.quality.workers import each
from driftlock_core import BALANCED, Profile
from driftlock_core.anchors import Blocks, blocks
from driftlock_core.anchors_drift import JUDGED_FROM, SETTLING, Drift, drift, settled
from driftlock_core.detector import Detector
from driftlock_core.masking import Masker

STREAMS = 240  # generated, of each sort
ORDERS = 40  # of each real log
LATER = 12  # baselines held against one anchor once it has settled
SIZE, BLOCK = BALANCED.baseline, BALANCED.window
BETWEEN = SIZE  # events between two points at least, as services/drift.py has it
VERBS = "opened closed read wrote renewed dropped queued started stopped flushed".split()
THINGS = "order session cache report invoice token job index page mail".split()


@dataclass(frozen=True)
class Change:
    """What becomes of a generated stream at its middle."""

    name: str
    mix: float = 0.0  # share of lines drawn from weights turned round
    field: float = 0.0  # share of lines that get a new field
    scale: int = 1  # numbers are multiplied by it
    new: float = 0.0  # share of lines of templates never seen
    gone: int = 0  # templates that come no more, of 40


CHANGES = (
    Change("10 % of the mix turned round", mix=0.1),
    Change("30 % of the mix turned round", mix=0.3),
    Change("all of the mix turned round", mix=1.0),
    Change("a new field in every event", field=1.0),
    Change("a new field in one event of five", field=0.2),
    Change("numbers ten times as large", scale=10),
    Change("numbers a thousand times as large", scale=1000),
    Change("new templates in 2 % of events", new=0.02),
    Change("new templates in 10 % of events", new=0.10),
    Change("10 of 40 templates gone", gone=10),
)
NONE = Change("nothing")


def stream(
    count: int, seed: int, *, burst: int = 1, change: Change = NONE, at: int | None = None
) -> list[bytes]:
    """
    Lines of 40 templates with unequal weights; from *at* on with *change*.

    Args:
        burst: Mean number of lines of one template in a row: 1 makes them independent.
    """
    random = Random(seed)
    templates = [
        f"{random.choice(THINGS)} {n:02} {random.choice(VERBS)} by {random.choice(THINGS)}" for n in range(40)
    ]
    weights = [1 / (1 + n) for n in range(40)]
    random.shuffle(weights)
    lines, which = [], 0
    for position in range(count):
        changed = at is not None and position >= at
        if burst == 1 or position == 0 or random.random() < 1 / burst:
            turned = changed and random.random() < change.mix
            kept = 40 - change.gone if changed else 40
            used = (weights[::-1] if turned else weights)[:kept]
            which = random.choices(range(kept), used)[0]
        text = templates[which]
        if changed and random.random() < change.new:
            text = f"ledger {random.choice(VERBS)} without counterpart at {random.choice(VERBS)}"
        number = int(random.lognormvariate(4, 1.2)) * (change.scale if changed else 1)
        extra = f' zone="eu-{random.randrange(3)}"' if changed and random.random() < change.field else ""
        # Letters, not digits, tell templates apart: masking makes all numbers of one length alike.
        lines.append(f"{text.replace('0', 'a').replace('1', 'b')} took {number} ms{extra}".encode())
    return lines


def cut(events: Sequence[bytes], profile: Profile = BALANCED) -> Blocks:
    """*events* masked and cut as an anchor's are."""
    return blocks(Masker(profile.masks).canonical(events), profile)


def quiet(burst: int, seed: int) -> Drift:
    """One baseline of a stream that does not change against the one a baseline's length before."""
    events = stream(3 * SIZE, seed, burst=burst)
    return drift(cut(events[:SIZE]), cut(events[2 * SIZE :]))


def changed(change: Change, seed: int) -> Drift:
    """The same around a change."""
    events = stream(3 * SIZE, seed, burst=5, change=change, at=SIZE)
    return drift(cut(events[:SIZE]), cut(events[2 * SIZE :]))


def lasting(burst: int, seed: int) -> tuple[list[bool], list[bool]]:
    """
    Which of a row of baselines lie outside their one anchor's range, in a stream that does not change.

    By relabelled blocks alone, and once the anchor has settled.
    """
    events = stream((2 + SETTLING + LATER) * SIZE, seed, burst=burst)
    anchor = cut(events[:SIZE])
    starts = range(2 * SIZE, len(events) - SIZE + 1, SIZE)
    found = [drift(anchor, cut(events[start : start + SIZE])) for start in starts]
    distances, later = [one.distance for one in found], range(SETTLING, len(found))
    return (
        [found[at].outside for at in later],
        [settled(found[at], distances[:at]).outside for at in later],
    )


def sized(change: Change, ours: int, theirs: int, seed: int) -> Drift:
    """An anchor of *ours* events against a baseline of *theirs*."""
    events = stream(ours + SIZE + theirs, seed, burst=5, change=change, at=ours)
    return drift(cut(events[:ours]), cut(events[ours + SIZE :]))


def in_random_order(log: Log) -> list[float]:
    """p of two halves of a real log's blocks, drawn at random: nothing can have changed between them."""
    canonical = Masker(BALANCED.masks).canonical(log.events)
    parts = [canonical[at : at + BLOCK] for at in range(0, len(canonical) - BLOCK + 1, BLOCK)]
    found = []
    for seed in range(ORDERS):
        drawn = Random(f"{log.name} {seed}").sample(parts, 16)
        ours, theirs = ([event for part in half for event in part] for half in (drawn[:8], drawn[8:]))
        found.append(drift(blocks(ours, BALANCED), blocks(theirs, BALANCED)).p)
    return found


def as_it_comes(log: Log) -> list[Drift]:
    """Every later baseline of a real log, side by side, against its first."""
    canonical = Masker(BALANCED.masks).canonical(log.events)
    anchor = blocks(canonical[:SIZE], BALANCED)
    starts = range(SIZE, len(canonical) - SIZE + 1, SIZE)
    return [drift(anchor, blocks(canonical[start : start + SIZE], BALANCED)) for start in starts]


def price(seed: int) -> tuple[float, float]:
    """Milliseconds of a point, and of a bare pass over the events between two points; the best of 9, in turns."""
    events = stream(11 * BETWEEN, seed, burst=5)
    masker = Masker(BALANCED.masks)
    masker.canonical(events)  # warm caches, as in a stream that has run for a while
    anchor, today = masker.canonical(events[:SIZE]), masker.canonical(events[-SIZE:])
    ready = blocks(anchor, BALANCED)
    _ = ready.within
    points, passes = [], []
    for _ in range(9):
        points.append(_milliseconds(lambda: drift(ready, blocks(today, BALANCED))))
        passes.append(_milliseconds(lambda: Detector(BALANCED, masker=masker).update(events)) / 11)
    return min(points), min(passes)


def _milliseconds(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return 1000 * (time.perf_counter() - begun)


def _share(values: Sequence[bool]) -> str:
    return f"{100 * mean(values):.1f} %"


def false_alarms(all_logs: Sequence[Log]) -> str:
    """Both null tables in one."""
    rows = []
    for burst in (1, 5, 20, 100):
        found = each(partial(quiet, burst), range(STREAMS))
        rows.append(_null_row(f"generated, {burst} of a template in a row", [one.p for one in found]))
    pooled: list[float] = []
    for log, found in zip(all_logs, each(in_random_order, all_logs), strict=True):
        pooled += found
        rows.append(_null_row(f"{log.name}, blocks in random order", found))
    rows.append(_null_row("all logs, blocks in random order", pooled))
    return table(["nothing changes in", "pairs", "p ≤ 0.10", "p ≤ 0.05", "p ≤ 0.01"], rows)


def _null_row(name: str, found: Sequence[float]) -> list[str]:
    return [name, str(len(found)), *(_share([p <= level for p in found]) for level in (0.10, 0.05, 0.01))]


def lasting_rows() -> str:
    """How many false alarms are left once an anchor has settled, and if they must last."""
    rows = []
    for burst in (1, 5, 20, 100):
        found = each(partial(lasting, burst), range(STREAMS // 3))
        ranked = [one for _, one in found]
        rows.append(
            [
                f"{burst} of a template in a row",
                _share([outside for one, _ in found for outside in one]),
                _share([outside for one in ranked for outside in one]),
                *(_share([_in_a_row(one, n) for one in ranked]) for n in (1, 2, 3, 6)),
            ]
        )
    head = [f"one anchor, {LATER} baselines later on", "outside by blocks", "outside, settled"]
    return table([*head, *(f"streams with {n} in a row" for n in (1, 2, 3, 6))], rows)


def _in_a_row(outside: Sequence[bool], count: int) -> bool:
    return any(all(outside[at : at + count]) for at in range(len(outside) - count + 1))


def power() -> str:
    """What a change comes to."""
    rows = []
    for change in CHANGES:
        found = each(partial(changed, change), range(STREAMS // 2))
        rows.append(
            [
                change.name,
                f"{mean(one.distance for one in found):.3f}",
                _share([one.outside for one in found]),
            ]
        )
    return table(["change", "mean distance", "outside"], rows)


def sizes() -> str:
    """The mean distance at other lengths."""
    rows = []
    for change in (NONE, CHANGES[2], CHANGES[8]):
        for ours in (200, 400, 800, 1600):
            means = []
            for theirs in (200, 400, 800):
                found = each(partial(sized, change, ours, theirs), range(STREAMS // 4))
                means.append(f"{mean(one.distance for one in found):.3f}")
            rows.append([change.name, str(ours), *means])
    return table(["change", "anchor", *(f"baseline {n}" for n in (200, 400, 800))], rows)


def real_rows(all_logs: Sequence[Log]) -> str:
    """
    Real logs in their own order: nobody has checked what changed in them.

    Judged from the tenth baseline behind the anchor on, by what went before.
    """
    rows = []
    for log, found in zip(all_logs, each(as_it_comes, all_logs), strict=True):
        if not found:
            continue
        distances = [one.distance for one in found]
        judged = [settled(found[at], distances[:at]).outside for at in range(JUDGED_FROM, len(found))]
        rows.append(
            [
                log.name,
                str(len(found)),
                _share([one.outside for one in found]),
                _share(judged) if judged else "–",
                f"{distances[-1]:.3f}",
            ]
        )
    return table(
        ["log, as it comes", "baselines", "outside by blocks", "outside, settled", "last distance"], rows
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.anchors", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    all_logs = logs(Path(asked.data) if asked.data else None)
    all_logs = [log for log in all_logs if len(log) >= 2 * SIZE]
    for made in (lambda: false_alarms(all_logs), lasting_rows, power, sizes, lambda: real_rows(all_logs)):
        print(made(), end="\n\n", flush=True)
    point, bare = price(0)
    print(
        f"a point: {point:.2f} ms; a bare pass over {BETWEEN} events: {bare:.2f} ms; {100 * point / bare:.0f} %"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
