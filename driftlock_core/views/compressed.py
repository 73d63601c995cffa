"""The view of the compressor: what a unit costs when the baseline is known."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import Compressor, Digest
from driftlock_core.epoch import text_of
from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit

# Baseline units are costed under a dictionary of the other folds; ten make that dictionary nearly whole.
FOLDS: Final = 10
_PLACES: Final = 5


class CompressedView:
    """
    Share of the unit that the baseline does not explain, and cost of its dearest event.

    Leaving a unit out means leaving its fold out: one dictionary a unit would
    cost a compressor pass over the whole baseline each time.
    """

    name = "bytes"
    statistics = (Statistic(name="bytes.share"), Statistic(name="bytes.dearest"))

    def __init__(self, baseline: Sequence[Unit], groups: Groups, compressor: Compressor) -> None:
        self._baseline = baseline
        self._folds = groups % FOLDS
        self._compressor = compressor
        self._digest = self._made_ready(baseline)

    def _made_ready(self, units: Sequence[Unit]) -> Digest:
        events = [event for unit in units for event in unit.canonical]
        return self._compressor.digest(dictionary(events, self._compressor.reach))

    def inside(self) -> Floats:
        """Each unit under the dictionary of the folds it is not in."""
        rows = np.zeros((len(self._baseline), len(self.statistics)))
        for fold in np.unique(self._folds):
            members = np.flatnonzero(self._folds == fold)
            others = [self._baseline[at] for at in np.flatnonzero(self._folds != fold).tolist()]
            rows[members] = self._measured(
                [self._baseline[at] for at in members.tolist()], self._made_ready(others)
            )
        return rows

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Each unit under the dictionary of the whole baseline."""
        return self._measured(units, self._digest)

    def places(self, unit: Unit) -> list[Place]:
        """The dearest lines."""
        costs = {event: self._digest.cost(event + b"\n") for event in dict.fromkeys(unit.canonical)}
        dearest = sorted(costs, key=lambda event: (-costs[event], unit.canonical.index(event)))[:_PLACES]
        return [
            Place(
                event=unit.canonical.index(event),
                bits=8.0 * costs[event],
                what=f"takes {costs[event]} bytes once the baseline is known",
            )
            for event in dearest
        ]

    def _measured(self, units: Sequence[Unit], digest: Digest) -> Floats:
        known: dict[bytes, int] = {}
        rows = np.zeros((len(units), len(self.statistics)))
        for row, unit in enumerate(units):
            text = text_of(unit.canonical)
            for event in dict.fromkeys(unit.canonical):
                if event not in known:
                    known[event] = digest.cost(event + b"\n")
            # The text of a single event has been costed as its line.
            whole = known[unit.canonical[0]] if len(unit.canonical) == 1 else digest.cost(text)
            rows[row] = (
                whole / self._compressor.size(text),
                max((known[event] for event in unit.canonical), default=0),
            )
        return rows
