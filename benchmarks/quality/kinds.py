"""
Which sizes, masks and readings suit a kind of telemetry: ``python -m benchmarks.quality.kinds --data DIR``.

Ordinary events of a labelled set, in file order, with a burst of its anomalous
ones every so often, judged as one stream under *balanced*.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.sources import labelled
from data_generator import generate
from driftlock_core import BALANCED, COMPRESSORS, MASK_CLASSES, detect, openzl_compressor
from driftlock_core.kind_profiles import KIND_PROFILES
from driftlock_core.profiles import Profile
from driftlock_core.scoring import score_units


@dataclass(frozen=True)
class Plan:
    """Where bursts stand among the ordinary events, all in events."""

    burst: int
    first: int  # before the first burst: more than two baselines of the largest size
    every: int


PLANS = (Plan(burst=8, first=900, every=300), Plan(burst=40, first=900, every=400))
SHORT = Plan(burst=4, first=120, every=30)  # for sets of fewer than 2,000 ordinary events
MOST = 12_000  # ordinary events taken
SIZES = (50, 30, 20, 10)
MASKS = {
    "all": MASK_CLASSES,
    "no number": MASK_CLASSES - {"number"},
    "no url, domain, email": MASK_CLASSES - {"url", "domain", "email"},
    "no ip": MASK_CLASSES - {"ip"},
}
# Kind by set. The odd half in alphabetical order decides; the others are only reported.
CHOSEN_ON = {
    "adfa_ld_a": "logs",
    "bgl_windows": "logs",
    "deepset_injection": "llm",
    "hdfs_2pct": "logs",
    "nsl_kdd_a": "network",
    "tt_traces_a": "traces",
}
REPORTED = {"csic2010": "logs", "fraud": "records", "jailbreak_itw": "llm", "openstack_kalaki": "logs"}
CALLS_SEEDS = range(11, 16)


@dataclass(frozen=True)
class Found:
    """What one profile makes of one stream."""

    windows: int
    auc: float  # of the score, windows with a burst against those without
    bursts: int
    found: float  # share of bursts that a flagged window overlaps
    false: float  # share of windows without a burst that are flagged


class Material:
    """Ordinary events of one labelled set and its anomalous units."""

    def __init__(self, data: Path, name: str) -> None:
        baseline, asked, labels = labelled(data, name)
        calm = [*baseline, *(unit for unit, label in zip(asked, labels, strict=True) if not label)]
        self.name = name
        self.ordinary = [event for unit in calm for event in unit][:MOST]
        self._strange = [unit for unit, label in zip(asked, labels, strict=True) if label]

    def plans(self) -> tuple[Plan, ...]:
        """The arrangements this set is long enough for."""
        return PLANS if len(self.ordinary) >= 2_000 else (SHORT,)

    def stream(self, plan: Plan) -> tuple[list[bytes], np.ndarray]:
        """Events, and whether each is part of a burst."""
        bursts = self._bursts(plan.burst)
        events: list[bytes] = []
        marks: list[bool] = []
        for position, event in enumerate(self.ordinary):
            if position >= plan.first and (position - plan.first) % plan.every == 0:
                burst = next(bursts, [])
                events += burst
                marks += [True] * len(burst)
            events.append(event)
            marks.append(False)
        return events, np.array(marks)

    def _bursts(self, length: int) -> Iterator[list[bytes]]:
        """Sessions by their last events; single records and texts in a row."""
        if np.median([len(unit) for unit in self._strange]) >= 2:
            yield from (unit[-length:] for unit in self._strange if len(unit) >= length)
            return
        flat = [event for unit in self._strange for event in unit]
        yield from (flat[at : at + length] for at in range(0, len(flat) - length + 1, length))


def measure(events: Sequence[bytes], marks: np.ndarray, profile: Profile) -> Found | None:
    """None where the stream is too short for the sizes."""
    if len(events) < profile.events_needed:
        return None
    windows = detect(events, profile)
    touched = np.concatenate([[0], np.cumsum(marks)])
    hit = touched[windows.last_seq] > touched[windows.first_seq - 1]
    edges = np.diff(np.concatenate([[False], marks, [False]]).astype(int))
    starts, stops = np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1)  # seqs, both inclusive
    found = [
        bool((windows.flagged & (windows.first_seq <= stop) & (windows.last_seq >= start)).any())
        for start, stop in zip(starts, stops, strict=True)
        if start > profile.baseline  # no burst inside the first baseline
    ]
    return Found(
        windows=len(windows),
        auc=_auc(windows.score, hit),
        bursts=len(found),
        found=float(np.mean(found)) if found else float("nan"),
        false=float(windows.flagged[~hit].mean()),
    )


def _auc(scores: np.ndarray, positive: np.ndarray) -> float:
    ranks = np.searchsorted(np.sort(scores), scores, "left") + np.searchsorted(
        np.sort(scores), scores, "right"
    )
    ones = int(positive.sum())
    return float((ranks[positive].sum() / 2 - ones * ones / 2) / (ones * (len(scores) - ones)))


def _print(material: Material, plan: Plan, profiles: dict[str, Profile]) -> None:
    events, marks = material.stream(plan)
    for label, profile in profiles.items():
        row = measure(events, marks, profile)
        if row is not None and row.bursts:
            print(
                f"| {material.name} | {plan.burst} | {label} | {row.windows} | {row.auc:.3f} "
                f"| {row.found:.2f} of {row.bursts} | {row.false:.3f} |",
                flush=True,
            )


def print_tables(data: Path, kinds: dict[str, str]) -> None:
    """Tables of sizes, masks and compressors."""
    sets = [Material(data, name) for name in kinds]
    compressors = [*COMPRESSORS, *([openzl_compressor.NAME] if openzl_compressor.installed() else [])]
    for title in ("window", "masks", "compressor"):
        print(f"\n| set | burst, events | {title} | windows | AUC | bursts found | false alarms |")
        print("|---|---|---|---|---|---|---|")
        for material in sets:
            suited = BALANCED.with_sizes(KIND_PROFILES[kinds[material.name]].window)
            profiles = {
                "window": {str(size): BALANCED.with_sizes(size) for size in SIZES},
                "masks": {label: replace(suited, masks=masks) for label, masks in MASKS.items()},
                "compressor": {name: replace(suited, compressor=name) for name in compressors},
            }[title]
            for plan in material.plans() if title == "window" else material.plans()[:1]:
                _print(material, plan, profiles)


def print_readings() -> None:
    """Generated model calls as ``score`` reads them: by their fields, or by their texts."""
    print("\n| generated calls, seed | read as | AUC | found at p ≤ 0.05 | false alarms at p ≤ 0.05 |")
    print("|---|---|---|---|---|")
    for seed in CALLS_SEEDS:
        made = generate("support-llm", seed=seed)
        calls = made.data.splitlines()
        strange = np.zeros(len(calls), dtype=bool)
        for interval in made.truth:
            strange[interval.start : interval.stop] = True
        start = made.truth[0].start
        part = slice(start - 200, start + 700)
        for shape in ("records", "texts"):
            scored = score_units(
                [[call] for call in calls[:800]], [[call] for call in calls[part]], shape=shape
            )
            low, labels = scored.p_values <= 0.05, strange[part]
            print(
                f"| {seed} | {shape} | {_auc(scored.scores, labels):.3f} | {low[labels].mean():.2f} "
                f"| {low[~labels].mean():.3f} |",
                flush=True,
            )


def main() -> None:
    """Parse the command line and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.kinds", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("give --data DIR or set DRIFTLOCK_DATA")
    print("## Sets the sizes and masks were chosen on")
    print_tables(Path(asked.data), CHOSEN_ON)
    print("\n## Sets they are only reported on")
    print_tables(Path(asked.data), REPORTED)
    print("\n## How model calls are read")
    print_readings()


if __name__ == "__main__":
    main()
