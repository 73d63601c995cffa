"""What the views beside the bytes keep of each event of a stream: a few whole numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from driftlock_core.epoch import Baseline
from driftlock_core.window_views.like_lines import line_keys
from driftlock_core.window_views.pace import Pace
from driftlock_core.window_views.recency import Recency
from driftlock_core.window_views.skeleton import skeleton_keys
from driftlock_core.window_views.template_numbers import TemplateNumbers
from driftlock_core.window_views.values import ValueMemory

Ints = npt.NDArray[np.int64]

# Saved with a stream; templates and lines are read off its events instead.
_SAVED = ("ages", "times", "intervals", "usual_us", "bits", "compared", "stills")


@dataclass(frozen=True, slots=True, eq=False)
class EventColumns:
    """Columns of equal length, one entry per event, in the order of the stream."""

    templates: Ints  # by number, see template_numbers.py
    lines: Ints  # digests of the canonical events
    ages: Ints  # events since the last like of each, 0 for never
    times: Ints  # microseconds; where there is none, that of the event before
    intervals: Ints  # before each event, in millionths of a usual one, see pace.py
    usual_us: Ints  # the usual interval, microseconds
    bits: Ints  # of each event's numbers, 1/1024, see values.py
    compared: Ints  # numbers of each event
    stills: Ints  # before each event, in millionths of the longer of two usual ones, see pace.py

    @classmethod
    def none(cls) -> Self:
        """Of no events."""
        return cls(*(np.empty(0, dtype=np.int64) for _ in fields(cls)))

    def __len__(self) -> int:
        return len(self.templates)

    def __getitem__(self, span: slice) -> "EventColumns":
        """A stretch of events; looks at the same memory."""
        return EventColumns(*(column[span] for column in self.all))

    def joined(self, later: "EventColumns") -> "EventColumns":
        """These events and then the *later* ones."""
        return EventColumns(
            *(np.concatenate(columns) for columns in zip(self.all, later.all, strict=True)),
        )

    def without_first(self, events: int) -> "EventColumns":
        """All but the first so many, which are forgotten."""
        return EventColumns(*(column[events:].copy() for column in self.all))

    @property
    def all(self) -> tuple[Ints, ...]:
        """The columns in order."""
        return tuple(getattr(self, name) for name in self.__slots__)

    def state(self) -> dict[str, list[int]]:
        """What the events themselves do not tell, ready for JSON."""
        return {name: getattr(self, name).tolist() for name in _SAVED}


class EventReader:
    """
    Makes the columns of the next events, from what it remembers of those before.

    Args:
        valued: Whether numbers in events are looked at.
    """

    def __init__(self, *, valued: bool) -> None:
        self._valued = valued
        self.numbers = TemplateNumbers()
        self.recency = Recency()
        self.values = ValueMemory()
        self.pace = Pace()

    def read(self, raw: Sequence[bytes], canonical: Sequence[bytes], times: Ints) -> EventColumns:
        """
        The next events.

        Args:
            times: Microseconds, as :func:`without_gaps` has them.
        """
        keys = skeleton_keys(canonical)
        return self._columns(
            raw, keys, lines=line_keys(canonical), times=times, **self.pace.take(times)._asdict()
        )

    def read_before(
        self,
        baseline: Baseline,
        raw: Sequence[bytes],
        events: EventColumns,
    ) -> tuple[EventColumns, EventColumns]:
        """
        A baseline from elsewhere: what it holds was seen before the stream began. It has no pace.

        Args:
            raw: All events read so far, as received.
            events: Their columns.

        Returns:
            Columns of the baseline, and *events* with the ages and bits that they have after it.
        """
        self.recency, self.values = Recency(), ValueMemory()
        own = self.numbers.keys()[events.templates]
        none = np.zeros(len(baseline.canonical), dtype=np.int64)
        before = self._columns(
            baseline.raw,
            skeleton_keys(baseline.canonical),
            lines=line_keys(baseline.canonical),
            times=none,
            intervals=none,
            usual_us=none,
            stills=none,
        )
        after = self._columns(
            raw,
            own,
            lines=events.lines,
            times=events.times,
            intervals=events.intervals,
            usual_us=events.usual_us,
            stills=events.stills,
        )
        return before, after

    def template_numbers(self, canonical: Sequence[bytes]) -> Ints:
        """Of events that are none of the stream's."""
        distinct, which = _distinct(skeleton_keys(canonical))
        return self.numbers.of(distinct)[which]

    def state(self) -> dict[str, Any]:
        """All that is remembered, ready for JSON; :meth:`restore` reads it."""
        return {
            "places": self.values.state(),
            **self.pace.state(),
            "seen": self.recency.seen,
            "last": self.recency.state(),
        }

    def restore(self, state: dict[str, Any], canonical: Sequence[bytes]) -> EventColumns:
        """
        Go on from a saved state, that of the columns beside it.

        Args:
            canonical: The events kept.

        Returns:
            Their columns.
        """
        self.values.restore(state.get("places", ()))
        self.pace.restore(state["recent"], state.get("paced", 0), state.get("anchors", ()))
        self.recency.seen, self.recency.last = state["seen"], dict(map(tuple, state["last"]))
        # A state of before lacks columns that its stream does not ask for, and the second pace.
        saved = dict.fromkeys(("bits", "compared", "stills"), [0] * len(canonical)) | state
        return EventColumns(
            templates=self.template_numbers(canonical),
            lines=line_keys(canonical),
            **{name: np.array(saved[name], dtype=np.int64) for name in _SAVED},
        )

    def _columns(self, raw: Sequence[bytes], keys: Ints, **known: Ints) -> EventColumns:
        distinct, which = _distinct(keys)
        none = np.zeros(len(keys), dtype=np.int64)
        bits, compared = self.values.take(raw, keys) if self._valued else (none, none)
        return EventColumns(
            templates=self.numbers.of(distinct)[which],
            ages=self.recency.take(distinct, which),
            bits=bits,
            compared=compared,
            **known,
        )


def without_gaps(times: Ints, last: int) -> Ints:
    """
    *times* with −1 replaced by the time of the event before, as far as there is one.

    Args:
        last: Of the event before the first, −1 where it has none.

    >>> without_gaps(np.array([-1, 5, -1, 7, -1]), -1).tolist()
    [-1, 5, 5, 7, 7]
    """
    all_times = np.concatenate(([last], times))
    known = np.maximum.accumulate(np.where(all_times >= 0, np.arange(len(all_times)), 0))
    filled: Ints = all_times[known][1:]
    return filled


def _distinct(keys: Ints) -> tuple[list[int], Ints]:
    """The keys that occur, and of each event the position of its own among them."""
    distinct, which = np.unique(keys, return_inverse=True)
    return distinct.tolist(), which.reshape(-1)
