"""One window measured again from its events: the same numbers the detector took, one window at a time."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from driftlock_core.compressors import Compressor, compressor_named
from driftlock_core.epoch import Baseline, borders_of, text_of
from driftlock_core.errors import NotRecomputable
from driftlock_core.masking import Masker
from driftlock_core.permutation import permutation_p, window_seed
from driftlock_core.profiles import Profile, counted, digest_of
from driftlock_core.ranks import middle
from driftlock_core.verdict import Verdict
from driftlock_core.window_views.again import RecordedViews, ViewsAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a window of given content scores against given baselines; bytes unless said otherwise."""

    chunk_costs: tuple[int, ...]
    size: int  # S
    c_window: int
    ncd: float  # N, no unit
    m: int
    p_stream: float
    window_costs: tuple[int, ...]
    seed: int
    p_perm: float
    p: float
    factor: int  # of the smallest rank, where the views decide
    extra_bits: float  # bits
    flagged: bool
    views: ViewsAgain | None  # where they decide
    canonical_window: str  # SHA-256


class Remeasurement:
    """
    The surroundings of a recorded window, ready to measure any content in its place.

    Args:
        verdict: The record.
        events: Raw events by seq; all of :func:`needed` must be there. With a
            given baseline, *baseline* holds its events and *events* the window.
        baseline: The events of a given baseline, if the verdict was made with one.
        masked: The events are canonical already (masked evidence).

    Raises:
        NotRecomputable: An event is missing, or the compressor is unknown.
    """

    def __init__(
        self,
        verdict: Verdict,
        events: Mapping[int, bytes],
        *,
        baseline: Sequence[bytes] | None = None,
        masked: bool = False,
    ) -> None:
        self.verdict = verdict
        self.profile = Profile.from_configuration(verdict.configuration)
        self.compressor: Compressor = compressor_named(self.profile.compressor)
        self._masker = Masker(self.profile.masks)
        self._masked = masked
        self.raw_window = _range(events, verdict.first_seq, verdict.last_seq)
        if len(self.raw_window) != self.profile.window:
            raise NotRecomputable(
                f"the record names {len(self.raw_window)} events, its profile's window has {self.profile.window}"
            )
        self.window = self._canonical(self.raw_window)
        self.baselines: list[Baseline] = []
        if verdict.evidence.baseline_given:
            if baseline is None:
                raise NotRecomputable("the verdict was made with a given baseline; hand over its events too")
            events = dict(enumerate(baseline, start=1))
        for first, last, _ in verdict.evidence.epochs:
            raw = _range(events, first, last)
            self.baselines.append(Baseline(self._canonical(raw), raw, first, self.profile, self.compressor))

    @property
    def baseline(self) -> Baseline:
        """Of the epoch that decided."""
        return self.baselines[-1]

    @cached_property
    def _measurement_digest(self) -> bytes:
        return digest_of({**self.profile.measurement(), "library": self.compressor.version})

    @cached_property
    def mu(self) -> float:
        """Median of the recorded sizes that calibrated the epoch."""
        start, stop = self.verdict.evidence.mu_span
        return middle(np.array(self.verdict.evidence.history[start:stop], dtype=np.int64))

    @cached_property
    def references(self) -> tuple[int, ...]:
        """The recorded sizes that p_stream ranks among."""
        start, stop = self.verdict.evidence.p_span
        return self.verdict.evidence.history[start:stop]

    @cached_property
    def _views(self) -> RecordedViews | None:
        """What the record holds of the views, if they decided."""
        recorded = self.verdict.evidence.views
        if recorded is None:
            return None
        return RecordedViews(recorded, self.profile, self.baseline.canonical, self.window)

    @property
    def by_permutation(self) -> bool:
        """Whether p_perm decides alone: the profile says so, or there are too few references for a rank."""
        few = len(self.references) < self.profile.references_to_decide
        return few or self.profile.p_mode == "permutation"

    @property
    def factor(self) -> int:
        """Views looked at; 1 where the window's place in the stream leaves too few references for them."""
        profile, views = self.profile, self.verdict.evidence.views
        if views is None:
            return 1  # whether times are one of the views stands in their evidence alone
        looked_at = counted(profile.views) - ("timing" in profile.views and not views.times)
        k = profile.chunks_per_window
        # As in window_views/past.py: a block of windows shares the references known before it began.
        known = profile.chunks_in_baseline - k + 1 + max(0, (self.verdict.window // k - 1) * k + 1)
        enough = min(known, profile.references) >= profile.references_for(looked_at)
        return looked_at if enough and profile.p_mode == "max" and len(profile.views) > 1 else 1

    @property
    def decided_by(self) -> str:
        """What decides here: the views where they have a say, else p-values of the bytes."""
        if self.factor > 1 and self.verdict.evidence.views is not None:
            return "views"
        return "p_perm" if self.by_permutation else "max"

    def _canonical(self, raw: Sequence[bytes]) -> list[bytes]:
        return list(raw) if self._masked else self._masker.canonical(raw)

    def chunk_costs(self, window: Sequence[bytes]) -> tuple[int, ...]:
        """Cost of each chunk of *window* under the baseline its place in the stream belongs to."""
        joined = text_of(window)
        text, borders = memoryview(joined), borders_of(joined, self.profile.hop)
        costs: list[int] = []
        for baseline, (_, _, chunks) in zip(self.baselines, self.verdict.evidence.epochs, strict=True):
            costs += baseline.digest.costs(text, borders[len(costs) : len(costs) + chunks + 1])
        return tuple(costs)

    def measure(self, window: Sequence[bytes], replaced: Collection[int] = ()) -> Measurement:
        """
        All numbers of a window with these canonical events in place of the recorded ones.

        Args:
            replaced: Positions (0-based) of events that are others although they may read alike, masked.
        """
        profile, k = self.profile, self.profile.chunks_per_window
        joined = text_of(window)
        text, borders = memoryview(joined), borders_of(joined, profile.hop)
        costs = self.chunk_costs(window)
        size = sum(costs)
        alone = self.compressor.size(text)
        n = (size - self.mu) / max(alone, self.baseline.cbar)
        m = len(self.references)
        p_stream = (1 + sum(reference >= size for reference in self.references)) / (1 + m)
        window_costs = tuple(self.baseline.split.cost(text[start:stop]) for start, stop in pairwise(borders))
        digest = hashlib.sha256(text)
        seed = window_seed(digest.digest(), self._measurement_digest)
        pool = (*self.baseline.reference_costs, *window_costs)
        p_perm = permutation_p(pool, k, profile.permutations, seed)
        views: ViewsAgain | None = None
        if self._views is not None:
            views = self._views.measured(window, replaced, size=size, score=n, factor=self.factor)
            p, flagged = views.p, views.flagged
        else:
            p = p_perm if self.by_permutation else max(p_perm, p_stream)
            flagged = n >= profile.threshold and p <= profile.alpha
        return Measurement(
            chunk_costs=costs,
            size=size,
            c_window=alone,
            ncd=n,
            m=m,
            p_stream=p_stream,
            window_costs=window_costs,
            seed=seed,
            p_perm=p_perm,
            p=p,
            factor=self.factor,
            extra_bits=8 * (size - self.mu),
            flagged=flagged,
            views=views,
            canonical_window=digest.hexdigest(),
        )


def needed(verdict: Verdict) -> list[tuple[int, int]]:
    """
    Ranges of seq (first, last) of the stream that a verdict is computed from, in order.

    A given baseline is not part of the stream and not in the list.
    """
    ranges = [] if verdict.evidence.baseline_given else [epoch[:2] for epoch in verdict.evidence.epochs]
    return [*ranges, (verdict.first_seq, verdict.last_seq)]


def _range(events: Mapping[int, bytes], first: int, last: int) -> list[bytes]:
    try:
        return [events[seq] for seq in range(first, last + 1)]
    except KeyError as missing:
        raise NotRecomputable(f"event {missing.args[0]} of {first} to {last} is not there") from None
