"""What a detector says of the records of a numeric series."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.views.value_context import ValueContext
from driftlock_core.views.value_dictionary import ValueDictionary
from driftlock_core.views.value_expectation import Expectation
from driftlock_core.views.value_season import ValueSeason
from driftlock_core.views.value_stuck import ValueStuck
from driftlock_core.views.value_window import ValueWindow

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

READINGS: Final = (
    ValueDictionary.name,
    ValueContext.name,
    ValueWindow.name,
    ValueSeason.name,
    ValueStuck.name,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesScores:
    """
    One entry per record. Scores and surprises are in decades: 1 is a factor of ten in probability.

    Attributes:
        surprise: Shape ``(records, 5)``, columns as in :data:`READINGS`, each in [0, 30].
        score: 1.77 and more exactly where there is an alert, 2.5 and more exactly where there is a page; 0
            during the warm-up. See :func:`~driftlock_core.series_alerts.folded`.
        p_value: Rank of the excess among past ones, in (0, 1]; 1 during the warm-up.
        alert: Worth a look: few anomalies are missed.
        page: Worth waking somebody: an alert at a higher limit that a restless series raises for itself.
        expectations: One for each alert, in their order: what was expected there, ready for an explanation.
    """

    surprise: Floats
    score: Floats
    p_value: Floats
    alert: Bools
    page: Bools
    expectations: tuple[Expectation, ...]

    @classmethod
    def of_nothing(cls, records: int) -> "SeriesScores":
        """Scores of records of which nothing is said."""
        return cls(
            surprise=np.zeros((records, len(READINGS))),
            score=np.zeros(records),
            p_value=np.ones(records),
            alert=np.zeros(records, dtype=np.bool_),
            page=np.zeros(records, dtype=np.bool_),
            expectations=(),
        )

    def explain(self, record: int) -> Expectation:
        """
        What was expected of *record*, counted from the detector's first.

        Raises:
            KeyError: These scores hold no alert at *record*.
        """
        for one in self.expectations:
            if one.record == record:
                return one
        raise KeyError(
            f"record {record} raised no alert; those of this call: {[e.record for e in self.expectations]}"
        )
