"""
What other limits would have flagged, decided again from stored numbers. Docs: docs/measures/tuning.md.

Baselines and references stay as they were: nothing is compressed again.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from driftlock_core.profiles import Profile, counted
from driftlock_core.ranks import members_over, reference_rows, share_by_chance, smallest_size_over
from driftlock_core.repeats import Odds
from driftlock_core.stored_windows import StoredWindows
from driftlock_core.window_views.catalogue import ASPECTS
from driftlock_core.window_views.past import flags_by_chance
from driftlock_core.windows import Bools, Floats, Ints

# Windows whose references are laid out at once: what is worked on shall stay in the processor's cache.
_AT_ONCE: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The two limits of a decision."""

    threshold: float  # smallest distance called anomalous
    alpha: float  # largest p-value called anomalous

    @classmethod
    def of(cls, profile: Profile) -> "Rule":
        """The limits of *profile*."""
        return cls(threshold=profile.threshold, alpha=profile.alpha)

    def within(self, profile: Profile) -> Profile:
        """*profile* with these limits; raises :class:`InvalidProfile` where they could never decide anything."""
        return replace(profile, threshold=self.threshold, alpha=self.alpha)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recount:
    """One entry per window."""

    flagged: Bools
    unknown: Bools  # what is stored does not suffice; not flagged
    chance: Floats  # expected flags on this window if nothing had changed, "at most about"
    by_views: Bools  # False: the bytes decide


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """Where each window lies for a rule."""

    distance: Floats  # of the aspect that decides, of the bytes N
    # The p-value that decides, the number of views taken into account; p_stream, which it is at least, where
    # p_perm is missing, and NaN where that alone decides or ranks are missing.
    p: Floats


