"""
A numeric series judged record by record, strictly online: nothing of a later record touches an earlier score.

Three readings give each value a cost: the distance to the nearest value seen
before, the bits of its symbol after the symbols before it, and the bits by
which the newest window's mix departs from the long run's. Each cost becomes a
surprise by its rank among its own past, and what passes one decade is added up.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.views.numbers import FEWEST_RANKED, Grid, Newest, bounded, surprise
from driftlock_core.views.value_context import CELLS as CONTEXT_CELLS
from driftlock_core.views.value_context import ValueContext
from driftlock_core.views.value_dictionary import ValueDictionary
from driftlock_core.views.value_window import CELLS as WINDOW_CELLS
from driftlock_core.views.value_window import ValueWindow

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

READINGS: Final = (ValueDictionary.name, ValueContext.name, ValueWindow.name)

# Costs at the very beginning are those of knowing nothing; the first three tenths of the warm-up do not rank.
UNRANKED_PART: Final = 0.3
# Decades of each reading that count for nothing: one record in ten has as much by chance alone.
FREE_DECADES: Final = 1.0
# Decades from which a record raises an alert, the same for every series. Chosen on 31 public series to miss
# little: 55 of 57 anomalies with 106 alerts beside them; 4 would find 45 with 56 beside them.
ALERT_SCORE: Final = 1.77
# Part of the warm-up for which an alert keeps further ones silent: one anomaly is one alert.
SILENT_PART: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesScores:
    """
    One entry per record. Scores and surprises are in decades: 1 is a factor of ten in probability.

    Attributes:
        surprise: Shape ``(records, 3)``, columns as in :data:`READINGS`, each in [0, 30].
        score: 1.77 and more exactly where there is an alert; 0 during the warm-up. See :func:`folded`.
        p_value: Rank of the excess among past ones, in (0, 1]; 1 during the warm-up.
        alert: The excess reaches 1.77 and no alert came shortly before.
    """

    surprise: Floats
    score: Floats
    p_value: Floats
    alert: Bools


def excess(surprise: Floats) -> Floats:
    """
    What of the surprises passes one decade each, added up over the readings, in decades.

    >>> float(excess(np.array([[0.4, 1.5, 3.0]]))[0])
    2.5
    """
    passing: Floats = np.maximum(0.0, surprise - FREE_DECADES).sum(axis=-1)
    return passing


def folded(excess: float) -> float:
    """
    Score of a record that raises no alert: below 1.77, in the order of the excesses.

    After an alert its anomaly goes on, often louder. Folding keeps whoever puts
    a limit on the scores from counting each such record as an anomaly anew.

    >>> round(folded(0.5), 3), round(folded(20.0), 3)
    (0.39, 1.626)
    """
    return ALERT_SCORE * excess / (ALERT_SCORE + excess)


class SeriesDetector:
    """
    Learns and judges a series as it comes; a warm-up of the first records sets the range of its grids.

    Memory is bounded: five times the newest 16384 numbers twice (1.3 MB), at
    most 22 621 contexts of 13 counts, and the warm-up itself until it ends.

    Args:
        warmup: Records, at least 1, that are learned and never alerted on.

    A value that is NaN is a record that was not measured: it scores 0 and
    teaches nothing. Infinities count as the largest numbers there are.

    >>> detector = SeriesDetector(warmup=100)
    >>> calm = detector.update([float(n % 7) for n in range(400)])
    >>> int(calm.alert.sum()), float(detector.update([40.0]).score[0]) > ALERT_SCORE
    (0, True)
    """

    def __init__(self, warmup: int) -> None:
        if warmup < 1:
            raise ValueError(f"warmup={warmup}: at least 1 record is needed to set the range of values")
        self.warmup = warmup
        self.records = 0
        self.measured = 0  # records that hold a number and were learned
        self.last_alert: int | None = None  # 0-based record
        self.waiting: list[float] = []  # numbers of the warm-up, until it ends
        self.readings: tuple[ValueDictionary, ValueContext, ValueWindow] | None = None
        self.grids: tuple[Grid, Grid] | None = None
        self.past_costs: tuple[Newest, ...] = tuple(Newest() for _ in READINGS)
        self.past_excesses = Newest()

    def update(self, values: Iterable[float]) -> SeriesScores:
        """Judge and learn *values*, one record each, in their order; how they are cut into calls changes nothing."""
        rows = [self._next(float(value)) for value in values]
        return SeriesScores(
            surprise=np.array([row[0] for row in rows], dtype=np.float64).reshape(-1, len(READINGS)),
            score=np.array([row[1] for row in rows], dtype=np.float64),
            p_value=np.array([row[2] for row in rows], dtype=np.float64),
            alert=np.array([row[3] for row in rows], dtype=np.bool_),
        )

    def begin(self, low: float, high: float) -> tuple[ValueDictionary, ValueContext, ValueWindow]:
        """Readings that know nothing yet, on grids from *low* to *high*."""
        self.grids = Grid(low, high, CONTEXT_CELLS), Grid(low, high, WINDOW_CELLS)
        self.readings = ValueDictionary(), ValueContext(self.grids[0]), ValueWindow(self.grids[1])
        return self.readings

    def _next(self, value: float) -> tuple[Sequence[float], float, float, bool]:
        record = self.records
        self.records += 1
        value = bounded(value)
        if self.readings is None:
            if not math.isnan(value):
                self.waiting.append(value)
            # A warm-up without a single number goes on until there is one.
            if self.records >= self.warmup and self.waiting:
                self.begin(min(self.waiting), max(self.waiting))
                for earlier in self.waiting:
                    self._learn(earlier)
                self.waiting = []
            return _NOTHING
        if math.isnan(value):
            return _NOTHING
        surprises, p_value = self._learn(value)
        passing = _excess(surprises)
        silent = self.last_alert is not None and record - self.last_alert <= SILENT_PART * self.warmup
        alert = passing >= ALERT_SCORE and not silent
        if alert:
            self.last_alert = record
        return surprises, passing if alert else folded(passing), p_value, alert

    def _learn(self, value: float) -> tuple[list[float], float]:
        """Surprises and p-value of *value* among what came before; then it belongs to that."""
        assert self.readings is not None
        ranked = self.measured >= UNRANKED_PART * self.warmup
        self.measured += 1
        costs = [reading.cost(value) for reading in self.readings]
        surprises = [surprise(cost, past) for cost, past in zip(costs, self.past_costs, strict=True)]
        passing = _excess(surprises)
        p_value = (1 + self.past_excesses.at_least(passing)) / (1 + len(self.past_excesses))
        if len(self.past_costs[0]) >= FEWEST_RANKED:
            self.past_excesses.add(passing)
        if ranked:
            for cost, past in zip(costs, self.past_costs, strict=True):
                past.add(cost)
        return surprises, p_value


def _excess(surprises: Iterable[float]) -> float:
    """:func:`excess` of one record."""
    return sum(max(0.0, decades - FREE_DECADES) for decades in surprises)


_NOTHING: Final = ((0.0,) * len(READINGS), 0.0, 1.0, False)
