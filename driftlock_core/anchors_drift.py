"""
How far a stretch of events lies from an anchor, and what chance alone makes of the two.

Docs: docs/measures/drift-anchors.md.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.anchors import UNIT, Blocks, Ints, unlikeness
from driftlock_core.permutation import membership, shuffle_keys

PERMUTATIONS: Final = 999
# Of 999 relabelled distances, those at these places from below bound the ordinary range, 5 to 95 %. What lies
# above the upper one has at most 49 that reach it: p ≤ 0.05, exactly.
LOW_PLACE: Final = 49
HIGH_PLACE: Final = 949
SETTLING: Final = 19  # baselines behind an anchor, the fewest among which a rank can reach 5 %
JUDGED_FROM: Final = 9  # of them, enough to tell what is far from all of them
FAR: Final = 6 * 1.2533  # mean deviations: six standard deviations where values are normal
LEAST_DEVIATION: Final = 0.001  # a distance; streams whose baselines are all alike differ by less


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far a stretch lies from an anchor, and what chance alone makes of the two."""

    distance: (
        float  # 0 where they are as like each other as each is to itself; about 1 where they share nothing
    )
    low: float  # the ordinary range: 5 to 95 % of the distances of the same blocks relabelled, see also `settled`
    high: float
    p: float  # how often chance alone is at least as far apart, in (0, 1]

    @property
    def outside(self) -> bool:
        """Whether it lies above the ordinary range; the same as p ≤ 0.05."""
        return self.distance > self.high


def drift(anchor: Blocks, today: Blocks) -> Drift:
    """
    Mean unlikeness of blocks across the two, less half the mean within each.

    Two blocks are unlike by (C(x | y) + C(y | x)) / (C(x) + C(y)): every
    dictionary is one block of the same number of events, so that the distance
    depends on neither stretch's length, only its precision does. Neighbours
    are left out of the means, since what begins in one block may end in the
    next. The null is made by relabelling: which blocks are called the
    anchor's makes no difference if nothing has changed. Exact for exchangeable
    blocks; where events come in stretches as long as a block, too narrow: see
    :func:`settled`.

    References:
        Székely & Rizzo, "Energy statistics", J. Stat. Planning and Inference 143(8), 2013 (the distance);
        Phipson & Smyth, 2010 (p, never 0).

    >>> from driftlock_core.anchors import blocks
    >>> from driftlock_core.profiles import BALANCED
    >>> usual = [b"user %d logged in", b"report %d opened", b"cache hit for report %d", b"user %d logged out"]
    >>> then = [usual[n * n % 7 % 4] % n for n in range(400)]
    >>> new = [b"user %d saw report %d", b"queue of worker %d is empty", b"cache hit for report %d"]
    >>> now = [new[n * n % 7 % 3] % ((n,) * new[n * n % 7 % 3].count(b"%d")) for n in range(400)]
    >>> moved = drift(blocks(then, BALANCED), blocks(now, BALANCED))
    >>> round(moved.distance, 2), moved.outside, moved.p
    (0.1, True, 0.001)
    """
    one, other = sorted((anchor, today), key=lambda blocks: blocks.digest)  # the same null both ways
    across = unlikeness(one, other)
    unlike = np.block([[one.within, across], [across.T, other.within]])
    used = _not_neighbours(len(one), len(other))
    observed = float(_gaps(unlike, used, np.arange(len(used))[None, :] < len(one))[0])
    relabelled = np.sort(_gaps(unlike, used, _labels(one, other)))
    at_least = int(np.count_nonzero(relabelled >= observed))
    return Drift(
        distance=observed,
        low=float(relabelled[LOW_PLACE]),
        high=float(relabelled[HIGH_PLACE]),
        p=(1 + at_least) / (1 + PERMUTATIONS),
    )


def ordinary(distances: Sequence[float]) -> tuple[float, ...]:
    """
    The first nineteen of *distances* that show what is ordinary behind an anchor, oldest first.

    From the tenth on, one that lies beyond :func:`far_limit` of those before it is left out: what changes while an
    anchor settles must not become the measure of what comes later.

    >>> ordinary([0.0, 0.01] * 5 + [0.9, 0.005])
    (0.0, 0.01, 0.0, 0.01, 0.0, 0.01, 0.0, 0.01, 0.0, 0.01, 0.005)
    """
    kept: list[float] = []
    for distance in distances:
        if len(kept) == SETTLING:
            break
        if len(kept) < JUDGED_FROM or distance <= far_limit(kept):
            kept.append(distance)
    return tuple(kept)


