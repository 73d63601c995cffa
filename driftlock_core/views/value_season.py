"""The reading of a series by its place in a period: how far the nearest value is that came at such a time."""

import math
from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from driftlock_core.views.value_period import period

PHASES: Final = 24  # hours of a day, where the period is a day
MEMORY: Final = 512  # newest values remembered to a phase: six weeks of a day at one record in 5 minutes
SHOWN: Final = 256  # of these for an expected range: the rest may be forgotten by a batch of 256
# Periods before a phase says anything: of the first there is nothing to compare with, of the second one example.
FEWEST_PERIODS: Final = 2


# How near a found period lies to the one it stands for, where times tell: a day or a week.
NEAR: Final = 0.1
DAY: Final = 86400.0  # seconds
WEEK: Final = 7 * DAY
SEARCHED: Final = 8192  # newest values in which a period is looked for


class ValueSeason:
    """
    The dictionary of values, one to each 24th of a period; its neighbours on both sides count as well.

    A value that is usual at noon is far from all that came at night.

    Args:
        period: In records, or in seconds where records have times.
        phases: At most 24, and no more than records in the period.
        start: Position at which it begins to learn, same unit as *period*.
        seen: Values of each phase, oldest first.
    """

    name = "season"

    def __init__(
        self, period: float, phases: int, start: float, seen: Iterable[Iterable[float]] | None = None
    ) -> None:
        self.period = period
        self.phases = phases
        self.start = start
        self._arrived = [array("d", one) for one in seen or [[]] * phases]
        self._ordered = [sorted(one) for one in self._arrived]
        self._around = [sorted({(at + step) % phases for step in (-1, 0, 1)}) for at in range(phases)]
        self._came: list[int] = []  # phases of the latest call

    def costs(self, values: Sequence[float], positions: Sequence[float]) -> list[float | None]:
        """
        Distance of each to the nearest value of its time of the period; ``None`` before the third. Then remembers them.
        """
        self._came = []
        result = []
        for value, position in zip(values, positions, strict=True):
            phase = int(position % self.period / self.period * self.phases) % self.phases
            gap = math.inf
            if abs(position - self.start) >= FEWEST_PERIODS * self.period:
                for near in self._around[phase]:
                    ordered = self._ordered[near]
                    at = bisect_left(ordered, value)
                    if at < len(ordered) and ordered[at] - value < gap:
                        gap = ordered[at] - value
                    if at and value - ordered[at - 1] < gap:
                        gap = value - ordered[at - 1]
            result.append(gap if gap < math.inf else None)
            self._came.append(phase)
            arrived, ordered = self._arrived[phase], self._ordered[phase]
            arrived.append(value)
            insort(ordered, value)
            if len(arrived) > MEMORY:
                del ordered[bisect_left(ordered, arrived.pop(0))]
        return result

    def before(self, back: int = 0) -> list[float]:
        """
        Values of the time of one, before it came: the newest, or *back* values earlier in the latest :meth:`costs`.

        Ascending; of each phase at most the newest 256.
        """
        since = self._came[len(self._came) - 1 - back :]
        usual: list[float] = []
        for near in self._around[since[0]] if since else []:
            behind = len(self._arrived[near]) - since.count(near)
            usual += self._arrived[near][max(0, behind - SHOWN) : behind]
        return sorted(usual)

    def state(self) -> list[object]:
        """The arguments that make it again."""
        return [self.period, self.phases, self.start, [one.tolist() for one in self._arrived]]


def found_season(values: Sequence[float], positions: Sequence[float], *, timed: bool) -> ValueSeason | None:
    """
    An empty reading for the period of *values* at *positions*, both in the order they came; ``None`` without one.

    Args:
        values: Shape ``(numbers,)``.
        positions: Shape ``(numbers,)``; in seconds if *timed*, else in records.
    """
    records = period(np.array(values[-SEARCHED:], dtype=np.float64))
    if not records:
        return None
    length = float(records)
    if timed:
        # Not so many times the usual step: records may be missing all along.
        came = np.array(positions[-SEARCHED:], dtype=np.float64)
        apart = np.sort(came[records:] - came[:-records])
        length = float(apart[len(apart) // 2])
        if length <= 0.0:
            return None
        for usual in (DAY, WEEK):
            if abs(length - usual) <= NEAR * usual:
                length = usual
    return ValueSeason(length, min(PHASES, records), positions[0])
