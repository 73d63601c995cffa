"""
Numeric series on the Numenta Anomaly Benchmark: ``python -m benchmarks.quality.nab --data DIR``.

DIR/nab holds folders of CSV files (timestamp, value) and windows.json, for
each file its labelled windows. Detection is finished before a label is read.
"""

import argparse
import csv
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean, stdev
from time import process_time

import numpy as np

from benchmarks.quality.nab_scorer import (
    PROFILES,
    Profile,
    Tally,
    Windows,
    event_f1,
    normalised,
    tally,
    warmup_of,
    worth,
)
from driftlock_core.series import READINGS, SeriesDetector
from driftlock_core.series_alerts import (
    ALERT_FADES,
    ALERT_HABIT,
    ALERT_SCORE,
    PAGE_FADES,
    PAGE_HABIT,
    PAGE_SCORE,
    SILENT_PART,
    Alarm,
    excess,
)

HALVES_SEED = 20150515  # draws which series are in a half
THETAS = np.round(np.arange(0.5, 6.0, 0.1), 2)
# Rules a page could have had: limit, rise, fading in warm-ups.
PAGE_RULES = [
    (limit, rise, fades)
    for limit in (1.77, 2.0, 2.25, 2.5, 2.75, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0)
    for rise, fades in ((0.0, 1.0), *((r, f) for r in (0.25, 0.5, 1.0) for f in (1.0, 2.0, 4.0, 8.0)))
]
PAGE_RULE = (PAGE_SCORE, PAGE_HABIT, PAGE_FADES)


@dataclass(frozen=True, eq=False)
class Series:
    """One file, and what the detector said of it."""

    name: str
    times: list[str]
    surprise: np.ndarray  # decades, one column a reading
    alerts: np.ndarray
    pages: np.ndarray
    warmup: int
    seconds: float


def rung(passing: np.ndarray, warmup: int, limit: float, rise: float, fades: float) -> np.ndarray:
    """Records at which an alarm with these numbers goes off, as the detector's own do."""
    alarm = Alarm(limit, rise, SILENT_PART * warmup, fades * warmup)
    alerts = np.zeros(len(passing), dtype=bool)
    for row in (warmup + np.flatnonzero(passing[warmup:] >= limit)).tolist():
        alerts[row] = alarm.goes_off(float(passing[row]), row)
    return alerts


def detected(path: Path, name: str) -> Series:
    """Run the detector over one file, record by record."""
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    values = [float(row[1]) for row in rows]
    warmup = warmup_of(len(values))
    began = process_time()
    scored = SeriesDetector(warmup).update(values)
    seconds = process_time() - began
    return Series(name, [row[0] for row in rows], scored.surprise, scored.alert, scored.page, warmup, seconds)


