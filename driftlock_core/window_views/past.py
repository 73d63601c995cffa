"""The statistics of past windows, and each new window's rank among them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from driftlock_core.profiles import Profile
from driftlock_core.window_views.catalogue import ASPECTS, COLUMN, PLACE, STATISTICS, TWO_SIDED, Aspect
from driftlock_core.window_views.conformal import ranked_among

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class AspectColumns(NamedTuple):
    """One row per window; one column per aspect of the catalogue, NaN where one has no say."""

    p: Floats  # rank among the references
    distance: Floats  # (value − usual) / the larger of both
    chance: Floats  # shape (windows,): flags to expect, "at most about"
    factor: Ints  # shape (windows,): of the smallest rank; 1 while references are too few for a decision

    @classmethod
    def none(cls, windows: int) -> "AspectColumns":
        """Of a stream of which nothing but the bytes is looked at."""
        nothing = np.full((windows, len(ASPECTS)), np.nan)
        return cls(nothing, nothing, np.zeros(windows), np.ones(windows, dtype=np.int64))


class PastWindows:
    """
    Statistics of a stream's windows, cold ones first, as far back as a rank needs them.

    As many windows as one window has chunks form a block and share their
    references: the newest ones that end before the block's first window begins.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._ranked_at = 0.0
        self.table = np.empty((0, len(STATISTICS)), dtype=np.int64)
        self.start = 0  # position of table[0] among all windows, cold ones first
        self.windows = 0  # measured, cold ones not counted
        self._newest = np.empty((0, len(STATISTICS)))  # the usual of each window last judged
        self._beside = np.empty((0, len(ASPECTS)))  # their distances, as far as the score has no part in them
        self._references: tuple[int, tuple[tuple[int, ...], ...]] = (
            -1,
            (),
        )  # of a block, for its next window
        self._rows: list[
            tuple[int, ...]
        ] = []  # of the table, as the references of neighbouring blocks share them
        self._rows_start = 0  # position of the first among all windows

    def set_limits(self, profile: Profile, ranked_at: float = 0.0) -> None:
        """
        Rank the next windows for other limits; nothing else of *profile* differs.

        Args:
            ranked_at: Ranks also where the aspects would have a say at this larger alpha.
        """
        self._profile = profile
        self._ranked_at = ranked_at

    @property
    def _cold(self) -> int:
        return self._profile.chunks_in_baseline - self._profile.chunks_per_window + 1

    def _known(self, blocks: Ints) -> Ints:
        """Position behind the newest reference of each block, among all windows."""
        return self._cold + np.maximum(0, (blocks - 1) * self._profile.chunks_per_window + 1)

    def references(self, window: int) -> tuple[tuple[int, ...], ...]:
        """Statistics of the windows that *window* ranks among, oldest first."""
        block = window // self._profile.chunks_per_window
        if self._references[0] != block:
            low, known = self._span_of(block)
            if not 0 <= low - self._rows_start <= len(self._rows):
                self._rows, self._rows_start = [], low
            del self._rows[: low - self._rows_start]
            self._rows_start = low
            more = self.table[low + len(self._rows) - self.start : known - self.start]
            self._rows += map(tuple, more.tolist())
            self._references = block, tuple(self._rows[: known - low])
        return self._references[1]

    def reference_table(self, window: int) -> Ints:
        """:meth:`references` as an array."""
        low, known = self._span_of(window // self._profile.chunks_per_window)
        found: Ints = self.table[low - self.start : known - self.start]
        return found

    def _span_of(self, block: int) -> tuple[int, int]:
        """Where the references of a block begin and end, among all windows."""
        known = self._cold + max(0, (block - 1) * self._profile.chunks_per_window + 1)
        return max(0, known - self._profile.references), known

    def usual(self, window: int) -> Floats:
        """Medians of what a window ranks among, one of those last judged; shape ``(statistics,)``."""
        found: Floats = self._newest[window - self.windows]
        return found

    def row(self, window: int) -> Ints:
        """Statistics of one window, shape ``(statistics,)``."""
        found: Ints = self.table[self._cold + window - self.start]
        return found

    def judge(
        self, rows: Ints, mu: Floats, cbar: Floats, aspects: tuple[Aspect, ...], looked_at: int
    ) -> AspectColumns:
        """
        Add the statistics of the next windows and rank each among those before it.

        Args:
            mu, cbar: Of each window's epoch, bytes: they make its score of its size.
            looked_at: Views behind the aspects.
        """
        profile, k, first = self._profile, self._profile.chunks_per_window, self.windows
        self.table = np.concatenate((self.table, rows))
        self.windows += len(rows)
        blocks = np.arange(first // k, (self.windows - 1) // k + 1)
        ends = self._known(blocks) - self.start
        m = np.minimum(ends, profile.references)
        # Of the first block some windows may have come before, of the last one some are still to come.
        windows = np.clip(blocks[:, None] * k + np.arange(k), first, self.windows - 1) - first
        asked = aspects if (m >= self._least_ranked(looked_at)).any() else ()
        ranks, usual = ranked_among(
            self.table, ends, profile.references, windows + len(self.table) - len(rows), asked
        )
        p = np.full((len(rows), len(ASPECTS)), np.nan)
        taken = slice(first % k, first % k + len(rows))
        for aspect, found in zip(asked, ranks, strict=True):
            p[:, PLACE[aspect.name]] = found.reshape(-1)[taken]
        self._newest = np.repeat(usual, k, axis=0)[taken]
        self._beside = np.full((len(rows), len(ASPECTS)), np.nan)
        nothing = np.full(len(rows), -np.inf)
        for aspect in aspects:
            self._beside[:, PLACE[aspect.name]] = distances(aspect, rows, self._newest, nothing)
        return self._columns((rows[:, 0] - mu) / cbar, p, np.repeat(m, k)[taken], aspects, looked_at)

    def _least(self, looked_at: int) -> float:
        """References from which on the aspects decide."""
        return self._profile.references_for(looked_at) if self._profile.p_mode == "max" else np.inf

    def _least_ranked(self, looked_at: int) -> float:
        """References from which on the aspects are ranked, whether they decide or not."""
        least = self._least(looked_at)
        if self._ranked_at and least < np.inf:
            return min(least, self._profile.references_for(looked_at, self._ranked_at))
        return least

    def _columns(
        self,
        scores: Floats,
        p: Floats,
        m: Ints,
        aspects: tuple[Aspect, ...],
        looked_at: int,
    ) -> AspectColumns:
        """Of the windows last judged, with their ranks."""
        profile, joined = self._profile, m >= self._least(looked_at)
        chance = flags_by_chance(len(aspects), m, profile.alpha / looked_at, profile.chunks_per_window)
        return AspectColumns(
            p=np.where((m >= self._least_ranked(looked_at))[:, None], p, np.nan),
            distance=self.distances_at(scores, aspects),
            chance=np.where(joined, chance, 0.0),
            factor=np.where(joined, looked_at, 1),
        )

    def distances_at(self, scores: Floats, aspects: tuple[Aspect, ...]) -> Floats:
        """Of the windows last judged, with their *scores* as far as these are exact; as ``AspectColumns.distance``."""
        found = self._beside.copy()
        for aspect in aspects:
            if "size" in aspect.distance:
                at = PLACE[aspect.name]
                found[:, at] = np.maximum(found[:, at], scores)
        return found

    def distance(self, aspect: Aspect, window: int, score: float) -> float:
        """Of one window last judged, with its exact *score*."""
        beside = float(self._beside[window - self.windows, PLACE[aspect.name]])
        return max(beside, score) if "size" in aspect.distance else beside

    def take_back(self, windows: int) -> None:
        """Undo the last windows."""
        self.table = self.table[: len(self.table) - windows]
        self.windows -= windows
        self._references = -1, ()
        self._rows = []

    def forget(self) -> None:
        """Drop what no later window ranks among."""
        k = self._profile.chunks_per_window
        known = self._cold + max(0, (self.windows // k - 1) * k + 1)
        oldest = known - self._profile.references
        if oldest > self.start:
            self.table = self.table[oldest - self.start :].copy()
            self.start = oldest


def flags_by_chance(aspects: int, m: Ints, alpha: float, k: int) -> Floats:
    """
    Flags to expect of each window, "at most about", if its stream went on as before.

    Of m + 1 exchangeable windows, alpha·(m + 1) rank high enough under each aspect. But a window
    shares events with those around it, and one odd stretch lifts all *k* that hold it:
    m references are m/k stretches, and the topmost so many of m/k + 1 pass that
    their windows fill the places above. What the distance takes away is not
    counted: the pool that would tell holds past faults, and so would hide the next one.

    Args:
        aspects: Ranked one by one.
        m: References, one entry per window.
        alpha: Largest rank that passes.
        k: Windows that share an event, chunks of a window.

    >>> flags_by_chance(3, np.array([99, 200, 500]), 0.01, 5).round(3).tolist()
    [0.144, 0.073, 0.03]
    """
    places = np.floor(alpha * (m + 1) + 1e-9)
    stretches = np.where(places >= 1, 1 + (places - 1) // k, 0)
    share = np.maximum(places / (m + 1), stretches / (m / k + 1))
    chance: Floats = np.minimum(1.0, aspects * share)
    return chance


def distances(aspect: Aspect, rows: Ints, usual: Floats, scores: Floats) -> Floats:
    """
    How far each window is from the usual under one aspect; shape ``(windows,)``.

    Of sizes it is the score N (or its bound, as *scores* gives them), of other
    statistics the difference as a share of the larger of both: 0 as usual,
    towards 1 the more of it is beyond the usual. Below the usual it is
    negative, except for statistics that surprise on both sides.

    Args:
        rows: Shape ``(windows, statistics)``.
        usual: Of each window or, of shape ``(statistics,)``, of all.
    """
    largest = np.full(len(rows), -np.inf)
    for name in aspect.distance:
        at = COLUMN[name]
        share = scores if name == "size" else _share(name, rows[:, at], usual[..., at])
        largest = np.maximum(largest, share)
    return largest


def _share(name: str, values: Ints, usual: Floats) -> Floats:
    """Difference from the usual as a share of the larger of both."""
    difference = values - usual
    if name in TWO_SIDED:
        difference = np.abs(difference)
    share: Floats = difference / np.maximum(values, np.maximum(1.0, usual))
    return share
