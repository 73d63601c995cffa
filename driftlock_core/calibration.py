"""Whether small p-values come as often as they say, on a stretch held to be quiet. Docs: docs/measures/tuning.md."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from driftlock_core.numbers_text import count_text
from driftlock_core.windows import Floats, Ints

LARGEST: Final = 0.5
# Where verdicts are given: the limits people choose from.
_TAIL: Final = (0.01, 0.02, 0.05, 0.10)
_POINTS: Final = 24
# Below so many windows expected at the widest limit of the tail, none of them would be no surprise either.
_LEAST_EXPECTED: Final = 3.0
_BAND: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranked:
    """The ranks of windows that share no event with each other, and what stands behind them."""

    names: tuple[str, ...]  # of the aspects, or p_stream alone where the bytes decide
    p: Floats  # shape (windows, names)
    m: Ints  # shape (windows,): references each was ranked among
    factor: int  # a limit on p is so many times one on a rank; 1 for the bytes
    every: int  # one window in so many was taken: the chunks of one

    def expected(self, alpha: float) -> float:
        """Share of the ranks that are at most *alpha* if windows are exchangeable with their references: exact."""
        places = np.floor(alpha * (self.m + 1) + 1e-9)
        return float((places / (self.m + 1)).mean()) if len(self.m) else 0.0

    def observed(self, alpha: float) -> Floats:
        """Share of the ranks that are at most *alpha*, shape ``(names,)``."""
        return (self.p <= alpha).mean(axis=0) if self.p.size else np.zeros(len(self.names))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """
    Shares of ranks that are at most each alpha, beside what exchangeable windows give.

    Of the aspect that has most small ones: a second one that never has any
    would hide them. ``low`` and ``high`` hold the share of honest ranks with
    chance 95 % at each alpha alone.
    """

    name: str  # of that aspect, or p_stream

    alphas: Floats  # limits on a single rank, rising; p limits are ``factor`` times as large
    expected: Floats  # alphas, but for the steps of so many references
    observed: Floats
    low: Floats
    high: Floats
    ranked: Ranked
    verdict: str  # "honest", "raises too many in the tail (× 3.0 at 0.01)", "too careful", "too few windows to say"

    @property
    def windows(self) -> int:
        """That share no event with each other."""
        return len(self.ranked.m)

    @property
    def every(self) -> int:
        """One window in so many was taken."""
        return self.ranked.every

    @property
    def factor(self) -> int:
        """Views looked at: with it a rank becomes the p that a rule limits."""
        return self.ranked.factor

    @property
    def by_views(self) -> bool:
        """Whether the ranks are those of the aspects; else they are p_stream."""
        return self.ranked.factor > 1

    @property
    def sentence(self) -> str:
        """What was ranked, and of how many windows."""
        of = f"Of {count_text(self.windows)} windows that share no event, one in {self.every}"
        if not self.by_views:
            return f"{of}: ranks of their size among past windows (p_stream)."
        return (
            f"{of}: ranks among past windows under {self.name}, the aspect with most small ones. "
            f"A p limit is {self.factor} times as large, once for each view looked at."
        )

    def factor_at(self, alpha: float) -> float | None:
        """
        How many times as often as expected ranks reach what the p limit *alpha* asks; None: none is expected.

        Over all aspects together, as what is expected of them adds up.
        """
        rank = alpha / self.ranked.factor
        expected = self.ranked.expected(rank)
        return float(self.ranked.observed(rank).mean()) / expected if expected else None


def calibrated(ranked: Ranked) -> Calibration:
    """Compare *ranked* with what ranks among so many references say."""
    count = len(ranked.m)
    alphas = _alphas(1 / (int(ranked.m.max()) + 1)) if count else np.array(_TAIL)
    expected = np.array([ranked.expected(alpha) for alpha in alphas.tolist()])
    observed = np.array([ranked.observed(alpha) for alpha in alphas.tolist()])
    ends = [binomial_quantiles(count, share, _BAND) for share in expected.tolist()]
    low, high = (np.array(side) / max(count, 1) for side in zip(*ends, strict=True))
    at, verdict = _judged(alphas, expected, observed, count)
    return Calibration(
        name=ranked.names[at],
        alphas=alphas,
        expected=expected,
        observed=observed[:, at],
        low=low,
        high=high,
        ranked=ranked,
        verdict=verdict,
    )


def binomial_quantiles(count: int, share: float, at: tuple[float, ...]) -> tuple[int, ...]:
    """
    For each chance the smallest number of hits that is not exceeded with at least that chance.

    Args:
        count: Trials.
        share: Chance of a hit.
        at: Chances, rising.

    >>> binomial_quantiles(10, 0.5, (0.025, 0.975))
    (2, 8)
    """
    if share <= 0 or count == 0:
        return (0,) * len(at)
    if share >= 1:
        return (count,) * len(at)
    hits = np.arange(count + 1)
    # log C(n, h) by adding up, so that nothing overflows.
    choose = np.concatenate(([0.0], np.cumsum(np.log(count - hits[1:] + 1) - np.log(hits[1:]))))
    up_to = np.cumsum(np.exp(choose + hits * np.log(share) + (count - hits) * np.log1p(-share)))
    return tuple(min(count, int(np.searchsorted(up_to, chance))) for chance in at)


def _alphas(smallest: float) -> Floats:
    """From the smallest p that can come to one half: even steps of its logarithm, and the usual limits."""
    steps = np.geomspace(min(smallest, LARGEST), LARGEST, _POINTS).tolist()
    # Its logarithm must not cost the smallest its last bit: a p that equals it counts.
    return np.unique([smallest, *steps[1:], *(alpha for alpha in _TAIL if alpha >= smallest)])


def _judged(alphas: Floats, expected: Floats, observed: Floats, count: int) -> tuple[int, str]:
    """
    The aspect to show, and the verdict on all.

    Several alphas of several aspects are looked at: what chance alone would do
    at one of them in twenty samples is no reason for a verdict.

    Args:
        observed: Shape ``(alphas, names)``.
    """
    tail = np.flatnonzero(np.isin(alphas, _TAIL)).tolist()
    if not tail or count * expected[tail[-1]] < _LEAST_EXPECTED:
        return 0, "too few windows to say"
    last, names = tail[-1], observed.shape[1]
    beyond = 1 - (1 - _BAND[1]) / (len(tail) * names)
    most = {at: binomial_quantiles(count, float(expected[at]), (beyond,))[0] for at in tail}
    many = [
        (float(observed[at, name] / expected[at]), at, name)
        for at in tail
        for name in range(names)
        if expected[at] > 0 and round(count * observed[at, name]) > most[at]
    ]
    if many:
        times, at, name = max(many)
        return name, f"raises too many in the tail (× {times:.1f} at {alphas[at]:g})"
    name = int(np.argmax(observed[last]))
    few = round(count * observed[last, name]) < binomial_quantiles(count, float(expected[last]), _BAND)[0]
    return name, "too careful" if few else "honest"
