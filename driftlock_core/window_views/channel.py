"""The views of a stream's windows beside its bytes: measured as events come."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from driftlock_core.epoch import Baseline
from driftlock_core.profiles import Profile, counted
from driftlock_core.verdict import ViewEvidence
from driftlock_core.window_views.catalogue import COLUMN, PLACE, STATISTICS, Aspect, aspects_of_first
from driftlock_core.window_views.event_columns import EventColumns, EventReader, without_gaps
from driftlock_core.window_views.past import AspectColumns, PastWindows
from driftlock_core.window_views.statistics import statistics_of
from driftlock_core.window_views.values import USUAL_BITS

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
        # Looked at, the first so many: a stream keeps to those it began with.
        self.statistics = len(STATISTICS)
        self.timed: bool | None = None  # not known before the first baseline
        self._aspects: tuple[bool | None, tuple[Aspect, ...]] | None = None  # for what timed was then
        self.with_time = 0  # events of the first baseline that name one
        self.kept_chunk = 0  # with which what is kept of each event begins
        self.events = EventColumns.none()
        self.reader = EventReader(valued="values" in profile.views)
        self.past = PastWindows(profile)
        self.baselines: dict[int, Ints] = {}  # template numbers of each epoch's baseline

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
        if times is None:
            times = np.full(len(canonical), -1, dtype=np.int64)
        if self.timed is None:
            first = times[: max(0, self._profile.baseline - self.reader.recency.seen)]
            self.with_time += int(np.count_nonzero(first >= 0))
        last = int(self.events.times[-1]) if len(self.events) else -1
        self.events = self.events.joined(self.reader.read(raw, canonical, without_gaps(times, last)))

    def begin(self, given: Baseline | None, raw: Sequence[bytes], sizes: Ints) -> None:
        """
        The first baseline is there, or was *given*: the windows inside it are the first references.

        Args:
            raw: The events kept, as received.
            sizes: Of those windows, bytes.
        """
        count, hop = self._profile.baseline, self._profile.hop
        if given is None:
            first = self.events[:count]
        else:
            first, self.events = self.reader.read_before(given, raw, self.events)
            self.with_time = 0  # a baseline from elsewhere has a pace of its own
        self.timed = self.with_time >= TIMED_SHARE * count
        k, n = self._profile.chunks_per_window, self._profile.chunks_in_baseline
        # As for the bytes: the blocks that a window touches are no part of its own baseline.
        templates = first.templates
        outside = [
            np.concatenate(
                (templates[: chunk // k * k * hop], templates[((chunk + k - 1) // k + 1) * k * hop :])
            )
            for chunk in range(n - k + 1)
        ]
        self.past.table = self._statistics(outside, np.arange(n - k + 1), first, sizes)

    def open(self, epoch: int, baseline: Sequence[bytes], chunk: int | None) -> None:
        """
        An epoch begins.

        Args:
            baseline: Its canonical events, where they are none of those kept.
            chunk: With which they begin, where they are events kept.
        """
        if chunk is not None:
            begin = (chunk - self.kept_chunk) * self._profile.hop
            self.baselines[epoch] = self.events.templates[begin : begin + self._profile.baseline].copy()
        elif self._given and self.baselines:
            self.baselines[epoch] = next(iter(self.baselines.values()))
        else:
            self.baselines[epoch] = self.reader.template_numbers(baseline)

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
            self.events[span],
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
        events = self.events[begin : begin + self._profile.window]
        valued = "values" in self._profile.views
        return ViewEvidence(
            aspects={
                aspect.name: (p[PLACE[aspect.name]], self.distance(aspect, window, score))
                for aspect in self.aspects
            },
            values=tuple(self.past.row(window)[: self.statistics].tolist()),
            usual=tuple(self.past.usual(window)[: self.statistics].tolist()),
            references=self._references(window),
            ages=tuple(events.ages.tolist()),
            times=tuple(events.times.tolist()) if self.timed else (),
            intervals=tuple(events.intervals.tolist()) if self.timed else (),
            usual_us=int(events.usual_us[0]) if self.timed else 0,
            bits=tuple(events.bits.tolist()) if valued else (),
            compared=tuple(events.compared.tolist()) if valued else (),
            stills=tuple(events.stills.tolist()) if self.timed and self.statistics > COLUMN["still"] else (),
        )

    def _references(self, window: int) -> tuple[tuple[int, ...], ...]:
        found = self.past.references(window)
        if self.statistics == len(STATISTICS):
            return found
        return tuple(row[: self.statistics] for row in found)

    def _statistics(self, baselines: Sequence[Ints], which: Ints, events: EventColumns, sizes: Ints) -> Ints:
        return statistics_of(
            baselines,
            which,
            events.templates,
            events.lines,
            events.ages,
            (events.intervals, events.stills) if self.timed else None,
            (events.bits, events.compared),
            sizes,
            self._profile,
        )

    def forget(self, chunk: int, epoch: int) -> None:
        """Drop events before *chunk*, and what only epochs before *epoch* need."""
        drop = max(0, chunk - self.kept_chunk) * self._profile.hop
        if drop:
            self.events = self.events.without_first(drop)
            self.kept_chunk = chunk
        kept = [index for index in self.baselines if index >= epoch]
        held = self.reader.numbers.renew([self.events.templates, *(self.baselines[index] for index in kept)])
        self.events = replace(self.events, templates=held[0])
        self.baselines = dict(zip(kept, held[1:], strict=True))
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
            **self.events.state(),
            **self.reader.state(),
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
        self.events = self.reader.restore(state, canonical)
        self.statistics = state.get("statistics", _OF_BEFORE if state["table"] else len(STATISTICS))
        self.past.table = _with_all_statistics(state["table"])
        self.past.start, self.past.windows = state["table_start"], state["windows"]
        if epoch is not None:
            self.open(epoch, baseline, None)


def _with_all_statistics(rows: list[list[int]]) -> Ints:
    """The table of past windows; what a state of before lacks is that of windows without numbers, pairs and pauses."""
    last = (USUAL_BITS, 0, 0)
    missing = [len(STATISTICS) - len(row) for row in rows]
    filled = [[*row, *last[len(last) - more :]] for row, more in zip(rows, missing, strict=True)]
    return np.array(filled, dtype=np.int64).reshape(-1, len(STATISTICS))
