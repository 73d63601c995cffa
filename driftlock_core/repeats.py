"""
m of n: a flagged window is an alarm once m of the last n windows are flagged. Docs: docs/measures/tuning.md.

What chance alone raises is bounded, not computed: windows that overlap are
flagged together, and those that do not still rank among the same past.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from driftlock_core.windows import Bools, Floats, Ints

MOST_LAST: Final = 100  # windows looked back upon


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """How many of the last windows, the newest included, must be flagged for an alarm; 1 of 1: each is one."""

    least: int = 1
    last: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.last <= MOST_LAST:
            raise ValueError(
                f"{self.least} of the last {self.last} windows: the first number is at least 1 and at most the "
                f"second, which is at most {MOST_LAST}"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Odds:
    """What the flag of each window rests on; one entry per window."""

    m: Ints  # references
    places: Ints  # among m + 1 windows, from the top, that pass
    ways: Ints  # aspects that may each flag it
    by_rank: Bools  # False: not by a rank among past windows alone


def alarms(flagged: Bools, repeats: Repeats) -> Bools:
    """
    Flagged windows that are alarms; windows in stream order, those before the first not flagged.

    >>> alarms(np.array([True, False, True, True, False, False, True]), Repeats(least=2, last=3)).tolist()
    [False, False, True, True, False, False, False]
    """
    if repeats.least == 1:
        return flagged
    total: Ints = np.concatenate((np.zeros(repeats.last, dtype=np.int64), np.cumsum(flagged, dtype=np.int64)))
    within: Ints = total[repeats.last :] - total[: -repeats.last]
    found: Bools = flagged & (within >= repeats.least)
    return found


def alarms_by_chance(chance: Floats, odds: Odds, repeats: Repeats, k: int, factor: float = 1.0) -> Floats:
    """
    Alarms to expect of each window if the stream went on as before: a bound, "at most about".

    The last n windows fall into *k* rows of windows that share no event. Whatever
    binds the rows together, by Jensen's inequality for x ↦ max(0, x − t) and any
    whole t < m/k, m flags among them are no likelier than

        mean over the rows of E[max(0, flags in the row − t)] / (m/k − t)

    and E[max(0, flags − t)] is at most the number of choices of t + 1 windows
    times the chance that all of these are flagged. Windows of a row rank among
    the same references at most: their chance is that of Pólya's urn,
    a(a + 1)…(a + t) / ((r + 1)…(r + 1 + t)) for a of r + 1 places, the
    larger of counting single windows and whole stretches as in
    :func:`driftlock_core.window_views.past.flags_by_chance`, times the
    number of aspects to the power of t + 1 (Minkowski's inequality). The least over t is taken,
    and never more than *chance*: as many as k flags can come from one odd event,
    so up to m = k repeats take nothing off.

    Args:
        chance: Expected flags per window.
        odds: Ranks behind the flags. Where they do not rest on ranks alone, *chance* stands.
        k: Windows that share an event, chunks of a window.
        factor: How many times too often small ranks come.

    >>> odds = Odds(m=np.array([500]), places=np.array([5]), ways=np.array([3]), by_rank=np.array([True]))
    >>> [alarms_by_chance(np.array([0.03]), odds, Repeats(least=m, last=10), 5).round(4).tolist() for m in (5, 6, 10)]
    [[0.03], [0.0087], [0.0017]]
    """
    bound = factor * chance
    share = repeats.least / k
    shorter, longer = divmod(repeats.last, k)
    places, m = odds.places, odds.m
    stretches = np.where(places >= 1, 1 + (places - 1) // k, 0)
    single = np.ones(len(chance))
    whole = single.copy()
    for t in range(math.ceil(share)):
        single *= odds.ways * factor * (places + t) / (m + 1 + t)
        whole *= odds.ways * factor * (stretches + t) / (m / k + 1 + t)
        if t == 0:
            continue
        together = np.where(places >= 1, np.minimum(1.0, np.maximum(single, whole)), 0.0)
        together = _largest_of_last(np.where(odds.by_rank, together, 1.0), repeats.last)
        choices = (longer * math.comb(shorter + 1, t + 1) + (k - longer) * math.comb(shorter, t + 1)) / k
        bound = np.minimum(bound, choices * together / (share - t))
    return bound


def _largest_of_last(values: Floats, last: int) -> Floats:
    """The largest of each value and those before it, *last* in all; in steps that double."""
    found, reach = values, 1
    while reach < last:
        step = min(reach, last - reach)
        before = np.concatenate((np.full(min(step, len(found)), -np.inf), found[:-step]))
        found = np.maximum(found, before)
        reach += step
    return found
