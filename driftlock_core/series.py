"""
A numeric series judged record by record, strictly online: nothing of a later record touches an earlier score.

Five readings give each value a cost: the distance to the nearest value seen
before, the bits of its symbol after the symbols before it, the bits by which
the newest window's mix departs from the long run's, the distance to the
nearest value that came at such a time of the period, and the bits of standing
still. Each becomes a surprise among its own past; what passes one decade is added up.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from driftlock_core.series_alerts import (
    ALERT_SCORE,
    FREE_DECADES,
    PAGE_SCORE,
    SILENT_PART,
    alarms,
    excess,
    folded,
)
from driftlock_core.series_scores import READINGS, SeriesScores
from driftlock_core.views.newest import FEWEST_RANKED, FRESH, MEMORY, Newest
from driftlock_core.views.numbers import Grid, bounded
from driftlock_core.views.value_context import CELLS as CONTEXT_CELLS
from driftlock_core.views.value_context import ValueContext
from driftlock_core.views.value_counter import increment, is_counter
from driftlock_core.views.value_dictionary import ValueDictionary
from driftlock_core.views.value_expectation import Expectation, central, central_values, nearest
from driftlock_core.views.value_season import ValueSeason, found_season
from driftlock_core.views.value_stuck import ValueStuck
from driftlock_core.views.value_window import CELLS as WINDOW_CELLS
from driftlock_core.views.value_window import ValueWindow

__all__ = [
    "ALERT_SCORE",
    "FREE_DECADES",
    "PAGE_SCORE",
    "READINGS",
    "SILENT_PART",
    "UNRANKED_PART",
    "SeriesDetector",
    "SeriesScores",
    "excess",
    "folded",
]


RANKED: Final = READINGS[:4]  # the last gives decades itself

# Costs at the very beginning are those of knowing nothing; the first three tenths of the warm-up do not rank.
UNRANKED_PART: Final = 0.3
# Records worked on together; how many changes no score.
AT_ONCE: Final = 256
# Decades that the season's reading gives away.
CHOICE: Final = 1.0
# Positions kept when they are cut: more than a memory ever holds numbers.
ALIGNED: Final = MEMORY + FRESH


class SeriesDetector:
    """
    Learns and judges a series as it comes; a warm-up of the first records sets the range of its grids.

    Memory is bounded: seven times the newest 16384 numbers or so, most of them
    twice, 512 numbers to each of 24 times of the period, at most 22 621
    contexts of 13 counts and as many rows of five of them, and the warm-up itself until it ends.

    Args:
        warmup: Records, at least 1, that are learned and never alerted on.

    A value that is NaN is a record that was not measured: it scores 0 and
    teaches nothing. Infinities count as the largest numbers there are. If the
    warm-up climbs as a counter does, increments are judged from then on.

    >>> detector = SeriesDetector(warmup=100)
    >>> calm = detector.update([float(n % 7) for n in range(400)])
    >>> int(calm.alert.sum()), float(detector.update([40.0]).score[0]) > ALERT_SCORE
    (0, True)
    """

    def __init__(self, warmup: int) -> None:
        if warmup < 1:
            raise ValueError(f"warmup={warmup}: at least 1 record is needed to set the range of values")
        self.warmup = warmup
        self.timed: bool | None = None  # whether records have times; unknown before the first
        self.records = 0
        self.measured = 0  # numbers that were learned
        self.waiting: list[tuple[int, float, float]] = []  # record, number and position of the warm-up
        self.before: tuple[int, float] | None = None  # record and number before, if a counter is judged
        self.counted_from = 0.0, 1.0  # number and records that the newest increment begins at and spans
        self.position = 0.0  # of the newest record that has one
        self.readings: tuple[ValueDictionary, ValueContext, ValueWindow] | None = None
        self.season: ValueSeason | None = None
        self.stuck = ValueStuck()
        self.grids: tuple[Grid, Grid] | None = None
        self.positions = array("d")  # of the numbers that the value dictionary remembers
        self.past_costs: list[Newest] = [Newest() for _ in RANKED]
        self.past_excesses = Newest()
        self.alert_alarm, self.page_alarm = alarms(warmup)

    def update(self, values: Iterable[float], times: Iterable[float] | None = None) -> SeriesScores:
        """
        Judge and learn *values*, one record each, in their order; how they are cut into calls changes nothing.

        Args:
            values: Shape ``(records,)``, any unit.
            times: Shape ``(records,)``, seconds since any moment that is midnight, such as 1970 began. They keep
                the place in a period where records are missing or come unevenly, in any order; one that
                is not finite counts as the one before. Without them, records are taken to be evenly apart.

        Raises:
            ValueError: There are not as many times as values, or there were times before and now there are
                none, or the other way about.
        """
        numbers = [bounded(float(value)) for value in values]
        positions = self._positions(len(numbers), times)
        scores = SeriesScores.of_nothing(len(numbers))
        expectations: list[Expectation] = []
        at = 0
        while at < len(numbers):
            if self.readings is None:
                self._warm_up(numbers[at], positions[at])
                at += 1
                continue
            stop = min(at + AT_ONCE, len(numbers))
            rows = [row for row, number in enumerate(numbers[at:stop], start=at) if number == number]
            # A period is looked for between two batches.
            until = min(1 << self.measured.bit_length(), (self.measured // MEMORY + 1) * MEMORY)
            if len(rows) > (room := until - self.measured):
                del rows[room:]
                stop = rows[-1] + 1
            if rows:
                batch = _Batch(
                    rows,
                    self.records - at,
                    [numbers[row] for row in rows],
                    [float(positions[row]) for row in rows],
                )
                expectations += self._judge(batch, scores)
            self.records += stop - at
            at = stop
            if self.measured == until:
                self._search()
        return replace(scores, expectations=tuple(expectations))

    def begin(self, low: float, high: float) -> tuple[ValueDictionary, ValueContext, ValueWindow]:
        """Readings that know nothing yet, on grids from *low* to *high*."""
        self.grids = Grid(low, high, CONTEXT_CELLS), Grid(low, high, WINDOW_CELLS)
        self.readings = ValueDictionary(), ValueContext(self.grids[0]), ValueWindow(self.grids[1])
        return self.readings

    def _positions(self, count: int, times: Iterable[float] | None) -> Sequence[float]:
        """Places in time of the next *count* records: seconds, or how many records came before."""
        if count and self.timed is None:
            self.timed = times is not None
        if times is None:
            if count and self.timed:
                raise ValueError("records came with times before: give times for these too")
            return range(self.records, self.records + count)
        given = [float(time) for time in times]
        if len(given) != count:
            raise ValueError(f"{len(given)} times for {count} values: give one for each")
        if count and not self.timed:
            raise ValueError("records came without times before: give none for these either")
        for at, time in enumerate(given):
            if math.isfinite(time):
                self.position = bounded(time)
            given[at] = self.position
        return given

    def _warm_up(self, value: float, position: float) -> None:
        if value == value:
            self.waiting.append((self.records, value, position))
        self.records += 1
        # A warm-up without a single number goes on until there is one.
        if self.records < self.warmup or not self.waiting:
            return
        if is_counter([value for _, value, _ in self.waiting]):
            record, value, _ = self.waiting.pop(0)
            self.before = record, value
        steps = [(self._judged(record, value), position) for record, value, position in self.waiting]
        judged, places = map(list, zip(*(step for step in steps if step[0] == step[0]), strict=True))
        self.begin(min(judged), max(judged))
        unranked = math.ceil(UNRANKED_PART * self.warmup)
        self._costs(judged[:unranked], places[:unranked], warming=True)
        self._learn(judged[unranked:], places[unranked:], warming=True)
        self.waiting = []
        self._search()

    def _judge(self, batch: "_Batch", scores: SeriesScores) -> list[Expectation]:
        """Write the scores of *batch*; what was expected where there is an alert."""
        judged, begun = batch.values, [self.counted_from] * len(batch.values)
        if self.before:
            batch, judged, begun = self._counted(batch)
            if not judged:
                return []
        surprises, excesses, p_values = self._learn(judged, batch.positions)
        scores.surprise[batch.rows] = surprises
        scores.p_value[batch.rows] = p_values
        scores.score[batch.rows] = [folded(passing) if passing else 0.0 for passing in excesses]
        expectations = []
        for at, passing in enumerate(excesses):
            if passing < ALERT_SCORE:
                continue
            row, record = batch.rows[at], batch.rows[at] + batch.offset
            alert = self.alert_alarm.goes_off(passing, record)
            page = self.page_alarm.goes_off(passing, record)
            scores.alert[row], scores.page[row] = alert or page, page
            if page:
                scores.score[row] = passing
            elif alert:
                scores.score[row] = folded(passing, ALERT_SCORE, PAGE_SCORE)
            if alert or page:
                back = len(judged) - 1 - at
                offset, records = begun[at]
                past = self.readings[0].before(back) if self.readings else []
                low, high = self._expected(past, back, begun[at])
                expectations.append(
                    Expectation(
                        record=record,
                        value=batch.values[at],
                        low=low,
                        high=high,
                        nearest=offset + records * nearest(past, judged[at]),
                        view=READINGS[surprises[at].index(max(surprises[at]))],
                        surprise=tuple(surprises[at]),
                        bits=passing * math.log2(10.0),
                        p_value=p_values[at],
                        page=page,
                    )
                )
        return expectations

    def _counted(self, batch: "_Batch") -> tuple["_Batch", list[float], list[tuple[float, float]]]:
        """*batch* without resets of the counter, what was counted to each, and what :attr:`counted_from` was there."""
        kept = _Batch([], batch.offset, [], [])
        judged, begun = [], []
        for row, value, position in zip(batch.rows, batch.values, batch.positions, strict=True):
            counted = self._judged(row + batch.offset, value)
            if counted == counted:
                kept.rows.append(row)
                kept.values.append(value)
                kept.positions.append(position)
                judged.append(counted)
                begun.append(self.counted_from)
        return kept, judged, begun

    def expected(self) -> tuple[float, float]:
        """
        Central 90 % of what was expected of the newest number as it came, in the series' own unit.

        By its time of the period if there is one and 30 values came at such a
        time, else by the symbols before it. NaN during the warm-up.
        """
        past = self.readings[0].before() if self.readings else []
        return self._expected(past, 0, self.counted_from)

    def _expected(self, past: Sequence[float], back: int, begun: tuple[float, float]) -> tuple[float, float]:
        """
        :meth:`expected` of the number *back* before the newest.

        *past* are the values before it, ascending; its increment began as *begun* says.
        """
        if self.readings is None or self.grids is None:
            return math.nan, math.nan
        usual = self.season.before(back) if self.season else []
        if len(usual) >= FEWEST_RANKED:
            low, high = central_values(usual)
        else:
            low, high = central(past, self.grids[0], self.readings[1].expected(back))
        offset, records = begun
        return offset + records * low, offset + records * high

    def _judged(self, record: int, value: float) -> float:
        """*value* itself, or what a counter counted to a record since the last number; NaN after a reset."""
        if self.before is None:
            return value
        before, self.before = self.before, (record, value)
        step = increment(before[1], value)
        if step == step:
            self.counted_from = before[1], float(record - before[0])
        return step / (record - before[0])

    def _costs(
        self, values: Sequence[float], positions: Sequence[float], *, warming: bool
    ) -> tuple[list[Sequence[float | None]], list[float]]:
        """Costs of *values* by reading, and decades of the last one; then they belong to the past."""
        assert self.readings is not None
        assert self.grids is not None
        dictionary, context, window = self.readings
        coarse, fine = self.grids
        self.measured += len(values)
        self.positions.extend(positions)
        if len(self.positions) >= 2 * MEMORY:
            del self.positions[:-ALIGNED]
        costs: list[Sequence[float | None]] = [
            dictionary.costs(values),
            context.costs([coarse.symbol(value) for value in values]),
            [window.cost(fine.symbol(value)) for value in values],
        ]
        if self.season:
            costs.append(self.season.costs(values, positions))
        return costs, [self.stuck.decades(value, warming=warming) for value in values]

    def _learn(
        self, values: Sequence[float], positions: Sequence[float], *, warming: bool = False
    ) -> tuple[list[list[float]], list[float], list[float]]:
        """Surprises, excess and p-value of each of *values* among what came before; then they belong to that."""
        costs, stuck = self._costs(values, positions, warming=warming)
        had = len(self.past_costs[0])
        value, context, window = (
            past.surprises([cost for cost in of if cost is not None])
            for of, past in zip(costs[:3], self.past_costs, strict=False)
        )
        season = [0.0] * len(values)
        if len(costs) > 3:
            known = [at for at, cost in enumerate(costs[3]) if cost is not None]
            ranked = self.past_costs[3].surprises([cost for cost in costs[3] if cost is not None])
            for at, decades in zip(known, ranked, strict=True):
                # It has chosen its own yardstick, and pays a decade for the choice.
                season[at] = max(0.0, decades - CHOICE)
        rows = [list(row) for row in zip(value, context, window, season, stuck, strict=True)]
        passing = [_excess(row) if max(row) > FREE_DECADES else 0.0 for row in rows]
        # As long as nothing is ranked, the rank of an excess says nothing.
        skipped = min(len(rows), max(0, FEWEST_RANKED - had))
        return rows, passing, [1.0] * skipped + self.past_excesses.ranks(passing[skipped:])

    def _search(self) -> None:
        """Look for a period in what is remembered, and begin a season's reading with that if it is a new one."""
        assert self.readings is not None
        values, _ = self.readings[0].seen.arrived()
        del self.positions[: len(self.positions) - len(values)]
        season = found_season(values, self.positions, timed=bool(self.timed))
        known = self.season and (self.season.period, self.season.phases)
        if season is None or (season.period, season.phases) != known:
            self.season = season
            self.past_costs[3] = Newest()
            if season:
                costs = season.costs(values, self.positions)
                self.past_costs[3] = Newest(cost for cost in costs if cost is not None)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Numbers to judge: their rows in the scores, what to add for their 0-based records, where they lie in time."""

    rows: list[int]
    offset: int
    values: list[float]
    positions: list[float]


def _excess(surprises: Iterable[float]) -> float:
    """:func:`excess` of one record."""
    return sum(decades - FREE_DECADES for decades in surprises if decades > FREE_DECADES)
