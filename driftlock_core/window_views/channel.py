"""The views of a stream's windows beside its bytes: measured as events come."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from driftlock_core.epoch import Baseline
from driftlock_core.profiles import Profile, counted
from driftlock_core.verdict import ViewEvidence
from driftlock_core.window_views.catalogue import PLACE, STATISTICS, Aspect, aspects_of_first
from driftlock_core.window_views.like_lines import line_keys
from driftlock_core.window_views.pace import Pace
from driftlock_core.window_views.past import AspectColumns, PastWindows
from driftlock_core.window_views.recency import Recency
from driftlock_core.window_views.skeleton import skeleton_keys
from driftlock_core.window_views.statistics import statistics_of
from driftlock_core.window_views.template_numbers import TemplateNumbers
from driftlock_core.window_views.values import USUAL_BITS, ValueMemory

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# A stream has times worth a view where at least this share of its first baseline's events name one.
TIMED_SHARE: Final = 0.9
# Statistics of a state that does not say how many: later ones were thought of since.
_OF_BEFORE: Final = 9


class WindowViews:
    """
    Statistics of all windows of one stream, beside their bytes.

    Chunks count as the detector counts them: from 0 at the stream's first
    event. A window is known by its number, like the detector's.
    """

    def __init__(self, profile: Profile, *, first_chunk: int) -> None:
        self._profile = profile
        self._first_chunk = first_chunk
        self.statistics = len(
            STATISTICS
        )  # looked at, the first so many: a stream keeps to those it began with
        self.timed: bool | None = None  # not known before the first baseline
        self._aspects: tuple[bool | None, tuple[Aspect, ...]] | None = None  # for what timed was then
        self.with_time = 0  # events of the first baseline that name one
        self.kept_chunk = 0  # with which what is kept of each event begins
        self.templates = np.empty(0, dtype=np.int64)  # by number
        self.lines = np.empty(0, dtype=np.int64)  # digests of the canonical events
        self.ages = np.empty(0, dtype=np.int64)
        # Microseconds; where there is none, that of the event before.
        self.times = np.empty(0, dtype=np.int64)
        self.intervals = np.empty(0, dtype=np.int64)  # before each event, see pace.py
        self.usual_us = np.empty(0, dtype=np.int64)
        self.bits = np.empty(0, dtype=np.int64)  # of each event's numbers, see values.py
        self.compared = np.empty(0, dtype=np.int64)  # numbers of each event
        self.recency = Recency()
        self.values = ValueMemory()
        self.pace = Pace()
        self.past = PastWindows(profile)
        self.baselines: dict[int, Ints] = {}  # template numbers of each epoch's baseline
        self._numbers = TemplateNumbers()

    def set_limits(self, profile: Profile, ranked_at: float = 0.0) -> None:
        """As of :class:`PastWindows`."""
        self._profile = profile
        self.past.set_limits(profile, ranked_at)

    @property
    def views(self) -> frozenset[str]:
        """Those the profile asks for and the stream allows, the bytes among them."""
        return frozenset(view for view in self._profile.views if view != "timing" or self.timed)

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """Those all of whose views are looked at."""
        if self._aspects is None or self._aspects[0] != self.timed:
            views = self.views
            asked = aspects_of_first(self.statistics)
            found = tuple(a for a in asked if all(STATISTICS[name] in views for name in a.statistics))
            self._aspects = self.timed, found
        return self._aspects[1]

    def add(self, raw: Sequence[bytes], canonical: Sequence[bytes], times: Ints | None) -> None:
        """The next events; *times* in microseconds, −1 for none."""
        keys = skeleton_keys(canonical)
        if times is None:
            times = np.full(len(keys), -1, dtype=np.int64)
        if self.timed is None:
            first = times[: max(0, self._profile.baseline - self.recency.seen)]
            self.with_time += int(np.count_nonzero(first >= 0))
        distinct, which = _distinct(keys)
        self.templates = np.concatenate((self.templates, self._numbers.of(distinct)[which]))
        self.lines = np.concatenate((self.lines, line_keys(canonical)))
        self.ages = np.concatenate((self.ages, self.recency.take(distinct, which)))
        bits, compared = self._valued(raw, keys)
        self.bits, self.compared = (
            np.concatenate((self.bits, bits)),
            np.concatenate((self.compared, compared)),
        )
        filled = _filled(times, self.times)
        self.times = np.concatenate((self.times, filled))
        intervals, usual = self.pace.take(filled)
        self.intervals = np.concatenate((self.intervals, intervals))
        self.usual_us = np.concatenate((self.usual_us, usual))

    def begin(self, given: Baseline | None, raw: Sequence[bytes], sizes: Ints) -> None:
        """
        The first baseline is there, or was *given*: the windows inside it are the first references.

        Args:
            raw: The events kept, as received.
            sizes: Of those windows, bytes.
        """
        count, hop = self._profile.baseline, self._profile.hop
        if given is not None:
            keys = skeleton_keys(given.canonical)
            distinct, which = _distinct(keys)
            templates, lines = self._numbers.of(distinct)[which], line_keys(given.canonical)
            intervals = np.zeros(count, dtype=np.int64)
            self.with_time = 0  # a baseline from elsewhere has a pace of its own
            # What the baseline holds was seen before the stream began.
            self.recency = Recency()
            ages = self.recency.take(distinct, which)
            own = self._numbers.keys()[self.templates]
            self.ages = self.recency.take(*_distinct(own))
            self.values = ValueMemory()
            bits, compared = self._valued(given.raw, keys)
            self.bits, self.compared = self._valued(raw, own)
        else:
            templates, lines, ages = self.templates[:count], self.lines[:count], self.ages[:count]
            intervals = self.intervals[:count]
            bits, compared = self.bits[:count], self.compared[:count]
        self.timed = self.with_time >= TIMED_SHARE * count
        k, n = self._profile.chunks_per_window, self._profile.chunks_in_baseline
        # As for the bytes: the blocks that a window touches are no part of its own baseline.
        outside = [
            np.concatenate(
                (templates[: chunk // k * k * hop], templates[((chunk + k - 1) // k + 1) * k * hop :])
            )
            for chunk in range(n - k + 1)
        ]
        self.past.table = self._statistics(
            outside, np.arange(n - k + 1), (templates, lines), ages, intervals, (bits, compared), sizes
        )

    def open(self, epoch: int, baseline: Sequence[bytes], chunk: int | None) -> None:
        """
        An epoch begins.

        Args:
            baseline: Its canonical events, where they are none of those kept.
            chunk: With which they begin, where they are events kept.
        """
        if chunk is not None:
            begin = (chunk - self.kept_chunk) * self._profile.hop
            self.baselines[epoch] = self.templates[begin : begin + self._profile.baseline].copy()
        elif self._given and self.baselines:
            self.baselines[epoch] = next(iter(self.baselines.values()))
        else:
            distinct, which = _distinct(skeleton_keys(baseline))
            self.baselines[epoch] = self._numbers.of(distinct)[which]

    @property
    def _given(self) -> bool:
        """Whether one baseline from elsewhere serves all epochs."""
        return self._first_chunk == 0

    def measure(self, first: int, epochs: Ints, sizes: Ints, mu: Floats, cbar: Floats) -> AspectColumns:
        """
        The next windows from number *first* on.

        Args:
            epochs: Number of each one's epoch.
            sizes: S of each, bytes.
            mu, cbar: What makes each one's score of its size, bytes.
        """
        profile = self._profile
        begin = (self._first_chunk + first - self.kept_chunk) * profile.hop
        span = slice(begin, begin + (len(sizes) - 1 + profile.chunks_per_window) * profile.hop)
        oldest = int(epochs[0])
        newest = oldest if self._given else int(epochs[-1])
        rows = self._statistics(
            [self.baselines[epoch] for epoch in range(oldest, newest + 1)],
            np.minimum(epochs, newest) - oldest,
            (self.templates[span], self.lines[span]),
            self.ages[span],
            self.intervals[span],
            (self.bits[span], self.compared[span]),
            sizes,
        )
        return self.past.judge(rows, mu, cbar, self.aspects, counted(self.views))

    def distances_at(self, scores: Floats) -> Floats:
        """Of the windows last measured, with their *scores* as far as these are exact; as ``AspectColumns.distance``."""
        return self.past.distances_at(scores, self.aspects)

    def distance(self, aspect: Aspect, window: int, score: float) -> float:
        """Of a window last measured, with its exact *score*."""
        return self.past.distance(aspect, window, score)

    def reference_table(self, window: int) -> Ints:
        """Statistics of what a window last measured ranks among, oldest first."""
        return self.past.reference_table(window)[:, : self.statistics]

    def evidence(self, window: int, p: Sequence[float], score: float) -> ViewEvidence:
        """What stands behind the ranks *p* of a window last measured."""
        begin = (self._first_chunk + window - self.kept_chunk) * self._profile.hop
        span = slice(begin, begin + self._profile.window)
        valued = "values" in self._profile.views
        return ViewEvidence(
            aspects={
                aspect.name: (p[PLACE[aspect.name]], self.distance(aspect, window, score))
                for aspect in self.aspects
            },
            values=tuple(self.past.row(window)[: self.statistics].tolist()),
            usual=tuple(self.past.usual(window)[: self.statistics].tolist()),
            references=self._references(window),
            ages=tuple(self.ages[span].tolist()),
            times=tuple(self.times[span].tolist()) if self.timed else (),
            intervals=tuple(self.intervals[span].tolist()) if self.timed else (),
            usual_us=int(self.usual_us[begin]) if self.timed else 0,
            bits=tuple(self.bits[span].tolist()) if valued else (),
            compared=tuple(self.compared[span].tolist()) if valued else (),
        )

    def _references(self, window: int) -> tuple[tuple[int, ...], ...]:
        found = self.past.references(window)
        if self.statistics == len(STATISTICS):
            return found
        return tuple(row[: self.statistics] for row in found)

    def _statistics(
        self,
        baselines: Sequence[Ints],
        which: Ints,
        events: tuple[Ints, Ints],
        ages: Ints,
        intervals: Ints,
        valued: tuple[Ints, Ints],
        sizes: Ints,
    ) -> Ints:
        paces = intervals if self.timed else None
        return statistics_of(baselines, which, *events, ages, paces, valued, sizes, self._profile)

    def _valued(self, raw: Sequence[bytes], keys: Ints) -> tuple[Ints, Ints]:
        """Bits of the numbers of the next events, and how many; none where the profile does not ask for them."""
        if "values" not in self._profile.views:
            return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
        return self.values.take(raw, keys)

    def forget(self, chunk: int, epoch: int) -> None:
        """Drop events before *chunk*, and what only epochs before *epoch* need."""
        drop = max(0, chunk - self.kept_chunk) * self._profile.hop
        if drop:
            self.templates, self.ages = self.templates[drop:].copy(), self.ages[drop:].copy()
            self.lines = self.lines[drop:].copy()
            self.times, self.intervals = self.times[drop:].copy(), self.intervals[drop:].copy()
            self.usual_us = self.usual_us[drop:].copy()
            self.bits, self.compared = self.bits[drop:].copy(), self.compared[drop:].copy()
            self.kept_chunk = chunk
        kept = [index for index in self.baselines if index >= epoch]
        held = self._numbers.renew([self.templates, *(self.baselines[index] for index in kept)])
        self.templates, self.baselines = held[0], dict(zip(kept, held[1:], strict=True))
        self.past.forget()

    def take_back(self, windows: int, epoch: int) -> None:
        """Undo the last *windows* measured and what epochs after *epoch* opened."""
        self.past.take_back(windows)
        self.baselines = {index: held for index, held in self.baselines.items() if index <= epoch}

    def state(self) -> dict[str, Any]:
        """Everything that canonical events do not tell, ready for JSON; :meth:`restore` reads it."""
        return {
            "timed": self.timed,
            "with_time": self.with_time,
            "kept_chunk": self.kept_chunk,
            "ages": self.ages.tolist(),
            "times": self.times.tolist(),
            "intervals": self.intervals.tolist(),
            "usual_us": self.usual_us.tolist(),
            "bits": self.bits.tolist(),
            "compared": self.compared.tolist(),
            "places": self.values.state(),
            "recent": self.pace.recent.tolist(),
            "seen": self.recency.seen,
            "last": self.recency.state(),
            "table": self.past.table.tolist(),
            "table_start": self.past.start,
            "statistics": self.statistics,
            "windows": self.past.windows,
        }

    def restore(
        self, state: dict[str, Any], canonical: Sequence[bytes], epoch: int | None, baseline: Sequence[bytes]
    ) -> None:
        """
        Go on from a saved state.

        Args:
            canonical: The events kept, from chunk ``kept_chunk`` on.
            epoch: The one that is open, if any, with its *baseline*.
        """
        self.timed, self.with_time = state["timed"], state["with_time"]
        self.kept_chunk = state["kept_chunk"]
        distinct, which = _distinct(skeleton_keys(canonical))
        self.templates, self.lines = self._numbers.of(distinct)[which], line_keys(canonical)
        self.ages = np.array(state["ages"], dtype=np.int64)
        self.times = np.array(state["times"], dtype=np.int64)
        self.intervals = np.array(state["intervals"], dtype=np.int64)
        self.usual_us = np.array(state["usual_us"], dtype=np.int64)
        # A state of before the values were looked at is of a profile that does not ask for them.
        nothing = [0] * len(self.ages)
        self.bits = np.array(state.get("bits", nothing), dtype=np.int64)
        self.compared = np.array(state.get("compared", nothing), dtype=np.int64)
        self.values.restore(state.get("places", ()))
        self.pace.recent = np.array(state["recent"], dtype=np.int64)
        self.recency.seen, self.recency.last = state["seen"], dict(map(tuple, state["last"]))
        self.statistics = state.get("statistics", _OF_BEFORE if state["table"] else len(STATISTICS))
        self.past.table = _with_all_statistics(state["table"])
        self.past.start, self.past.windows = state["table_start"], state["windows"]
        if epoch is not None:
            self.open(epoch, baseline, None)


def _distinct(keys: Ints) -> tuple[list[int], Ints]:
    """The keys that occur, and of each event the position of its own among them."""
    distinct, which = np.unique(keys, return_inverse=True)
    return distinct.tolist(), which.reshape(-1)


def _with_all_statistics(rows: list[list[int]]) -> Ints:
    """The table of past windows; what a state of before lacks is that of windows without numbers, and no pairs."""
    last = (USUAL_BITS, 0)
    missing = [len(STATISTICS) - len(row) for row in rows]
    filled = [[*row, *last[len(last) - more :]] for row, more in zip(rows, missing, strict=True)]
    return np.array(filled, dtype=np.int64).reshape(-1, len(STATISTICS))


def _filled(times: Ints, before: Ints) -> Ints:
    """*times* with −1 replaced by the time of the event before, as far as there is one."""
    last = before[-1:] if len(before) else np.array([-1], dtype=np.int64)
    all_times = np.concatenate((last, times))
    known = np.maximum.accumulate(np.where(all_times >= 0, np.arange(len(all_times)), 0))
    filled: Ints = all_times[known][1:]
    return filled