def far_limit(kept: Sequence[float]) -> float:
    """Six times their usual deviation above the middle of *kept*, at least nine of them."""
    middle = median(kept)
    usual = sum(abs(one - middle) for one in kept) / len(kept)
    return middle + FAR * max(usual, LEAST_DEVIATION)


def settled(found: Drift, distances: Sequence[float]) -> Drift:
    """
    *found*, ranked among the first baselines that followed the anchor as well.

    A stream differs from hour to hour for reasons that blocks of one baseline
    do not show. So once it has had time to settle, a distance counts as out of
    the ordinary only if it is so by both: more than relabelling gives, and
    more than all ordinary ones behind the anchor. The larger p counts. As long
    as there are nine to eighteen of those, a rank cannot reach 5 %, and only
    what is far from all of them counts.

    Args:
        distances: Of the baselines behind the anchor, oldest first. With fewer than nine, *found* stays as it is,
            and nothing should be made of it.

    >>> now = Drift(distance=0.05, low=-0.01, high=0.02, p=0.001)
    >>> settled(now, [0.01] * 8) == now
    True
    >>> settled(now, [0.01, 0.02] * 9 + [0.04])
    Drift(distance=0.05, low=-0.01, high=0.04, p=0.05)
    >>> settled(now, [0.01, 0.02, 0.06] * 7).outside
    False
    """
    first = ordinary(distances)
    if len(first) < JUDGED_FROM:
        return found
    rank = (1 + sum(one >= found.distance for one in first)) / (1 + len(first))
    limit = max(first)
    if len(first) < SETTLING:
        limit = far_limit(first)
        rank = found.p if found.distance > limit else rank
    return Drift(
        distance=found.distance,
        low=min(found.low, *first),
        high=max(found.high, limit),
        p=max(found.p, rank),
    )


def ruler(stretches: Sequence[Blocks]) -> tuple[tuple[Drift, ...], ...]:
    """
    The distance of each stretch from each other one, itself left at 0.

    Row by row, and symmetric.
    """
    itself = Drift(distance=0.0, low=0.0, high=0.0, p=1.0)
    found: dict[tuple[int, int], Drift] = {}
    for row, one in enumerate(stretches):
        for column in range(row):
            found[row, column] = found[column, row] = drift(one, stretches[column])
    places = range(len(stretches))
    return tuple(tuple(found.get((row, column), itself) for column in places) for row in places)


def _labels(one: Blocks, other: Blocks) -> npt.NDArray[np.bool_]:
    """Which blocks are called those of *one*, in each relabelling."""
    pool = len(one) + len(other)
    seed = int.from_bytes(hashlib.sha256(one.digest + other.digest).digest()[:8], "big")
    order = np.argsort(shuffle_keys(seed, pool), kind="stable")
    places = membership(pool, min(len(one), len(other)), PERMUTATIONS)[:, order]
    chosen: npt.NDArray[np.bool_] = places > 0
    return chosen if len(one) <= len(other) else ~chosen


def _not_neighbours(a: int, b: int) -> npt.NDArray[np.float64]:
    """1 for two blocks that are compared: not a block with itself, nor neighbours of one stretch."""
    places = np.arange(a + b)
    beside = np.abs(places[:, None] - places[None, :]) <= 1
    beside &= (places[:, None] < a) == (places[None, :] < a)
    used: npt.NDArray[np.float64] = (~beside).astype(np.float64)
    return used


def _gaps(
    unlike: Ints, used: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """The distance under each labelling, shape ``(labellings,)``; rows of *labels* say which blocks are the anchor's."""
    # All sums are whole numbers below 2^53, which floating point adds exactly in any order.
    known = unlike * used
    ours, theirs = labels.astype(np.float64), (~labels).astype(np.float64)

    def mean(some: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        total = np.einsum("pi,pi->p", some @ known, others)
        pairs = np.einsum("pi,pi->p", some @ used, others)
        means: npt.NDArray[np.float64] = total / pairs
        return means

    gaps: npt.NDArray[np.float64] = (
        mean(ours, theirs) - (mean(ours, ours) + mean(theirs, theirs)) / 2
    ) / UNIT
    return gaps
