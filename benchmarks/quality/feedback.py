"""
What labels do to a stream: ``python -m benchmarks.quality.feedback [--scenario ID ...] [--seeds N]``.

A scenario is played without faults, and pieces of its fault, as played in a stream of their own, take the
place of 15 of every 400 events. The first part is judged, a reviewer who knows the places labels the queues Newest and Boundary of the application, and whatever it proposes is applied, up to
three times, two hours apart. What counts is the *later* part, which nobody has labelled: flagged
incidents outside of faults, and faults found, beside a twin of the same stream that was left alone.
A second reviewer says the opposite of the truth of every tenth window, drawn from a seed.
"""

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from data_generator import encode
from data_generator.scenarios.event import Event as Told
from data_generator.scenarios.theatre import perform_scenario
from driftlock.bootstrap import App, open_app
from driftlock.model import Event
from driftlock.services.feedback import Item
from driftlock.services.proposals import said
from driftlock.services.proposals_store import CannotPropose
from driftlock.services.tuning_figures import wilson
from driftlock.settings import Settings
from driftlock_core.profiles import PROFILES, Profile

FIRST_SEED: Final = 301  # no seed of a golden file, a page, a test or another benchmark
SCENARIOS: Final = ("error-storm", "pod-crashes", "behavioural-change", "login-takeover")
SECONDS: Final = 1_000.0  # at 20 events a second: 20,000 events
EVERY: Final = 400  # events, from one piece of a fault to the next
PIECE: Final = 15  # events
# The shipped limits at a size that gives many windows soon.
SIZES: Final = {"baseline": 200, "window": 25, "hop": 5, "references": 300}
LABELLED: Final = 0.6  # of the events; the rest is the later part
ROUNDS: Final = 3  # proposals at most
WRONG: Final = 0.1  # of the windows, for the second reviewer
TENANT: Final = "demo"
START: Final = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
Fault = tuple[int, int]  # first and last event, from 1


@dataclass(frozen=True)
class Later:
    """The later part of a stream."""

    windows: int
    false: int  # flagged incidents that touch no fault
    found: int
    faults: int


@dataclass(frozen=True)
class Outcome:
    """One stream under one reviewer, beside its twin."""

    labels: tuple[int, int]  # windows called real, not real
    changes: tuple[str, ...]  # applied
    why_not: str  # the last proposal was not made because
    before: Later
    after: Later


class _Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment


def measure(scenario: str, seed: int, profile: Profile, wrong: Sequence[float]) -> list[Outcome]:
    """One outcome for each share of wrong labels in *wrong*."""
    events, faults = _spliced(scenario, seed)
    lines = encode(events, "ndjson", "demo")[:-1].split(b"\n")
    made = [
        Event(line, "logs", at.to_bytes(8, "big"), event.at_us, None)
        for at, (line, event) in enumerate(zip(lines, events, strict=True))
    ]
    cut = round(LABELLED * len(made))
    with tempfile.TemporaryDirectory() as folder:
        clock = _Clock()
        with closing(open_app(Settings(home=Path(folder)), clock=clock, work=False)) as app:
            twin = _stream(app, made, profile)
            before = _later(app, twin, cut, faults)
            return [_tuned(app, clock, made, cut, faults, profile, seed, share, before) for share in wrong]


