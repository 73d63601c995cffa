"""How well units of labelled sets are told apart. Labels are read here and never reach the engine."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.sources import labelled
from driftlock_core.scoring import score_units


@dataclass(frozen=True)
class Labelled:
    """One set's row."""

    name: str
    units: int
    positive: int
    auc: float  # area under the ROC curve
    false_alarms: float  # share of negative units with p ≤ 0.05
    found: float  # share of positive units with p ≤ 0.05


def measure(data: Path, name: str) -> Labelled:
    """Fit on the units of split "train", score those of split "test"."""
    baseline, units, labels = labelled(data, name)
    scored = score_units(baseline, units)
    positive = np.array(labels) == 1
    flagged = scored.p_values <= 0.05
    return Labelled(
        name=name,
        units=len(units),
        positive=int(positive.sum()),
        auc=roc_auc(scored.scores, positive),
        false_alarms=float(flagged[~positive].mean()),
        found=float(flagged[positive].mean()),
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
