"""The arithmetic of limits: what chance alone does, and what no ranking of the same values can exceed."""

from collections import Counter
from collections.abc import Hashable, Sequence
from math import exp, inf, lgamma

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def flags_by_chance(baseline: int, units: int, alpha: float) -> Floats:
    """
    How probable each number of flagged units is where units and baseline are exchangeable.

    p ≤ alpha says: among the topmost ⌊alpha·(baseline + 1)⌋ of the baseline and the unit. All
    units meet the same baseline, so their number is beta-binomial, wider than binomial.

    Returns:
        Probabilities of 0, 1, … *units* flags.

    >>> flags_by_chance(19, 1, 0.05).round(3).tolist()
    [0.95, 0.05]
    >>> flags_by_chance(9, 3, 0.05).tolist()
    [1.0, 0.0, 0.0, 0.0]
    """
    places = int(alpha * (baseline + 1) + 1e-9)
    if places == 0:
        return np.array([1.0, *[0.0] * units])
    others = baseline + 1 - places
    return np.array(
        [
            exp(
                lgamma(units + 1)
                - lgamma(flags + 1)
                - lgamma(units - flags + 1)
                + _log_beta(places + flags, others + units - flags)
                - _log_beta(places, others)
            )
            for flags in range(units + 1)
        ]
    )


def band(probabilities: Floats, share: float = 0.95) -> tuple[int, int]:
    """
    The fewest and the most flags, with at most half of what *share* leaves on either side.

    >>> band(np.array([0.01, 0.09, 0.8, 0.09, 0.01]))
    (1, 3)
    """
    tail = (1 - share) / 2
    below = np.cumsum(probabilities)
    above = np.cumsum(probabilities[::-1])[::-1]
    return int(np.argmax(below > tail)), int(len(above) - 1 - np.argmax(above[::-1] > tail))


def inside(probabilities: Floats, low: float, high: float) -> float:
    """
    Chance that the share of flagged units lies from *low* to *high*.

    >>> inside(np.array([0.25, 0.5, 0.25]), 0.4, 1.0)
    0.75
    """
    shares = np.arange(len(probabilities)) / (len(probabilities) - 1)
    return float(probabilities[(low <= shares) & (shares <= high)].sum())


def best_auc(intact: Sequence[Hashable], faulty: Sequence[Hashable]) -> float:
    """
    The largest ROC-AUC that any score can have that depends on these values alone.

    The score may know both lists: values are put in order of how much more
    often they are faulty than intact (Neyman and Pearson), equal ones tie.

    >>> best_auc(["a", "b"], ["b", "c"])  # c first, then b, which ties with its like; a last
    0.875
    """
    ordinary, odd = Counter(intact), Counter(faulty)

    def odds(value: Hashable) -> float:
        return odd[value] / ordinary[value] if ordinary[value] else inf

    below, pairs = 0, 0.0
    for value in sorted(ordinary | odd, key=lambda one: (odds(one), repr(one))):
        pairs += odd[value] * (below + ordinary[value] / 2)
        below += ordinary[value]
    return pairs / (len(intact) * len(faulty))


def found(null: Floats, value: float, share: float) -> float:
    """
    Chance that *value* is flagged by the threshold that flags *share* of *null*, coins being thrown at ties.

    With coins no threshold loses by the coarseness of its values: the best a rule of this
    statistic can do.

    >>> null = np.array([0.0, 0.0, 1.0, 3.0])
    >>> found(null, 4.0, 0.0), found(null, 3.0, 0.125), found(null, 1.0, 0.25), found(null, 2.0, 0.25)
    (1.0, 0.5, 0.0, 1.0)
    """
    above, equal = float(np.mean(null > value)), float(np.mean(null == value))
    if above + equal <= share:
        return 1.0
    return max(0.0, share - above) / equal if equal else 0.0


def rank_p(value: float, references: Floats) -> float:
    """
    Rank of *value* from above among the references, itself included, as a share.

    >>> rank_p(3.0, np.array([1.0, 2.0, 3.0]))
    0.5
    """
    return (1 + int(np.count_nonzero(references >= value))) / (1 + len(references))


def _log_beta(first: float, second: float) -> float:
    return lgamma(first) + lgamma(second) - lgamma(first + second)