def _spliced(scenario: str, seed: int) -> tuple[list[Told], list[Fault]]:
    """A quiet play with pieces of the fault in it, and where they lie."""
    events = list(perform_scenario(scenario, seed, duration_s=SECONDS, anomaly_rate=0.0).events)
    struck = perform_scenario(scenario, seed + 1_000, duration_s=SECONDS, anomaly_rate=0.1)
    theirs = list(struck.events)
    foreign = [at for one in struck.witness.episodes() for at in range(one.start, one.stop)]
    random, faults = Random(f"{scenario} {seed}"), []
    for start in range(2 * EVERY, len(events) - EVERY, EVERY):
        start += random.randrange(EVERY // 2)
        begin = random.randrange(len(foreign) - PIECE)
        for at in range(PIECE):
            # What happens is the fault's, when it happens is the place's.
            events[start + at] = theirs[foreign[begin + at]]._replace(at_us=events[start + at].at_us)
        faults.append((start + 1, start + PIECE))
    return events, faults


def _tuned(
    app: App,
    clock: _Clock,
    made: Sequence[Event],
    cut: int,
    faults: Sequence[Fault],
    profile: Profile,
    seed: int,
    wrong: float,
    before: Later,
) -> Outcome:
    stream_id = _stream(app, made[:cut], profile)
    app.complete(TENANT, stream_id)
    random = Random(f"{seed} {wrong}")
    labels, changes, why_not = [0, 0], [], ""
    for _ in range(ROUNDS):
        _label(app, stream_id, faults, random, wrong, labels)
        try:
            proposal = app.proposals.propose(TENANT, stream_id)
            app.proposals.apply(TENANT, proposal.id, reason="benchmark", by="reviewer")
        except CannotPropose as error:
            why_not = str(error)
            break
        changes.append(said(proposal))
        clock.moment += timedelta(hours=2)
    app.receive(TENANT, stream_id, made[cut:])
    app.advance(TENANT, stream_id)
    return Outcome(
        labels=(labels[0], labels[1]),
        changes=tuple(changes),
        why_not=why_not,
        before=before,
        after=_later(app, stream_id, cut, faults),
    )


def _stream(app: App, events: Sequence[Event], profile: Profile) -> str:
    stream_id = app.create_stream(TENANT, name="bench", kind="logs", profile=profile)
    for start in range(0, len(events), 10_000):
        app.receive(TENANT, stream_id, events[start : start + 10_000])
    app.advance(TENANT, stream_id)
    return stream_id


def _label(
    app: App, stream_id: str, faults: Sequence[Fault], random: Random, wrong: float, labels: list[int]
) -> None:
    """Both queues from end to end, by the truth and, for a share of the windows, against it."""
    columns = app.tuning.history(TENANT, stream_id).every
    first = dict(zip(columns.window.tolist(), columns.extra["first_seq"].tolist(), strict=True))
    last = dict(zip(columns.window.tolist(), columns.last_seq.tolist(), strict=True))
    for queue in ("newest", "boundary"):
        items = app.feedback.queue(TENANT, stream_id, queue, by="reviewer")  # type: ignore[arg-type]
        for item in items:
            window = _window(app, item)
            real = _touches(first[window], last[window], faults) != (random.random() < wrong)
            labels[0 if real else 1] += 1
            label = "real" if real else "not_real"
            if item.anomaly_id is None:
                app.feedback.label_window(TENANT, stream_id, window, label, by="reviewer", queue=queue)  # type: ignore[arg-type]
            else:
                app.review.label(TENANT, [item.anomaly_id], label, by="reviewer", queue=queue)  # type: ignore[arg-type]


def _window(app: App, item: Item) -> int:
    if item.anomaly_id is None:
        assert item.window is not None
        return item.window
    anomaly = app.queries.anomaly(TENANT, item.anomaly_id)
    assert anomaly is not None
    return anomaly.row.window


def _later(app: App, stream_id: str, cut: int, faults: Sequence[Fault]) -> Later:
    """Incidents and faults behind the cut; a window that reaches over it belongs to neither part."""
    columns = app.queries.scores(TENANT, stream_id)
    first, last = columns.extra["first_seq"], columns.last_seq
    later = first > cut
    flagged = np.flatnonzero(later & columns.flagged)
    incidents: list[list[int]] = []
    for at in flagged.tolist():
        if incidents and first[at] <= incidents[-1][1] + 1:
            incidents[-1][1] = int(last[at])
        else:
            incidents.append([int(first[at]), int(last[at])])
    ours = [fault for fault in faults if fault[0] > cut and fault[1] <= int(last[-1])]
    found = sum(any(start <= fault[1] and stop >= fault[0] for start, stop in incidents) for fault in ours)
    false = sum(not _touches(start, stop, faults) for start, stop in incidents)
    return Later(windows=int(later.sum()), false=false, found=found, faults=len(ours))


def _touches(first: int, last: int, faults: Sequence[Fault]) -> bool:
    return any(first <= stop and last >= start for start, stop in faults)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, run and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality.feedback",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scenario", nargs="+", default=list(SCENARIOS), metavar="ID")
    parser.add_argument("--profile", default="balanced", choices=sorted(PROFILES))
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args(arguments)
    shares = (0.0, WRONG)
    profile = replace(PROFILES[asked.profile], **SIZES)
    print("| scenario | seed | reviewer | labels real, not real | applied | false before → after | found |")
    print("|---|---|---|---|---|---|---|")
    sums = {share: np.zeros(6, dtype=np.int64) for share in shares}
    for scenario in asked.scenario:
        for seed in range(FIRST_SEED, FIRST_SEED + asked.seeds):
            for share, one in zip(shares, measure(scenario, seed, profile, shares), strict=True):
                who = "knows" if not share else f"{share:.0%} wrong"
                applied = "; ".join(one.changes) or f"none: {one.why_not}"
                print(
                    f"| {scenario} | {seed} | {who} | {one.labels[0]}, {one.labels[1]} | {applied} | "
                    f"{one.before.false} → {one.after.false} | {one.before.found} → {one.after.found} of "
                    f"{one.after.faults} |",
                    flush=True,
                )
                if one.changes:
                    sums[share] += (
                        *(one.before.false, one.after.false, one.before.found, one.after.found),
                        *(one.after.faults, one.after.windows),
                    )
    print("\nStreams to which something was applied:")
    for share, (before, after, found, kept, faults, windows) in sums.items():
        who = "knows" if not share else f"{share:.0%} wrong"
        if not windows:
            print(f"- {who}: none")
            continue
        low, high = wilson(int(kept), int(faults)) or (0.0, 1.0)
        print(
            f"- {who}: false incidents per 1,000 later windows {1000 * before / windows:.2f} → "
            f"{1000 * after / windows:.2f} ({before} → {after}); faults found {found} → {kept} of {faults} "
            f"(after: {low:.0%} to {high:.0%})"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
