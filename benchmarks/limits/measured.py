"""What the views of a scorer measure, one column a statistic, before the sum makes one number of it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from driftlock_core.scoring import Scorer
from driftlock_core.views.contract import Unit, View
from driftlock_core.views.near_text import MOST_GRAMS, NearTextView, grams_of
from driftlock_core.views.plain_text import text_of

Floats = npt.NDArray[np.float64]


def units_of(scorer: Scorer, events: Sequence[Sequence[bytes]]) -> list[Unit]:
    """Units as the scorer's views read them."""
    return scorer._units(events)


def statistics(scorer: Scorer, units: Sequence[Unit]) -> Floats:
    """As the views give them, shape ``(units, statistics)``."""
    return np.hstack([view.outside(units) for view in views(scorer)])


def surprises(scorer: Scorer, units: Sequence[Unit]) -> dict[str, Floats]:
    """By the statistic's name what it adds to the score of each unit, nats."""
    return {
        statistic.name: ranked.outside(column)
        for one in scorer._views
        for statistic, ranked, column in zip(
            one.view.statistics, one._ranked, one.view.outside(units).T, strict=True
        )
    }


def views(scorer: Scorer) -> list[View]:
    """All of them, fitted."""
    return [one.view for one in scorer._views]


def meetings(view: NearTextView, units: Sequence[Unit]) -> float:
    """How many times, a text, a run of its bytes meets a reference that has it (or, of common ones, lacks it)."""
    sampled, _ = grams_of([text_of(unit.raw) for unit in units], most=MOST_GRAMS)
    sets = view._grams
    return float(sets._lists[sets._table.find(sampled.symbols)].sum()) / len(units)
