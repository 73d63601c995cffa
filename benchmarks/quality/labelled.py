"""How well units of labelled sets are told apart. Labels are read here and never reach the engine."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.sources import is_stream, labelled
from driftlock_core.scoring import Scorer

# Each set is cut to the units with the smallest digest of set and unit number, at its own base rate.
MOST_UNITS = 1500
WINDOW, HOP = 20, 10  # lines, for sets that are one stream


@dataclass(frozen=True)
class Labelled:
    """One set's row."""

    name: str
    shape: str  # as which the baseline was read
    units: int
    positive: int
    auc: float  # area under the ROC curve
    false_alarms: float  # share of negative units with p ≤ 0.05
    false_alarms_strict: float  # with p ≤ 0.01
    found: float  # share of positive units with p ≤ 0.05
    units_per_second: float  # scoring alone


@dataclass(frozen=True)
class Prepared:
    """One set as every detector gets it."""

    name: str
    baseline: list[list[bytes]]  # raw events of each unit
    units: list[list[bytes]]
    positive: np.ndarray  # one truth value for each of *units*
    overlapping: bool  # neighbouring units share events


def prepare(data: Path, name: str) -> Prepared:
    """The units of split "train", and those of split "test" cut to at most 1500."""
    baseline, units, labels = labelled(data, name)
    overlapping = is_stream(data, name)
    if overlapping:
        baseline, _ = _windows(baseline, [0] * len(baseline))
        units, labels = _windows(units, labels)
    kept = sorted(range(len(units)), key=lambda at: hashlib.sha256(f"{name} {at}".encode()).hexdigest())
    kept = sorted(kept[:MOST_UNITS])
    return Prepared(
        name=name,
        baseline=baseline,
        units=[units[at] for at in kept],
        positive=np.array([labels[at] for at in kept]) == 1,
        overlapping=overlapping,
    )


def measure(data: Path, name: str) -> Labelled:
    """Fit on the units of split "train", score those of split "test"."""
    prepared = prepare(data, name)
    scorer = Scorer(prepared.baseline, overlapping=prepared.overlapping)
    start = time.perf_counter()
    scored = scorer.score(prepared.units)
    spent = time.perf_counter() - start
    positive = prepared.positive
    flagged = scored.p_values <= 0.05
    return Labelled(
        name=name,
        shape=scorer.reading.shape,
        units=len(prepared.units),
        positive=int(positive.sum()),
        auc=roc_auc(scored.scores, positive),
        false_alarms=float(flagged[~positive].mean()),
        false_alarms_strict=float((scored.p_values <= 0.01)[~positive].mean()),
        found=float(flagged[positive].mean()),
        units_per_second=len(prepared.units) / spent,
    )


def _windows(units: list[list[bytes]], labels: list[int]) -> tuple[list[list[bytes]], list[int]]:
    """Single lines as overlapping windows; a window is positive if one of its lines is."""
    starts = range(0, len(units) - WINDOW + 1, HOP)
    return (
        [[line for unit in units[start : start + WINDOW] for line in unit] for start in starts],
        [max(labels[start : start + WINDOW]) for start in starts],
    )


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
