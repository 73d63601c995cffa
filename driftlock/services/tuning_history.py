"""The stored numbers of one stream, ready to be decided again under other limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import numpy as np

from driftlock.model import Label, ScoreColumns, Stream, microseconds
from driftlock.services.records import DAY_US
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_changes import ProfileChange
from driftlock_core.profiles import Profile
from driftlock_core.recount import Recounter, Rule
from driftlock_core.windows import Bools, Ints

# Of the windows at least this share must name a time, for a rate to be taken from those times.
TIMED_SHARE: Final = 0.9


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """
    Windows of one stream, from *first* up to before *stop*, with all before them to count against.

    ``columns`` and ``labels`` are those of the range; ``recounter`` knows the whole stream.
    """

    stream: Stream
    profile: Profile  # as of now; its limits are the current rule
    recounter: Recounter
    every: ScoreColumns  # of the whole stream
    known_labels: dict[int, Label]  # by window, of the whole stream
    first: int  # window
    stop: int
    changes: Sequence[ProfileChange] = ()  # of its limits, oldest first
    gone: str = ""  # one sentence on what retention removed of it; empty: nothing that counts
    left_out: Bools | None = None  # of a suppressed pattern; one entry per window of the whole stream

    @cached_property
    def columns(self) -> ScoreColumns:
        """One row a window of the range."""
        names = [name for name in ScoreColumns.__dataclass_fields__ if name != "extra"]
        cut: dict[str, Any] = {name: getattr(self.every, name)[self.first : self.stop] for name in names}
        extra = {name: column[self.first : self.stop] for name, column in self.every.extra.items()}
        return ScoreColumns(**cut, extra=extra)

    @property
    def windows(self) -> int:
        """Windows in the range."""
        return self.stop - self.first

    @property
    def rule(self) -> Rule:
        """The limits in force."""
        return Rule.of(self.profile)

    @property
    def alarms(self) -> Alarms:
        """What counts as an alarm by the limits in force."""
        return self.changes[-1].alarms if self.changes else Alarms()

    @cached_property
    def windows_per_day(self) -> float | None:
        """Rate over the range; None where times are missing."""
        span = self._span_us
        return None if span is None else (self.windows - 1) * DAY_US / span

    @cached_property
    def days(self) -> float | None:
        """How long the range lasted, at that rate; None where times are missing."""
        rate = self.windows_per_day
        return None if rate is None else self.windows / rate

    @cached_property
    def _span_us(self) -> int | None:
        columns = self.columns
        # A stream fed from outside has the moments its events came in; a file has them all at once.
        seen = columns.extra["seen_us"]
        if self.stream.run_id is not None:
            named = columns.last_at_us >= 0
            if not len(named) or named.mean() < TIMED_SHARE:
                return None
            seen = columns.last_at_us[named]
        span = int(seen.max() - seen.min()) if len(seen) > 1 else 0
        return span if span > 0 else None

    def labelled(self, label: Label) -> Bools:
        """Windows of the range that carry *label*."""
        found = np.zeros(self.windows, dtype=np.bool_)
        of = [window - self.first for window, one in self.known_labels.items() if one == label]
        within: Ints = np.array([at for at in of if 0 <= at < self.windows], dtype=np.int64)
        found[within] = True
        return found

    def part(self, first: int, stop: int) -> "History":
        """The windows of the range from its *first*, counted from 0, up to before *stop*."""
        return replace(self, first=self.first + first, stop=self.first + stop)


def between(columns: ScoreColumns, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """First window seen at *since* or later, and the one behind the last seen before *until*."""
    seen = columns.extra["seen_us"]
    inside = np.ones(len(seen), dtype=np.bool_)
    if since is not None:
        inside &= seen >= microseconds(since)
    if until is not None:
        inside &= seen < microseconds(until)
    at = np.flatnonzero(inside)
    return (int(at[0]), int(at[-1]) + 1) if len(at) else (0, 0)
