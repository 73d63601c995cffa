"""Labelled places under a rule: overlapping windows of one fault are one observation, not many."""

from dataclasses import dataclass

import numpy as np

from driftlock.model import Label
from driftlock.services.tuning_history import History
from driftlock_core.windows import Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Places of one label; those that cannot be decided are in ``undecided`` and nowhere else."""

    raised: int  # an alarm in one of their windows at least
    silent: int  # all of their windows known to be none
    undecided: int
    windows: int  # labelled, in all of them

    @property
    def decided(self) -> int:
        """Those that an interval rests on."""
        return self.raised + self.silent


def labelled_places(history: History, label: Label, raised: Bools, unknown: Bools) -> Places:
    """
    Windows of the range that carry *label*, joined where they overlap or touch.

    Args:
        raised, unknown: One entry per window of the range.
    """
    at, columns = np.flatnonzero(history.labelled(label)), history.columns
    first, last = columns.extra["first_seq"][at], columns.last_seq[at]
    begins = np.concatenate(([True], first[1:] > last[:-1] + 1))[: len(at)]
    place = np.cumsum(begins) - 1
    count = int(begins.sum())
    some = np.bincount(place, raised[at], minlength=count) > 0
    open_ = (np.bincount(place, unknown[at], minlength=count) > 0) & ~some
    return Places(
        raised=int(some.sum()),
        silent=count - int(some.sum()) - int(open_.sum()),
        undecided=int(open_.sum()),
        windows=len(at),
    )
