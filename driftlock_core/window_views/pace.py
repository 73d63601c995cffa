"""Intervals between events in units of what was usual just before."""

from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# The usual interval is taken from so many blocks of so many events before, the longest block left out: one
# pause must not make everything after it look fast.
BLOCKS: Final = 8
BLOCK_EVENTS: Final = 25
FEWEST_BLOCKS: Final = 3  # less, and an interval counts as usual
UNIT: Final = 1_000_000  # of an interval as usual
_LONGEST: Final = 10.0**12  # keeps sums of intervals whole


class Pace:
    """
    Remembers the latest times of one stream.

    A stream is faster by day than by night, and that is no news. So an interval
    is measured in usual intervals of the last 200 events: only a change of pace
    within them shows.
    """

    def __init__(self) -> None:
        self.recent = np.empty(0, dtype=np.int64)  # microseconds, of the newest events

    def take(self, times: Ints) -> tuple[Ints, Ints]:
        """
        The interval before each event in millionths of a usual one, and the usual one in microseconds.

        What goes backwards counts 0; so does a usual interval that is not known yet.

        Args:
            times: Microseconds, in the order of the stream.
        """
        before = len(self.recent)
        known = np.concatenate((self.recent, times))
        at = np.arange(before, len(known))
        intervals = np.maximum(0, np.diff(known, prepend=known[:1]))[before:]
        # Times of the event before, a block before that, and so on, as far back as the stream goes.
        places = at[:, None] - 1 - BLOCK_EVENTS * np.arange(BLOCKS + 1)
        taken = known[np.maximum(places, 0)]
        durations = np.where(places[:, 1:] >= 0, np.maximum(0, taken[:, :-1] - taken[:, 1:]), 0)
        blocks = np.count_nonzero(places[:, 1:] >= 0, axis=1)
        usual = (durations.sum(axis=1) - durations.max(axis=1)) / (np.maximum(blocks - 1, 1) * BLOCK_EVENTS)
        units = np.minimum(UNIT * (intervals / np.maximum(usual, 1.0)), _LONGEST)
        self.recent = known[-(BLOCKS * BLOCK_EVENTS + 1) :]
        known_pace = blocks >= FEWEST_BLOCKS
        return (
            np.where(known_pace, np.rint(units), UNIT).astype(np.int64),
            np.where(known_pace, np.rint(usual), 0).astype(np.int64),
        )
