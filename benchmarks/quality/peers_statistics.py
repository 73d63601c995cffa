"""Is one ranking better than another on the same units, or is it luck of the draw?"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.quality.peers_reading import Floats

SEED: Final = 20260302
_AT_ONCE: Final = 250  # draws held in memory


@dataclass(frozen=True)
class Difference:
    """ROC-AUC of one ranking less that of another, with a 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def bootstrap_aucs(scores: Floats, positive: npt.NDArray[np.bool_], draws: int) -> Floats:
    """
    ROC-AUC in each of *draws* resamplings of the units, ties counted half.

    The draws depend on the number of units alone: two rankings of the same units
    are resampled alike. A draw without units of both classes gives nan.
    """
    count = len(scores)
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf) > 0)
    is_positive = positive[order].astype(np.float64)
    random = np.random.default_rng(SEED)
    aucs = []
    for first in range(0, draws, _AT_ONCE):
        # As often as each unit is drawn.
        drawn = random.multinomial(count, np.full(count, 1 / count), size=min(_AT_ONCE, draws - first))
        weights = drawn[:, order].astype(np.float64)
        ups = np.add.reduceat(weights * is_positive, starts, axis=1)
        downs = np.add.reduceat(weights * (1 - is_positive), starts, axis=1)
        below = np.cumsum(downs, axis=1) - downs / 2
        pairs = ups.sum(axis=1) * downs.sum(axis=1)
        with np.errstate(invalid="ignore"):
            aucs.append((ups * below).sum(axis=1) / pairs)
    return np.concatenate(aucs)


def difference(value: float, ahead: Floats, behind: Floats) -> Difference:
    """*value* on the units themselves; the interval from the paired draws."""
    low, high = np.nanquantile(ahead - behind, (0.025, 0.975))
    return Difference(value=value, low=float(low), high=float(high))