class Recounter:
    """
    Decides the windows of one stream under any limits.

    Args:
        stored: All windows of the stream.
        profile: Sizes, references and views of the stream; its limits play no part.
    """

    def __init__(self, stored: StoredWindows, profile: Profile) -> None:
        cold = profile.chunks_in_baseline - profile.chunks_per_window + 1
        if len(stored) and len(stored.cold) != cold:
            raise ValueError(f"{len(stored.cold)} sizes inside the first baseline where it has {cold}")
        self.stored = stored
        self._profile = profile
        k, window = profile.chunks_per_window, np.arange(len(stored), dtype=np.int64)
        self._stops = cold + np.maximum(0, window - k + 1)  # behind the references of p_stream
        self._m = np.minimum(profile.references, self._stops)
        known = cold + np.maximum(0, (window // k - 1) * k + 1)  # windows of a block share their references
        self._m_views = np.minimum(profile.references, known)
        self._bound = (stored.size - stored.mu) / stored.cbar
        self.aspects = tuple(
            at for at in range(len(ASPECTS)) if len(stored) and not np.isnan(stored.distances[0, at])
        )
        self._over: dict[float, Ints] = {}

    @property
    def looked_at(self) -> int:
        """Views of the stream: the factor of the smallest rank; 1 where the bytes decide at all times."""
        views = counted(self._profile.views)
        if views == 1 or not self.aspects or self._profile.p_mode != "max":
            return 1
        timed = any(ASPECTS[at].name == "pace" for at in self.aspects)
        return views - ("timing" in self._profile.views and not timed)

    def at(self, rule: Rule) -> Recount:
        """
        Every window under *rule*, as the engine decides with the same baselines.

        Raises:
            InvalidProfile: The limits could never decide anything.
        """
        profile = rule.within(self._profile)
        by_views = self._by_views(profile)
        hit, unsure = self._views(profile, by_views)
        met, open_ = self._bytes(profile, ~by_views)
        flagged = hit | met
        return Recount(
            flagged=flagged,
            unknown=(unsure | open_) & ~flagged,
            chance=self._chance(profile, by_views),
            by_views=by_views,
        )

    def placed(self, rule: Rule) -> Placed:
        """Distance and p-value that decide each window under *rule*."""
        profile, stored = rule.within(self._profile), self.stored
        by_views = self._by_views(profile)
        p = np.fmax(stored.p_stream, stored.p_perm)
        p = np.where(self._by_permutation(profile), stored.p_perm, p)
        distance = stored.score.copy()
        if self.aspects and by_views.any():
            at = list(self.aspects)
            ranks, distances = stored.ranks[:, at], self._shown()[:, at]
            # The aspect of smallest rank among those far enough from the usual; of all where none is.
            order = np.where(np.isnan(ranks), np.inf, ranks) + 2.0 * (distances < profile.threshold)
            chosen = np.argmin(order, axis=1)
            rows = np.arange(len(stored))
            p = np.where(by_views, np.minimum(1.0, self.looked_at * ranks[rows, chosen]), p)
            distance = np.where(by_views, distances[rows, chosen], distance)
        return Placed(distance=distance, p=p)

    def reached(self, rule: Rule) -> Floats:
        """The largest distance of each window that the limit of *rule* is compared with."""
        stored, by_views = self.stored, self._by_views(rule.within(self._profile))
        if not by_views.any():
            return stored.score
        largest = self._shown()[:, list(self.aspects)].max(axis=1)
        reached: Floats = np.where(by_views, largest, stored.score)
        return reached

    def odds(self, rule: Rule) -> Odds:
        """What a flag of each window under *rule* rests on."""
        profile = rule.within(self._profile)
        by_views = self._by_views(profile)
        m = np.where(by_views, self._m_views, self._m)
        places = profile.alpha / np.where(by_views, self.looked_at, 1) * (m + 1)
        return Odds(
            m=m,
            places=np.floor(places + 1e-9).astype(np.int64),
            ways=np.where(by_views, len(self.aspects), 1),
            by_rank=by_views | ~self._by_permutation(profile),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of the aspects of this stream."""
        return tuple(ASPECTS[at].name for at in self.aspects)

    @property
    def ranks(self) -> Floats:
        """Of each window under the aspects of this stream, as far as computed; shape ``(windows, aspects)``."""
        return self.stored.ranks[:, list(self.aspects)]

    def pools(self, *, by_views: bool) -> Ints:
        """References that the ranks of each window rest on: those of the aspects, or of p_stream."""
        pools: Ints = self._m_views if by_views else self._m
        return pools

    def _by_views(self, profile: Profile) -> Bools:
        """Windows with references enough for the aspects to decide."""
        if self.looked_at == 1:
            return np.zeros(len(self.stored), dtype=np.bool_)
        enough: Bools = self._m_views >= profile.references_for(self.looked_at)
        return enough

    def _by_permutation(self, profile: Profile) -> Bools:
        alone: Bools = (self._m < profile.references_to_decide) | (profile.p_mode == "permutation")
        return alone

    def _shown(self) -> Floats:
        """Distances as far as known: where the bound of N stands in for N, which is known by now, N itself."""
        stored, content = self.stored, [aspect.name for aspect in ASPECTS].index("content")
        shown = stored.distances.copy()
        by_bound = stored.exact & (shown[:, content] == self._bound)
        shown[by_bound, content] = stored.score[by_bound]
        return shown

    def _views(self, profile: Profile, asked: Bools) -> tuple[Bools, Bools]:
        """Flagged by an aspect, and those of which that cannot be said."""
        stored = self.stored
        hit, unsure = np.zeros(len(stored), dtype=np.bool_), np.zeros(len(stored), dtype=np.bool_)
        if not asked.any():
            return hit, unsure
        for at in self.aspects:
            rank, distance = stored.ranks[:, at], stored.distances[:, at]
            far = asked & (distance >= profile.threshold)
            near_enough = self.looked_at * rank <= profile.alpha  # False where there is no rank
            possible = far & (near_enough | np.isnan(rank))
            sure = far & near_enough
            if ASPECTS[at].name == "content":
                # Where the bound of N is the largest distance, it stands in for N: N itself may be smaller, and
                # how far recency and order are is then not known.
                sure &= (distance != self._bound) | (stored.exact & (stored.score >= profile.threshold))
            hit |= sure
            unsure |= possible & ~sure
        return hit, unsure & ~hit

    def _bytes(self, profile: Profile, asked: Bools) -> tuple[Bools, Bools]:
        """Flagged by the bytes alone, and those of which that cannot be said."""
        stored = self.stored
        possible = asked & (self._bound >= profile.threshold)
        possible &= self._by_permutation(profile) | (stored.p_stream <= profile.alpha)
        possible &= ~stored.exact | (stored.score >= profile.threshold)
        possible &= ~(stored.p_perm > profile.alpha)
        sure = possible & stored.exact & (stored.p_perm <= profile.alpha)
        return sure, possible & ~sure

    def _chance(self, profile: Profile, by_views: Bools) -> Floats:
        """As ``Windows.chance``."""
        m = self._m_views
        alpha = profile.alpha / self.looked_at
        chance = flags_by_chance(len(self.aspects), m, alpha, profile.chunks_per_window)
        rest = np.flatnonzero(~by_views)
        if len(rest):
            over = self._members_over(profile.threshold, rest)
            chance[rest] = share_by_chance(
                over, self._m[rest], profile.alpha, self._by_permutation(profile)[rest]
            )
        return chance

    def _members_over(self, threshold: float, windows: Ints) -> Ints:
        """Of each window's pool, those whose bound reaches *threshold*; kept, since many rules share one."""
        over = self._over.get(threshold)
        if over is None:  # several readers may ask at once: each keeps what it found
            over = np.full(len(self.stored), -1, dtype=np.int64)
            self._over = {threshold: over}
        missing = windows[over[windows] < 0]
        mu, cbar = self.stored.mu[missing], self.stored.cbar[missing]
        over[missing] = self.members_from(smallest_size_over(threshold, mu, cbar), missing)
        found: Ints = over[windows]
        return found

    def members_from(self, sizes: Ints, windows: Ints) -> Ints:
        """Of the pool of each of *windows*, itself and its references by bytes, those of its size or larger."""
        stored, over = self.stored, np.empty(len(windows), dtype=np.int64)
        history = np.concatenate((stored.cold, stored.size))
        for start in range(0, len(windows), _AT_ONCE):
            taken = slice(start, start + _AT_ONCE)
            some = windows[taken]
            rows, _ = reference_rows(history, self._stops[some], self._profile.references)
            over[taken] = members_over(rows, stored.size[some], sizes[taken])
        return over


def recount(stored: StoredWindows, rule: Rule, profile: Profile) -> Recount:
    """Every window of a stream under *rule*; see :class:`Recounter`."""
    return Recounter(stored, profile).at(rule)
