"""How well units of labelled sets are told apart. Labels are read here and never reach the engine."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.quality.generated_sets import GENERATED, generated_set
from benchmarks.quality.results import Direction, Result
from benchmarks.quality.workers import each
from benchmarks.sources import is_stream, labelled, windows_of
from driftlock_core.scoring import Scorer

# Each set is cut to the units with the smallest digest of set and unit number, at its own base rate.
MOST_UNITS = 1500
# Sets in which many anomalous units equal normal ones, or the anomaly is one of meaning: in no mean.
LITTLE_TO_WIN = frozenset({"hdfs_100k", "nezha_tt_0129", "halueval_output"})
# A p-value that is called 5 % or 1 % is off by no more than a factor of two to three.
WITHIN = {"0.05": (0.025, 0.10), "0.01": (0.003, 0.03)}


@dataclass(frozen=True)
class Prepared:
    """One set as every detector gets it."""

    name: str
    baseline: list[list[bytes]]  # raw events of each unit
    units: list[list[bytes]]
    positive: np.ndarray  # one truth value for each of *units*
    overlapping: bool  # neighbouring units share events


def prepare(data: Path | None, name: str) -> Prepared:
    """The units of split "train", and those of split "test" cut to at most 1500; a generated set without *data*."""
    if data is None:
        baseline, units, labels = generated_set(name)
        overlapping = True
    else:
        baseline, units, labels = labelled(data, name)
        overlapping = is_stream(data, name)
        if overlapping:
            baseline, _ = windows_of(baseline, [0] * len(baseline))
            units, labels = windows_of(units, labels)
    kept = sorted(range(len(units)), key=lambda at: hashlib.sha256(f"{name} {at}".encode()).hexdigest())
    kept = sorted(kept[:MOST_UNITS])
    return Prepared(
        name=name,
        baseline=baseline,
        units=[units[at] for at in kept],
        positive=np.array([labels[at] for at in kept]) == 1,
        overlapping=overlapping,
    )


def sets(data: Path | None) -> list[str]:
    """Names of the labelled sets of DIR/dev, or of the generated ones, in alphabetical order."""
    if data is None:
        return sorted(GENERATED)
    return sorted(path.name.removesuffix(".jsonl.gz") for path in (data / "dev").glob("*.jsonl.gz"))


def of_set(data: Path | None, name: str) -> list[Result]:
    """Fit on the units of split "train", score those of split "test"."""
    prepared = prepare(data, name)
    scorer = Scorer(prepared.baseline, overlapping=prepared.overlapping)
    scored = scorer.score(prepared.units)
    positive = prepared.positive
    flagged, strictly = scored.p_values <= 0.05, scored.p_values <= 0.01
    rows: list[tuple[str, float, str, Direction]] = [
        ("units", len(prepared.units), "units", "none"),
        ("positive", int(positive.sum()), "units", "none"),
        (f"read_as_{scorer.reading.shape}", 1, "yes", "none"),
        ("roc_auc", roc_auc(scored.scores, positive), "ROC-AUC", "higher"),
        ("pr_auc", average_precision(scored.scores, positive), "PR-AUC", "higher"),
        ("f1", f1(flagged, positive), "F1 at p ≤ 0.05", "higher"),
        ("flag_everything_f1", f1(np.ones_like(positive), positive), "F1", "none"),
        ("false_alarms_0.05", float(flagged[~positive].mean()), "share of normal units", "lower"),
        ("false_alarms_0.01", float(strictly[~positive].mean()), "share of normal units", "lower"),
        ("found_0.05", float(flagged[positive].mean()), "share of anomalous units", "higher"),
    ]
    return [
        Result(id=f"labelled/{name}/{id}", value=value, unit=unit, better=b) for id, value, unit, b in rows
    ]


def measure(data: Path | None) -> list[Result]:
    """Every set, and the means."""
    names = sets(data)
    results = [row for rows in each(partial(of_set, data), names) for row in rows]
    return results + summaries({one.id: one.value for one in results}, names)


def summaries(values: Mapping[str, float], names: list[str]) -> list[Result]:
    """Means over the sets of *names* with something to win, and over every other one of them."""
    results = []
    usable = [name for name in names if name not in LITTLE_TO_WIN]
    # Odd and even places in alphabetical order: what is chosen on one half is checked on the other.
    groups = {"mean": usable, "odd_half": usable[::2], "even_half": usable[1::2]}
    for group, members in groups.items():
        results += [
            Result(
                id=f"labelled/{group}/{id}",
                value=mean(values[f"labelled/{name}/{id}"] for name in members),
                unit=unit,
                better="none" if id == "flag_everything_f1" else "higher",
            )
            for id, unit in (
                ("roc_auc", "ROC-AUC"),
                ("pr_auc", "PR-AUC"),
                ("f1", "F1 at p ≤ 0.05"),
                ("flag_everything_f1", "F1"),
                ("found_0.05", "share of anomalous units"),
            )
            if members
        ]
        for alpha, (low, high) in WITHIN.items():
            inside = [low <= values[f"labelled/{name}/false_alarms_{alpha}"] <= high for name in members]
            results.append(
                Result(id=f"labelled/{group}/within_{alpha}", value=sum(inside), unit="sets", better="higher")
            )
        results.append(Result(id=f"labelled/{group}/sets", value=len(members), unit="sets", better="none"))
    return results


def roc_auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """
    Share of (positive, negative) pairs in the right order, ties counted half.

    >>> roc_auc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, False, True, True]))
    0.875
    """
    _, rank, count = np.unique(scores, return_inverse=True, return_counts=True)
    mean_rank = (np.cumsum(count) - (count - 1) / 2)[rank]
    many, few = int(positive.sum()), int((~positive).sum())
    return float((mean_rank[positive].sum() - many * (many + 1) / 2) / (many * few))


def average_precision(scores: np.ndarray, positive: np.ndarray) -> float:
    """
    Area under precision over recall, by steps; equal scores are taken at once.

    >>> average_precision(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, False, True, True]))
    0.8333333333333333
    """
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.append(np.diff(scores[order]) != 0, True)
    found = np.cumsum(positive[order])[last_of_ties]
    flagged = (np.arange(len(scores)) + 1)[last_of_ties]
    return float((np.diff(found, prepend=0) * found / flagged).sum() / positive.sum())


def f1(flagged: np.ndarray, positive: np.ndarray) -> float:
    """
    Harmonic mean of precision and recall; 0 if nothing is found.

    >>> f1(np.array([True, True, True, True]), np.array([True, False, False, False]))
    0.4
    """
    found = int((flagged & positive).sum())
    return 2 * found / int(flagged.sum() + positive.sum()) if found else 0.0
