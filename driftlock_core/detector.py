"""The streaming detector: events in, one row per window out. Docs: docs/concepts.md, docs/measures/."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import numpy as np

from driftlock_core.ahead import Choice, judged_ahead, newest_two
from driftlock_core.compressors import compressor_named
from driftlock_core.epoch import Baseline, Epoch, cold_sizes
from driftlock_core.errors import TooFewEvents
from driftlock_core.gate import Gate
from driftlock_core.judge import Judge, Measured, Slab
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile, digest_of
from driftlock_core.protection import FREEZE, clean_start
from driftlock_core.ranks import flags_by_chance, middle, reference_rows, smallest_size_over, stream_p
from driftlock_core.times import whole_times
from driftlock_core.verdict import Status
from driftlock_core.window_views.channel import WindowViews
from driftlock_core.window_views.past import AspectColumns
from driftlock_core.windows import Ints, Windows

# Chunks worked on at once. What the slab holds lives until it is judged, so this bounds memory;
# larger slabs gain nothing in speed, smaller ones lose to the fixed cost of array calls.
SLAB_CHUNKS = 800


class Detector:
    """
    Judges each window of a stream against the events before it.

    The same events give the same verdicts whether they come one by one, in
    batches, or with a trip through its saved state between.

    Args:
        profile: All parameters.
        baseline: Events of a fixed baseline; without it the stream's own past
            is the baseline and rolls forward every four windows.
        masker: To share its caches between streams; must mask what the profile masks.
        gate: A wider gate than the profile's, to compute more scores than the
            decision needs. It never changes what is flagged.

    Raises:
        TooFewEvents: *baseline* is shorter than the profile's.

    >>> detector = Detector(Profile(name="custom", threshold=0.3, alpha=0.05, baseline=40, window=5, hop=1))
    >>> windows = detector.update([b"tick %d" % i for i in range(60)])
    >>> len(windows), detector.status
    (16, 'calibrating')
    """

    def __init__(
        self,
        profile: Profile,
        *,
        baseline: Sequence[bytes] | None = None,
        masker: Masker | None = None,
        gate: Gate | None = None,
    ) -> None:
        self.profile = profile
        self.compressor = compressor_named(profile.compressor)
        self.masker = masker if masker is not None else Masker(profile.masks)
        if self.masker.classes != profile.masks:
            raise ValueError("masker and profile switch different mask classes")
        self.measurement_digest = digest_of(
            {**profile.measurement(), "library": self.compressor.version}  # sizes depend on it
        )
        self.given: Baseline | None = None
        if baseline is not None:
            if len(baseline) < profile.baseline:
                raise TooFewEvents(needed=profile.baseline, have=len(baseline))
            events = list(baseline[: profile.baseline])
            self.given = Baseline(self.masker.canonical(events), events, 1, profile, self.compressor)
        self.first_chunk = 0 if self.given else profile.chunks_in_baseline  # of the first window
        self.events_seen = 0
        self.kept_chunk = 0  # the chunk with which raw and canonical begin
        self.raw: list[bytes] = []
        self.canonical: list[bytes] = []
        self.chunks_done = self.first_chunk  # next chunk to cost
        self.costs: list[int] = []  # of the last k - 1 chunks
        self.history = np.empty(0, dtype=np.int64)  # sizes S, cold ones first
        self.history_start = 0  # position of history[0] among all sizes
        self.epoch: Epoch | None = None
        self.spans: dict[int, tuple[int, int]] = {}  # baselines of the newest two epochs: windows straddle
        self.stride = 1  # epochs to judge at once, see ahead.py
        self.chosen: list[Choice] = []  # of each epoch begun in the slab
        self.flagged: list[int] = []  # windows, as far back as a baseline may lie
        self.views = WindowViews(profile, first_chunk=self.first_chunk) if len(profile.views) > 1 else None
        self.set_limits(profile, gate=gate)

    def set_limits(self, profile: Profile, *, gate: Gate | None = None) -> None:
        """
        Judge the windows that end from now on by the limits of *profile*; what was seen and flagged stays the past.

        Raises:
            ValueError: It differs from the detector's own in more than name, threshold and alpha.
        """
        own = self.profile
        if replace(own, name=profile.name, threshold=profile.threshold, alpha=profile.alpha) != profile:
            raise ValueError("only the limits of a running detector can be changed, threshold and alpha")
        self.profile = profile
        self.gate = (gate or Gate(threshold=profile.threshold, alpha=0.0)).reaching(profile.threshold)
        self._judge = Judge(
            profile,
            self.compressor,
            self.measurement_digest,
            least_score=self.gate.threshold,
            first_chunk=self.first_chunk,
            baseline_given=self.given is not None,
        )
        if self.views is not None:
            self.views.set_limits(profile, self.gate.alpha if self.gate.every_rule else 0.0)

    @property
    def protects(self) -> bool:
        """Whether flagged windows are kept out of the rolling baseline."""
        return self.views is not None and self.given is None

    @property
    def cold_count(self) -> int:
        """Sizes that come from inside the first baseline."""
        return self.profile.chunks_in_baseline - self.profile.chunks_per_window + 1

    @property
    def windows_done(self) -> int:
        """Windows judged so far."""
        return max(0, self.chunks_done - self.first_chunk - self.profile.chunks_per_window + 1)

    @property
    def events_needed(self) -> int:
        """Events until the first verdict; 0 once there is one."""
        needed = self.profile.window if self.given else self.profile.events_needed
        return max(0, needed - self.events_seen)

    @property
    def pending(self) -> int:
        """Events that wait for their chunk to fill."""
        return self.events_seen % self.profile.hop

    @property
    def status(self) -> Status:
        """Of the stream, after the last window judged."""
        if self.windows_done == 0:
            return "warming_up"
        references = min(self.profile.references, self._references_before(self.windows_done - 1))
        return "ready" if references >= self.profile.references_to_ready else "calibrating"

    def _references_before(self, window: int) -> int:
        """Sizes known before *window* begins: cold ones and windows that do not overlap it."""
        return self.cold_count + max(0, window - self.profile.chunks_per_window + 1)

    def update(self, events: Sequence[bytes], times: Sequence[int | None] | Ints | None = None) -> Windows:
        """
        Take the next events, as received.

        Args:
            times: When each happened, microseconds since 1970 UTC, None (or −1)
                where it does not say; without any, nothing is said about pace.

        Returns:
            The windows that these events complete; none if no chunk fills up.
        """
        parts = []
        stamps = None if times is None else whole_times(times, len(events))
        # Piece by piece, so that what is masked is still in the processor's cache when it is compressed.
        step = SLAB_CHUNKS * self.profile.hop
        for start in range(0, len(events), step):
            stop, kept = min(len(events), start + step), len(self.canonical)
            for at in range(start, stop, self.masker.at_once):
                some = events[at : min(stop, at + self.masker.at_once)]
                self.canonical += self.masker.canonical(some)
                self.raw += some
            if self.views is not None:
                stamps_of = None if stamps is None else stamps[start:stop]
                self.views.add(self.raw[kept:], self.canonical[kept:], stamps_of)
            self.events_seen += stop - start
            available = self.events_seen // self.profile.hop
            while self.chunks_done < available:
                parts.append(judged_ahead(self, available))
                self._forget()
        return Windows.join(parts)

    def slab(self, stop: int) -> tuple[Windows, Slab]:
        """Cost the chunks up to *stop* and judge the windows that end in them; for ahead.py."""
        profile, k = self.profile, self.profile.chunks_per_window
        if self.epoch is None:
            self._begin()
        start = self.chunks_done
        first = start - len(self.costs)  # windows reach back to chunks of earlier updates
        costs = self.costs.copy()
        epochs: list[Epoch] = []
        while self.chunks_done < stop:
            epoch = self._epoch_at(self.chunks_done)
            epochs.append(epoch)
            until = min(stop, epoch.start + profile.chunks_per_epoch)
            begin, end = ((chunk - self.kept_chunk) * profile.hop for chunk in (self.chunks_done, until))
            costs += epoch.baseline.digest.line_costs(self.canonical, begin, end, profile.hop)
            self.chunks_done = until
            # A given baseline serves all epochs; its digest stays.
            if not self.given and until == epoch.start + profile.chunks_per_epoch:
                epoch.baseline.release()
        sizes = np.convolve(np.array(costs, dtype=np.int64), np.ones(k, dtype=np.int64), "valid")
        if len(costs) >= k:
            self.history = np.concatenate((self.history, sizes))
        for epoch in epochs:
            self._calibrate(epoch)
        slab = Slab(
            canonical=self.canonical,
            raw=self.raw,
            start=(first - self.kept_chunk) * profile.hop,
            costs=costs,
            first_chunk=first,
            epochs=tuple(epochs),
            spans={**self.spans, **{e.index: (e.baseline.first_seq, e.baseline.last_seq) for e in epochs}},
            history=self.history,
            history_start=self.history_start,
            views=self.views,
        )
        windows = self._rows(max(0, start - self.first_chunk - k + 1), slab)
        self.costs = costs[-(k - 1) :] if k > 1 else []
        self.spans = newest_two(slab.spans, epochs[-1].index)
        return windows, slab

    def _rows(self, first: int, slab: Slab) -> Windows:
        """Rows of the windows from *first* up to the last complete one."""
        profile, k = self.profile, self.profile.chunks_per_window
        index = np.arange(first, self.windows_done, dtype=np.int64)
        if len(index) == 0:
            return Windows.join([])
        sizes = self.history[self.cold_count + index - self.history_start]
        stops = self.cold_count + np.maximum(0, index - k + 1)
        rows, m = reference_rows(self.history, stops - self.history_start, profile.references)
        p_stream = stream_p(rows, m, sizes)
        number = (index + k - 1) // profile.chunks_per_epoch
        epoch = number - slab.epochs[0].index
        mu = np.array([epoch.mu for epoch in slab.epochs])[epoch]
        cbar = np.array([epoch.baseline.cbar for epoch in slab.epochs])[epoch]
        by_permutation = (m < profile.references_to_decide) | (profile.p_mode == "permutation")
        bound = (sizes - mu) / cbar
        views = self.views
        aspects = views.measure(first, number, sizes, mu, cbar) if views else AspectColumns.none(len(index))
        joined = aspects.factor > 1
        hits = joined[:, None] & (aspects.factor[:, None] * aspects.p <= profile.alpha)
        hits &= aspects.distance >= profile.threshold
        few = self.gate.every_rule & (m < profile.references)  # by a smaller alpha p_perm might decide alone
        rare = few | (~joined & (p_stream <= profile.alpha)) | (p_stream <= self.gate.alpha)
        gated = ((bound >= self.gate.threshold) & (by_permutation | rare)) | hits.any(axis=1)
        exact = gated | (bound >= self.gate.exact)
        limits = smallest_size_over(profile.threshold, mu, cbar)
        decided = self._judge.decide(
            slab,
            Measured(
                index=index,
                size=sizes,
                mu=mu,
                cbar=cbar,
                m=m,
                p_stream=p_stream,
                bound=bound,
                by_permutation=by_permutation,
                gated=gated,
                exact=exact,
                epoch=epoch,
                references_stop=stops,
                aspects=aspects,
                hits=hits,
            ),
        )
        if self.protects:
            reach = int(index[0]) - (FREEZE + 2) * profile.chunks_in_baseline
            self.flagged = [w for w in self.flagged if w >= reach] + index[decided.flagged].tolist()
        distance = views.distances_at(decided.score) if views and self.gate.exact < inf else aspects.distance
        chance = flags_by_chance(rows, m, sizes, limits, profile.alpha, by_permutation)
        return Windows(
            index=index,
            first_seq=(self.first_chunk + index) * profile.hop + 1,
            last_seq=(self.first_chunk + index + k) * profile.hop,
            size=sizes,
            mu=mu,
            cbar=cbar,
            m=m,
            p_stream=p_stream,
            score=decided.score,
            exact=exact,
            c_window=decided.c_window,
            p_perm=decided.p_perm,
            gated=gated,
            flagged=decided.flagged,
            ready=m >= profile.references_to_ready,
            factor=aspects.factor,
            aspect_p=aspects.p,
            aspect_distance=distance,
            chance=np.where(joined, aspects.chance, chance),
            verdicts=decided.verdicts,
        )

    def _begin(self) -> None:
        """Open the first epoch: its baseline, and the sizes inside it as first references."""
        baseline = self.given or self._baseline_from(0)
        self.history = np.array(cold_sizes(baseline, self.profile, self.compressor), dtype=np.int64)
        if self.views is not None:
            self.views.begin(self.given, self.raw, self.history)
        self._open(0, baseline)

    def _epoch_at(self, chunk: int) -> Epoch:
        """The epoch in which *chunk* lies, opened if it begins there."""
        assert self.epoch is not None
        if chunk == self.epoch.start + self.profile.chunks_per_epoch:
            # The baseline ends k - 1 chunks before, so that no window overlaps what it is measured against.
            first = chunk - (self.profile.chunks_per_window - 1) - self.profile.chunks_in_baseline
            if self.protects:
                flagged = [self.first_chunk + window for window in self.flagged]
                newest, oldest = first, (self.epoch.baseline.first_seq - 1) // self.profile.hop
                first = clean_start(newest, oldest, flagged, self.profile)
                self.chosen.append(Choice(chunk, newest, oldest, first))
            self._open(self.epoch.index + 1, self.given or self._baseline_from(first))
        return self.epoch

    def _open(self, index: int, baseline: Baseline) -> None:
        self.epoch = Epoch(index, self.first_chunk + index * self.profile.chunks_per_epoch, baseline)
        if self.views is not None:
            chunk = None if self.given else (baseline.first_seq - 1) // self.profile.hop
            self.views.open(index, baseline.canonical if chunk is None else (), chunk)

    def _calibrate(self, epoch: Epoch) -> None:
        """Set mu from the newest sizes known when *epoch* began."""
        if epoch.mu_span[1] == 0:
            windows = epoch.start - self.first_chunk - self.profile.chunks_per_window + 1
            known = self.cold_count + max(0, windows)
            epoch.mu_span = (max(0, known - self.profile.references), known)
            epoch.mu = middle(
                self.history[epoch.mu_span[0] - self.history_start : known - self.history_start]
            )

    def _baseline_from(self, chunk: int) -> Baseline:
        """The stream's own events from *chunk* on as a baseline."""
        start = (chunk - self.kept_chunk) * self.profile.hop
        return Baseline(
            self.canonical,
            self.raw,
            chunk * self.profile.hop + 1,
            self.profile,
            self.compressor,
            known_sizes=self.epoch.baseline.sizes_by_seq() if self.epoch else None,
            part=(start, start + self.profile.baseline),
        )

    def _forget(self) -> None:
        """Drop what no later window can need."""
        profile = self.profile
        lead = profile.chunks_per_window - 1
        # The next epoch's baseline reaches back further than any window.
        assert self.epoch is not None
        next_epoch = self.epoch.start + profile.chunks_per_epoch
        needed = self.chunks_done - lead
        if self.protects:
            # The next baseline is this one or a newer one, see _clean.
            needed = min(needed, (self.epoch.baseline.first_seq - 1) // profile.hop)
        elif not self.given:
            needed = min(needed, next_epoch - lead - profile.chunks_in_baseline)
        drop = max(0, needed - self.kept_chunk)
        if drop:
            self.epoch.baseline.settle()
            del self.raw[: drop * profile.hop]
            del self.canonical[: drop * profile.hop]
            self.kept_chunk += drop
        if self.views is not None:
            self.views.forget(self.kept_chunk, self.epoch.index)
        if self.given:
            self.given.forget_before(self.kept_chunk)
        # References of the next window, and what was known when its epoch began.
        oldest = min(
            self._references_before(self.windows_done) - profile.references,
            self.epoch.mu_span[0],
        )
        if oldest > self.history_start:
            self.history = self.history[oldest - self.history_start :].copy()
            self.history_start = oldest


def detect(
    events: Sequence[bytes],
    profile: Profile,
    *,
    baseline: Sequence[bytes] | None = None,
    times: Sequence[int | None] | Ints | None = None,
) -> Windows:
    """
    All windows of a finished stream; see :class:`Detector`.

    Raises:
        TooFewEvents: Not even one window fits behind the baseline.
    """
    detector = Detector(profile, baseline=baseline)
    windows = detector.update(events, times)
    if detector.events_needed:
        raise TooFewEvents(needed=detector.events_needed + detector.events_seen, have=detector.events_seen)
    return windows
