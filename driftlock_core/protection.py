"""A rolling baseline that does not learn what was flagged, for a while."""

from collections.abc import Sequence
from typing import Final

from driftlock_core.profiles import Profile

# How many baselines' length a baseline may stay behind so that it holds nothing flagged. Without a cap, a
# stream that has changed for good would be held against what it used to be for ever.
FREEZE: Final = 2


def clean_start(newest: int, oldest: int, flagged: Sequence[int], profile: Profile) -> int:
    """
    First chunk of the newest baseline that holds no chunk of a flagged window.

    Where none lies at most :data:`FREEZE` baselines behind, *newest*: what
    lasts becomes usual.

    Args:
        newest: First chunk of the baseline that lies closest.
        oldest: First chunk that is still kept.
        flagged: First chunk of each flagged window, ascending.

    >>> profile = Profile(name="custom", threshold=0.3, alpha=0.05)  # 40 chunks of baseline, 5 of window
    >>> clean_start(100, 0, [], profile), clean_start(100, 0, [120, 121], profile)
    (100, 80)
    >>> clean_start(100, 0, [10, 50, 90, 120], profile)
    100
    """
    count, k = profile.chunks_in_baseline, profile.chunks_per_window
    first = newest
    # From the newest flagged window back: a baseline that holds part of one moves before it.
    for begins in reversed(flagged):
        if begins < first + count and begins + k > first:
            first = begins - count
    return first if first >= max(oldest, newest - FREEZE * count) else newest
