"""
Whether a stream's recent windows are flagged so often that its past says little about it.

Docs: docs/measures/drift.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import Profile

RECENT: Final = 200  # windows
TIMES: Final = 3  # as many as chance allows at most
# Windows overlap: one short incident flags nearly twice as many as there are chunks in a window, and three
# incidents are no drift. Under strict this decides.
INCIDENTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentFlags:
    """The last windows of a stream, and how many of them are flagged."""

    windows: int
    flagged: int
    by_chance: float  # of so many windows, at most, if the stream went on as before
    limit: float

    @property
    def stationary(self) -> bool:
        """False where far more windows are flagged than chance allows; true while there are too few to say."""
        return self.windows < RECENT or self.flagged <= self.limit

    @property
    def sentence(self) -> str:
        """What that means, without a full stop; empty for a stationary stream."""
        if self.stationary:
            return ""
        return (
            f"stream not stationary: {count_text(self.flagged)} of the last {count_text(self.windows)} windows "
            f"are flagged, chance alone would flag at most about {self.by_chance:g}"
        )


def recent_flags(flagged: Iterable[bool], profile: Profile) -> RecentFlags:
    """
    Of the windows of a stream, in order, those at its end.

    *flagged* may hold more than the last 200; earlier ones are not looked at.

    >>> from driftlock_core.profiles import BALANCED
    >>> recent_flags([False] * 500 + [True] * 40, BALANCED).sentence
    'stream not stationary: 40 of the last 200 windows are flagged, chance alone would flag at most about 10'
    >>> recent_flags([True] * 150, BALANCED).stationary
    True
    """
    last = list(flagged)[-RECENT:]
    by_chance = profile.alpha * RECENT
    incidents = INCIDENTS * (2 * profile.chunks_per_window - 1)
    return RecentFlags(
        windows=len(last),
        flagged=sum(map(bool, last)),
        by_chance=by_chance,
        limit=max(TIMES * by_chance, incidents),
    )
