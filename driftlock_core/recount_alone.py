"""What one number alone would have flagged, without a p-value. Docs: docs/measures/tuning.md."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from driftlock_core.ranks import smallest_size_over
from driftlock_core.recount import Recount, Recounter, Rule
from driftlock_core.repeats import Odds
from driftlock_core.window_views.catalogue import ASPECTS
from driftlock_core.windows import Bools

Statistic = Literal["distance", "bits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """
    A limit on one stored number of each window.

    ``distance``: the largest of the views that decide the window, or that of its bytes.
    ``bits``: extra bits, 8 · (S − mu).
    """

    statistic: Statistic
    least: float


def recount_alone(recounter: Recounter, rule: Rule, limit: Alone) -> Recount:
    """
    Every window under *limit*.

    Of extra bits the share of each window's pool that reaches the limit is what
    chance flags, exactly so for a window that is exchangeable with its
    references. What the references reached under the views is not stored, so
    nothing is known of chance for distances: NaN.

    Args:
        rule: In force: it says which windows the views decide.
    """
    found, stored = recounter.at(rule), recounter.stored
    if limit.statistic == "bits":
        every = np.arange(len(stored), dtype=np.int64)
        sizes = smallest_size_over(limit.least / 8, stored.mu, np.ones(len(stored)))
        over = recounter.members_from(sizes, every)
        return Recount(
            flagged=8 * (stored.size - stored.mu) >= limit.least,
            unknown=np.zeros(len(stored), dtype=np.bool_),
            chance=over / (recounter.pools(by_views=False) + 1),
            by_views=found.by_views,
        )
    far = recounter.reached(rule) >= limit.least
    unknown = far & _by_bound(recounter, limit.least, found.by_views)
    return Recount(
        flagged=far & ~unknown,
        unknown=unknown,
        chance=np.full(len(stored), np.nan),
        by_views=found.by_views,
    )


def no_ranks(recounter: Recounter) -> Odds:
    """Of a limit that does not go by ranks."""
    none = np.zeros(len(recounter.stored), dtype=np.int64)
    return Odds(
        m=recounter.pools(by_views=False), places=none, ways=none, by_rank=np.zeros(len(none), dtype=np.bool_)
    )


def _by_bound(recounter: Recounter, least: float, by_views: Bools) -> Bools:
    """Windows that reach *least*, if at all, by the upper bound that stands for N as long as N is not known."""
    stored = recounter.stored
    bound = (stored.size - stored.mu) / stored.cbar
    known = np.zeros(len(stored), dtype=np.bool_)
    for at in recounter.aspects:
        distance = stored.distances[:, at]
        known |= (distance >= least) & (distance > bound if ASPECTS[at].name == "content" else True)
    open_: Bools = ~stored.exact & (bound >= least) & ~(known & by_views)
    return open_