def labelled_rows(series: Series, windows: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """First and last row of each window."""
    row = {time: at for at, time in reversed(list(enumerate(series.times)))}
    return [
        (row[first.removesuffix(".000000")], row[last.removesuffix(".000000")]) for first, last in windows
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    parser.add_argument("--halves", type=int, default=20, help="random halves to choose the limit on")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("--data or DRIFTLOCK_DATA must name a folder")
    print_tables(Path(asked.data), asked.halves)


def print_tables(data: Path, halves: int = 20) -> None:
    """All tables on the series of *data*/nab."""
    folder = data / "nab"
    corpus = [detected(path, path.relative_to(folder).as_posix()) for path in sorted(folder.glob("*/*.csv"))]
    labels = json.loads((folder / "windows.json").read_text())
    windows: dict[str, Windows] = {one.name: labelled_rows(one, labels[one.name]) for one in corpus}
    print_scores(corpus, windows)
    print_halves(corpus, windows, halves)
    print_pages(corpus, windows, halves)
    print_surprises(corpus, windows)
    records, seconds = sum(len(one.times) for one in corpus), sum(one.seconds for one in corpus)
    print(f"\n{records:,} records in {seconds:.1f} s of processor time: {records / seconds:,.0f} records/s")


def print_scores(corpus: list[Series], windows: dict[str, Windows]) -> None:
    """The detector at its own limit, at the best one, and what costs nothing to reach."""
    everything = {one.name: np.ones(len(one.times), dtype=bool) for one in corpus}
    rows = {
        f"driftlock, alerts at {ALERT_SCORE}": {one.name: one.alerts for one in corpus},
        f"driftlock, pages at {PAGE_SCORE}": {one.name: one.pages for one in corpus},
        "flag everything": everything,
        "flag everything, silences kept": {
            one.name: rung(np.ones(len(one.times)), one.warmup, 1.0, 0.0, 1.0) for one in corpus
        },
    }
    print(f"{len(corpus)} series, {sum(map(len, windows.values()))} windows\n")
    print("| detector | standard | low FP | low FN | precision | recall | event F1 |")
    print("|---|---|---|---|---|---|---|")
    for name, alerts in rows.items():
        by_profile = [
            [tally(alerts[one.name], windows[one.name], profile) for one in corpus] for profile in PROFILES
        ]
        scores = [normalised(t, profile) for t, profile in zip(by_profile, PROFILES, strict=True)]
        events = event_f1(by_profile[0])
        print(
            f"| {name} | {' | '.join(f'{s:.1f}' for s in scores)} | {' | '.join(f'{e:.0%}' for e in events)} |"
        )
    for one_profile in PROFILES:
        limit, score = best(swept(corpus, windows, one_profile), range(len(corpus)), one_profile)
        print(
            f"\n{one_profile.name}, limit chosen on these labels as the benchmark does: {score:.1f} at {limit}"
        )


Sweep = list[list[Tally]]  # by limit, then series


def swept(corpus: list[Series], windows: dict[str, Windows], profile: Profile) -> Sweep:
    """Tallies at every limit of a grid."""
    return [
        [
            tally(
                rung(excess(one.surprise), one.warmup, float(theta), ALERT_HABIT, ALERT_FADES),
                windows[one.name],
                profile,
            )
            for one in corpus
        ]
        for theta in THETAS
    ]


def best(sweep: Sweep, members: Iterable[int], profile: Profile) -> tuple[float, float]:
    """Limit with the highest score over *members*, and that score."""
    chosen = list(members)
    scores = [normalised((row[at] for at in chosen), profile) for row in sweep]
    at = int(np.argmax(scores))
    return float(THETAS[at]), scores[at]


def print_halves(corpus: list[Series], windows: dict[str, Windows], halves: int) -> None:
    """The limit chosen on half of the series, the score on the other half."""
    if not halves:
        return
    standard = PROFILES[0]
    sweep, random = swept(corpus, windows, standard), Random(HALVES_SEED)
    carried, own = [], []
    for _ in range(halves):
        order = random.sample(range(len(corpus)), len(corpus))
        chosen, held_out = order[: len(order) // 2], order[len(order) // 2 :]
        limit, _ = best(sweep, chosen, standard)
        at = int(np.argmin(np.abs(THETAS - limit)))
        carried.append(normalised((sweep[at][member] for member in held_out), standard))
        fixed = [tally(corpus[m].alerts, windows[corpus[m].name], standard) for m in held_out]
        own.append(normalised(fixed, standard))
    print(
        f"\nstandard on the other half of {halves} random ones (mean, standard deviation): limit chosen on "
        f"the first half {mean(carried):.1f}, {stdev(carried):.1f}; the fixed limit {mean(own):.1f}, {stdev(own):.1f}"
    )


Events = np.ndarray  # windows found, alerts outside, windows


def events(alerts: np.ndarray, one: Series, inside: np.ndarray, windows: Windows) -> Events:
    """What an F1 of events counts, for one series."""
    counted = alerts & (np.arange(len(alerts)) >= one.warmup)
    found = len(set(inside[counted].tolist()) - {-1})
    return np.array([found, int((counted & (inside < 0)).sum()), len(windows)])


def f1(counts: Events) -> float:
    """Of events added up over series."""
    found, outside, windows = counts.tolist()
    return 2 * found / max(found + outside + windows, 1)


def print_pages(corpus: list[Series], windows: dict[str, Windows], halves: int) -> None:
    """Event F1 of pages on series that did not choose their rule."""
    if not halves:
        return
    inside = [worth(len(one.times), windows[one.name], PROFILES[0])[1] for one in corpus]
    by_rule = np.array(
        [
            [
                events(rung(excess(one.surprise), one.warmup, *rule), one, within, windows[one.name])
                for one, within in zip(corpus, inside, strict=True)
            ]
            for rule in PAGE_RULES
        ]
    )
    fixed = PAGE_RULES.index(PAGE_RULE)
    best_rule = [f1(rule.sum(axis=0)) for rule in by_rule]
    print(
        f"\nevent F1 of pages: the fixed rule {f1(by_rule[fixed].sum(axis=0)):.2f}; the best of {len(PAGE_RULES)} "
        f"on these labels {max(best_rule):.2f} {PAGE_RULES[int(np.argmax(best_rule))]}"
    )
    left_out = np.zeros(3, dtype=int)
    for at in range(len(corpus)):
        others = np.delete(by_rule, at, axis=1).sum(axis=1)
        left_out += by_rule[int(np.argmax([f1(row) for row in others])), at]
    random = Random(HALVES_SEED)
    chosen_f1, fixed_f1 = [], []
    for _ in range(halves):
        order = random.sample(range(len(corpus)), len(corpus))
        chosen, held_out = order[: len(order) // 2], order[len(order) // 2 :]
        rule = int(np.argmax([f1(row) for row in by_rule[:, chosen].sum(axis=1)]))
        chosen_f1.append(f1(by_rule[rule, held_out].sum(axis=0)))
        fixed_f1.append(f1(by_rule[fixed, held_out].sum(axis=0)))
    print(
        f"rule chosen on all other series, each series by its own choice: {f1(left_out):.2f}; chosen on the first of "
        f"{halves} random halves, on the other {mean(chosen_f1):.2f}, {stdev(chosen_f1):.2f}; "
        f"the fixed rule there {mean(fixed_f1):.2f}, {stdev(fixed_f1):.2f}"
    )


def print_surprises(corpus: list[Series], windows: dict[str, Windows]) -> None:
    """How often each reading is surprised where nothing is labelled; 2 decades should come up once in 100."""
    unlabelled = []
    for one in corpus:
        _, inside = worth(len(one.times), windows[one.name], PROFILES[0])
        unlabelled.append(one.surprise[one.warmup :][inside[one.warmup :] < 0])
    surprise = np.concatenate(unlabelled)
    print("\n| records outside windows with surprise of | 2 decades | 3 | 4 |\n|---|---|---|---|")
    for column, name in enumerate(READINGS):
        shares = [float((surprise[:, column] >= decades).mean()) for decades in (2, 3, 4)]
        print(f"| {name} | {' | '.join(f'{share:.5f}' for share in shares)} |")


if __name__ == "__main__":
    main()
