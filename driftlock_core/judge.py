"""The decision on the windows of one slab: what is computed only where the gate passed, and the verdicts."""

import hashlib
from dataclasses import dataclass

import numpy as np

from driftlock_core.compressors import Compressor
from driftlock_core.digests import raw_digest
from driftlock_core.epoch import Epoch
from driftlock_core.permutation import permutation_p, window_seed
from driftlock_core.profiles import Profile
from driftlock_core.verdict import Evidence, Verdict
from driftlock_core.windows import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """Neighbouring chunks and what is known about them, before any window is decided."""

    text: memoryview  # canonical events, each followed by a newline
    borders: list[int]  # offsets in text at which chunks begin; the last one is the end
    costs: list[int]  # of each chunk, bytes
    raw: list[bytes]  # the same events as received
    first_chunk: int
    epochs: tuple[Epoch, ...]  # in order; each window's last chunk lies in one of them
    spans: dict[int, tuple[int, int]]  # by epoch index: first and last seq of its baseline
    history: Ints
    history_start: int  # position of history[0] among all sizes of the stream


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

    def decide(self, slab: Slab, measured: Measured) -> Decided:
        """Exact scores, p_perm of gated windows whose score is high enough, verdicts where both limits are met."""
        profile, k = self._profile, self._profile.chunks_per_window
        count = len(measured.index)
        score = measured.bound.copy()
        c_window = np.zeros(count, dtype=np.int64)
        p_perm = np.full(count, np.nan)
        flagged = np.zeros(count, dtype=np.bool_)
        verdicts: list[Verdict] = []
        rows = np.flatnonzero(measured.exact)
        # Plain numbers from here on: taking them from arrays one by one is what would cost.
        columns = zip(
            rows.tolist(),
            (self._first_chunk + measured.index[rows] - slab.first_chunk).tolist(),
            measured.epoch[rows].tolist(),
            measured.size[rows].tolist(),
            measured.p_stream[rows].tolist(),
            measured.by_permutation[rows].tolist(),
            measured.gated[rows].tolist(),
            strict=True,
        )
        for row, chunk, number, size, p_stream, by_permutation, gated in columns:
            window = slab.text[slab.borders[chunk] : slab.borders[chunk + k]]
            alone = self._compressor.size(window)
            epoch = slab.epochs[number]
            baseline = epoch.baseline
            c_window[row] = alone
            score[row] = n = (size - epoch.mu) / max(alone, baseline.cbar)
            if not gated or n < self._least_score:
                continue
            costs = baseline.split_costs(
                slab.first_chunk + chunk, slab.text, slab.borders[chunk : chunk + k + 1]
            )
            digest = hashlib.sha256(window)
            seed = window_seed(digest.digest(), self._measurement_digest)
            p_perm[row] = p = permutation_p(
                (*baseline.reference_costs, *costs), k, profile.permutations, seed
            )
            deciding = p if by_permutation else max(p, p_stream)
            if n >= profile.threshold and deciding <= profile.alpha:
                flagged[row] = True
                verdicts.append(
                    self._verdict(slab, measured, row, n, alone, costs, seed, p, digest.hexdigest())
                )
        return Decided(
            score=score, c_window=c_window, p_perm=p_perm, flagged=flagged, verdicts=tuple(verdicts)
        )

    def _verdict(
        self,
        slab: Slab,
        measured: Measured,
        row: int,
        n: float,
        alone: int,
        window_costs: tuple[int, ...],
        seed: int,
        p_perm: float,
        canonical_window: str,
    ) -> Verdict:
        profile, k = self._profile, self._profile.chunks_per_window
        window = int(measured.index[row])
        first = self._first_chunk + window  # of its chunks
        chunk = first - slab.first_chunk
        epoch = slab.epochs[measured.epoch[row]]
        raw_baseline, canonical_baseline = epoch.baseline.digests()
        m, p_stream = int(measured.m[row]), float(measured.p_stream[row])
        stop = int(measured.references_stop[row])
        begin = min(epoch.mu_span[0], stop - m)
        history = slab.history[begin - slab.history_start : max(epoch.mu_span[1], stop) - slab.history_start]
        alone_decides = bool(measured.by_permutation[row])
        return Verdict(
            window=window,
            first_seq=first * profile.hop + 1,
            last_seq=(first + k) * profile.hop,
            status="ready" if m >= profile.references_to_ready else "calibrating",
            flagged=True,
            ncd=n,
            p=p_perm if alone_decides else max(p_perm, p_stream),
            p_stream=p_stream,
            p_perm=p_perm,
            decided_by="p_perm" if alone_decides else "max",
            extra_bits=8 * (int(measured.size[row]) - epoch.mu),
            size=int(measured.size[row]),
            mu=epoch.mu,
            cbar=epoch.baseline.cbar,
            m=m,
            permutations=profile.permutations,
            seed=seed,
            profile=profile.name,
            threshold=profile.threshold,
            alpha=profile.alpha,
            compressor=self._compressor.version,
            evidence=Evidence(
                chunk_costs=tuple(slab.costs[chunk : chunk + k]),
                epochs=self._epochs_of(slab, epoch, first),
                c_window=alone,
                baseline_windows=epoch.baseline.window_sizes,
                history=tuple(history.tolist()),
                mu_span=(epoch.mu_span[0] - begin, epoch.mu_span[1] - begin),
                p_span=(stop - m - begin, stop - begin),
                reference_costs=epoch.baseline.reference_costs,
                window_costs=window_costs,
                baseline_given=self._baseline_given,
                raw_baseline=raw_baseline,
                raw_window=raw_digest(slab.raw[chunk * profile.hop : (chunk + k) * profile.hop]),
                canonical_baseline=canonical_baseline,
                canonical_window=canonical_window,
            ),
            configuration=self._configuration,
        )

    def _epochs_of(self, slab: Slab, last: Epoch, first_chunk: int) -> tuple[tuple[int, int, int], ...]:
        """Which baselines the window's chunks were costed under, and how many chunks under each."""
        k = self._profile.chunks_per_window
        before = max(0, last.start - first_chunk)
        current = (*slab.spans[last.index], k - before)
        return ((*slab.spans[last.index - 1], before), current) if before else (current,)
