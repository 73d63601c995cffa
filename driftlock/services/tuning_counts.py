"""Flags of a range, the alarms among them, and how many of these chance alone would raise."""

from dataclasses import dataclass

import numpy as np

from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_history import History
from driftlock_core.recount import Rule
from driftlock_core.recount_alone import Alone, no_ranks, recount_alone
from driftlock_core.repeats import alarms, alarms_by_chance
from driftlock_core.windows import Bools, Floats, Ints

Limit = Rule | Alone


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alarmed:
    """One entry per window of a range."""

    flagged: Bools  # without those left out
    alarms: Bools
    left_out: Bools  # flagged, of a suppressed pattern
    unknown: Bools
    chance: Floats  # alarms to expect, "at most about"; NaN where that is not known
    by_views: Bools


def alarmed(history: History, limit: Limit, how: Alarms, factor: float = 1.0) -> Alarmed:
    """
    The windows of the range under *limit*, counted as *how* says.

    Args:
        factor: How many times too often small ranks come, for the expectation.
    """
    recounter, taken = history.recounter, slice(history.first, history.stop)
    if isinstance(limit, Rule):
        found, odds = recounter.at(limit), None
    else:
        found, odds = recount_alone(recounter, history.rule, limit), no_ranks(recounter)
    hidden = np.zeros_like(found.flagged) if history.left_out is None else history.left_out & found.flagged
    flagged, chance = found.flagged & ~hidden, factor * found.chance
    if how.repeats.least > 1:
        if odds is None:
            assert isinstance(limit, Rule)
            odds = recounter.odds(limit)
        k = history.profile.chunks_per_window
        chance = alarms_by_chance(found.chance, odds, how.repeats, k, factor)
    return Alarmed(
        flagged=flagged[taken],
        # What came before the range counts among the last windows.
        alarms=alarms(flagged, how.repeats)[taken],
        left_out=hidden[taken],
        unknown=found.unknown[taken],
        chance=chance[taken],
        by_views=found.by_views[taken],
    )


def incident_count(raised: Bools, first_seq: Ints, last_seq: Ints, gap: int = 0) -> int:
    """Windows with at most *gap* events between them are one incident; windows in stream order."""
    at = np.flatnonzero(raised)
    if not len(at):
        return 0
    return 1 + int(np.count_nonzero(first_seq[at[1:]] > last_seq[at[:-1]] + 1 + gap))
