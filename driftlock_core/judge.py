"""The decision on the windows of one slab: what is computed only where the gate passed, and the verdicts."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from driftlock_core.compressors import Compressor
from driftlock_core.digests import raw_digest
from driftlock_core.epoch import Epoch, text_of
from driftlock_core.permutation import permutation_p, window_seed
from driftlock_core.profiles import Profile
from driftlock_core.verdict import Evidence, Verdict, ViewEvidence
from driftlock_core.window_views.catalogue import PLACE, Aspect
from driftlock_core.window_views.channel import WindowViews
from driftlock_core.window_views.past import AspectColumns
from driftlock_core.window_views.standing_out import views_standing_out
from driftlock_core.windows import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """Neighbouring chunks and what is known about them, before any window is decided."""

    canonical: list[bytes]
    raw: list[bytes]  # the same events as received
    start: int  # position of the first chunk's first event in both
    costs: list[int]  # of each chunk, bytes
    first_chunk: int
    epochs: tuple[Epoch, ...]  # in order; each window's last chunk lies in one of them
    spans: dict[int, tuple[int, int]]  # by epoch index: first and last seq of its baseline
    history: Ints
    history_start: int  # position of history[0] among all sizes of the stream
    views: WindowViews | None  # None: the bytes alone are looked at
    _sizes: list[int] = field(default_factory=list)  # history once more, when asked for

    def sizes_from(self, begin: int, end: int) -> tuple[int, ...]:
        """Sizes by their positions among all of the stream, as plain numbers."""
        if not self._sizes:
            self._sizes.extend(self.history.tolist())
        return tuple(self._sizes[begin - self.history_start : end - self.history_start])


class Row(NamedTuple):
    """One window of :class:`Measured`."""

    at: int  # position in the columns
    window: int
    size: int
    m: int
    p_stream: float
    by_permutation: bool
    gated: bool
    epoch: int
    stop: int
    factor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Columns of the slab's windows, as far as no further compression is needed."""

    index: Ints
    size: Ints
    mu: Floats
    cbar: Floats
    m: Ints
    p_stream: Floats
    bound: Floats  # (S − mu) / Cbar
    by_permutation: Bools  # p_perm alone decides
    gated: Bools
    exact: Bools  # to get the exact score; the gated ones among them
    epoch: Ints  # position in Slab.epochs
    references_stop: Ints  # position behind the newest reference among all sizes of the stream
    aspects: AspectColumns
    hits: Bools  # shape (windows, aspects): both limits met, by the bound of the score

    def rows(self) -> Iterator[Row]:
        """The windows that get their exact score, as plain numbers: taken singly from arrays they cost more."""
        at = np.flatnonzero(self.exact)
        columns = (
            at,
            self.index[at],
            self.size[at],
            self.m[at],
            self.p_stream[at],
            self.by_permutation[at],
            self.gated[at],
            self.epoch[at],
            self.references_stop[at],
            self.aspects.factor[at],
        )
        return map(Row._make, zip(*(column.tolist() for column in columns), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the gated windows got."""

    score: Floats
    c_window: Ints
    p_perm: Floats
    flagged: Bools
    verdicts: tuple[Verdict, ...]


class Judge:
    """Decides windows under one profile."""

    def __init__(
        self,
        profile: Profile,
        compressor: Compressor,
        measurement_digest: bytes,
        *,
        least_score: float,
        first_chunk: int,
        baseline_given: bool,
    ) -> None:
        self._profile = profile
        self._compressor = compressor
        self._measurement_digest = measurement_digest
        self._least_score = least_score  # below it p_perm is of no interest
        self._first_chunk = first_chunk
        self._baseline_given = baseline_given
        self._configuration = profile.configuration()
        self._k = profile.chunks_per_window
        self._ready = profile.references_to_ready

    def decide(self, slab: Slab, measured: Measured) -> Decided:
        """Exact scores, p_perm of gated windows whose score is high enough, verdicts where both limits are met."""
        profile, k = self._profile, self._k
        count = len(measured.index)
        score = measured.bound.copy()
        c_window = np.zeros(count, dtype=np.int64)
        p_perm = np.full(count, np.nan)
        flagged = np.zeros(count, dtype=np.bool_)
        verdicts: list[Verdict] = []
        newest = slab.epochs[0]
        for row in measured.rows():
            chunk = self._first_chunk + row.window - slab.first_chunk
            begin = slab.start + chunk * profile.hop
            window = slab.canonical[begin : begin + profile.window]
            text = text_of(window)
            alone = self._compressor.size(text)
            epoch = slab.epochs[row.epoch]
            baseline = epoch.baseline
            if newest is not epoch and newest.baseline is not baseline:
                newest.baseline.release()
            newest = epoch
            c_window[row.at] = alone
            score[row.at] = n = (row.size - epoch.mu) / max(alone, baseline.cbar)
            hits = self._hits(slab, measured, row, n) if row.factor > 1 else []
            if not hits and (not row.gated or n < self._least_score):
                continue
            costs = baseline.split_costs(slab.first_chunk + chunk, window)
            digest = hashlib.sha256(text)
            seed = window_seed(digest.digest(), self._measurement_digest)
            pool = (*baseline.reference_costs, *costs)
            p_perm[row.at] = p = permutation_p(pool, k, profile.permutations, seed)
            if row.factor > 1:
                deciding = min((row.factor * p for _, p in hits), default=1.0)
            else:
                deciding = p if row.by_permutation else max(p, row.p_stream)
            if hits or (row.factor == 1 and n >= profile.threshold and deciding <= profile.alpha):
                flagged[row.at] = True
                verdicts.append(
                    self._verdict(
                        slab, measured, row, n, alone, costs, seed, p, deciding, hits, digest.hexdigest()
                    )
                )
        return Decided(
            score=score, c_window=c_window, p_perm=p_perm, flagged=flagged, verdicts=tuple(verdicts)
        )

    def _hits(self, slab: Slab, measured: Measured, row: Row, n: float) -> list[tuple[Aspect, float]]:
        """The aspects that meet both limits, now that the score is exact, with their ranks."""
        assert slab.views is not None
        hits = []
        for aspect in slab.views.aspects:
            at = PLACE[aspect.name]
            if not measured.hits[row.at, at]:
                continue
            exact = slab.views.distance(aspect, row.window, n)
            if exact >= self._profile.threshold:
                hits.append((aspect, float(measured.aspects.p[row.at, at])))
        return hits

    def _verdict(
        self,
        slab: Slab,
        measured: Measured,
        row: Row,
        n: float,
        alone: int,
        window_costs: tuple[int, ...],
        seed: int,
        p_perm: float,
        deciding: float,
        hits: list[tuple[Aspect, float]],
        canonical_window: str,
    ) -> Verdict:
        profile, k = self._profile, self._k
        first = self._first_chunk + row.window  # of its chunks
        chunk = first - slab.first_chunk
        received = slab.start + chunk * profile.hop
        epoch = slab.epochs[row.epoch]
        baseline = epoch.baseline
        raw_baseline, canonical_baseline = baseline.digests()
        calibrated, known = epoch.mu_span
        begin = min(calibrated, row.stop - row.m)
        end = max(known, row.stop)
        views: ViewEvidence | None = None
        standing_out: tuple[str, ...] = ("bytes",)
        if slab.views is not None and row.factor > 1:
            views = slab.views.evidence(row.window, measured.aspects.p[row.at].tolist(), n)
            aspects = [aspect for aspect, _ in hits]
            references = slab.views.reference_table(row.window)
            standing_out = views_standing_out(views, aspects, profile.alpha, references)
        return Verdict(
            window=row.window,
            first_seq=first * profile.hop + 1,
            last_seq=(first + k) * profile.hop,
            status="ready" if row.m >= self._ready else "calibrating",
            flagged=True,
            ncd=n,
            p=deciding,
            p_stream=row.p_stream,
            p_perm=p_perm,
            decided_by="views" if row.factor > 1 else "p_perm" if row.by_permutation else "max",
            extra_bits=8 * (row.size - epoch.mu),
            size=row.size,
            mu=epoch.mu,
            cbar=baseline.cbar,
            m=row.m,
            permutations=profile.permutations,
            seed=seed,
            profile=profile.name,
            threshold=profile.threshold,
            alpha=profile.alpha,
            compressor=self._compressor.version,
            views=standing_out,
            factor=row.factor,
            evidence=Evidence(
                chunk_costs=tuple(slab.costs[chunk : chunk + k]),
                epochs=self._epochs_of(slab, epoch, first),
                c_window=alone,
                baseline_windows=baseline.window_sizes,
                history=slab.sizes_from(begin, end),
                mu_span=(calibrated - begin, known - begin),
                p_span=(row.stop - row.m - begin, row.stop - begin),
                reference_costs=baseline.reference_costs,
                window_costs=window_costs,
                baseline_given=self._baseline_given,
                raw_baseline=raw_baseline,
                raw_window=raw_digest(slab.raw[received : received + profile.window]),
                canonical_baseline=canonical_baseline,
                canonical_window=canonical_window,
                views=views,
            ),
            configuration=self._configuration,
        )

    def _epochs_of(self, slab: Slab, last: Epoch, first_chunk: int) -> tuple[tuple[int, int, int], ...]:
        """Which baselines the window's chunks were costed under, and how many chunks under each."""
        before = max(0, last.start - first_chunk)
        current = (*slab.spans[last.index], self._k - before)
        return ((*slab.spans[last.index - 1], before), current) if before else (current,)
