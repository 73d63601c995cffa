"""When a surprising record is worth an alert, and when an alert is worth waking somebody: silence and habit."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Decades of each reading that count for nothing: one record in ten has as much by chance alone.
FREE_DECADES: Final = 1.0
# Decades from which a record raises an alert, the same for every series: few anomalies are missed, and about two
# alerts in three are none.
ALERT_SCORE: Final = 1.77
# Decades from which it is worth waking somebody: every second page is an anomaly.
PAGE_SCORE: Final = 2.5
# Part of the warm-up for which an alert keeps further ones silent: one anomaly is one alert.
SILENT_PART: Final = 0.2
# Each alert raises the limit for the next by a quarter, each page by half. This fades with time, by a factor of e in
# one warm-up for alerts, in four for pages. A series that is often surprising has to surprise more.
ALERT_HABIT: Final = 0.25
PAGE_HABIT: Final = 0.5
ALERT_FADES: Final = 1.0
PAGE_FADES: Final = 4.0


def excess(surprise: Floats) -> Floats:
    """
    What of the surprises passes one decade each, added up over the readings, in decades.

    >>> float(excess(np.array([[0.4, 1.5, 3.0]]))[0])
    2.5
    """
    passing: Floats = np.maximum(0.0, surprise - FREE_DECADES).sum(axis=-1)
    return passing


def folded(excess: float, low: float = 0.0, high: float = ALERT_SCORE) -> float:
    """
    Score of a record that raises no alert: *low* to below *high*, in the order of the excesses.

    After an alert its anomaly goes on, often louder. Folding keeps whoever puts
    a limit on the scores from counting each such record as an anomaly anew.

    >>> round(folded(0.5), 3), round(folded(20.0), 3)
    (0.39, 1.626)
    """
    above, width = excess - low, high - low
    return min(low + width * above / (width + above), math.nextafter(high, 0.0))


@dataclass(slots=True)
class Alarm:
    """
    One limit on the excess, with a silence after each time it is passed, and a habit.

    Attributes:
        limit: Decades from which it goes off.
        rise: Part of itself by which the limit rises each time it is passed.
        silent: Records after it went off in which it does not.
        fades: Records in which the habit falls to a part of 1/e.
        last: 0-based record at which it went off last.
        habit: How many times it went off lately, as of *last*.
    """

    limit: float
    rise: float
    silent: float
    fades: float
    last: int | None = None
    habit: float = 0.0

    def goes_off(self, excess: float, record: int) -> bool:
        """Whether *record* passes the limit; then it counts as the last that did."""
        if excess < self.limit:
            return False
        habit = 0.0
        if self.last is not None:
            if record - self.last <= self.silent:
                return False
            habit = self.habit * math.exp((self.last - record) / self.fades)
            if excess < self.limit * (1.0 + self.rise * habit):
                return False
        self.last, self.habit = record, habit + 1.0
        return True


def alarms(warmup: int) -> tuple[Alarm, Alarm]:
    """For alerts and for pages, which have not gone off yet."""
    silent = SILENT_PART * warmup
    return (
        Alarm(ALERT_SCORE, ALERT_HABIT, silent, ALERT_FADES * warmup),
        Alarm(PAGE_SCORE, PAGE_HABIT, silent, PAGE_FADES * warmup),
    )
