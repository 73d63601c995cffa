"""Intervals between events in units of what was usual just before."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# The usual interval is taken from so many blocks of so many events before, the longest block left out: one
# pause must not make everything after it look fast.
BLOCKS: Final = 8
BLOCK_EVENTS: Final = 25
# A second, slower look, at blocks that begin with every 250th event of the stream.
LONG_BLOCK_EVENTS: Final = 250
FEWEST_BLOCKS: Final = 3  # less, and an interval counts as usual
UNIT: Final = 1_000_000  # of an interval as usual
_LONGEST: Final = 10.0**12  # keeps sums of intervals whole


class Paced(NamedTuple):
    """Of each event, shape ``(events,)``."""

    intervals: Ints  # before it, in millionths of the usual one
    usual_us: Ints  # the usual one, microseconds; 0 where it is not known yet
    stills: Ints  # before it, in millionths of the longer of two usual ones


class Pace:
    """
    Remembers the latest times of one stream.

    A stream is faster by day than by night, and that is no news. So an interval
    is measured in usual intervals of the last 200 events: only a change of pace
    within them shows. But where events come in bursts, 200 of them are one
    burst, and any interval after it looks long. So it is measured a second
    time, by the slower of two paces: of those and of the last 2,000.
    """

    def __init__(self) -> None:
        self.seen = 0  # events
        self.recent = np.empty(0, dtype=np.int64)  # microseconds, of the newest events
        self.anchors = np.empty(0, dtype=np.int64)  # of the newest events with which a long block begins

    def take(self, times: Ints) -> Paced:
        """
        The next events. What goes backwards counts 0, and 1 where no usual interval is known yet.

        Args:
            times: Microseconds, in the order of the stream.
        """
        before = len(self.recent)
        known = np.concatenate((self.recent, times))
        at = np.arange(before, len(known))
        intervals = np.maximum(0, np.diff(known, prepend=known[:1]))[before:]
        usual, is_known = _usual(known, at - 1, step=BLOCK_EVENTS, events=BLOCK_EVENTS)
        slower = np.maximum(usual, self._long(times))
        self.recent = known[-(BLOCKS * BLOCK_EVENTS + 1) :]
        return Paced(
            np.where(is_known, _in_units(intervals, usual), UNIT),
            np.where(is_known, np.rint(usual), 0).astype(np.int64),
            np.where(is_known, _in_units(intervals, slower), UNIT),
        )

    def _long(self, times: Ints) -> Floats:
        """Before each of the next events the usual interval of the last 2,000, 0 where it is not known yet."""
        past = len(self.anchors)
        position = self.seen + np.arange(len(times))
        anchors = np.concatenate((self.anchors, times[position % LONG_BLOCK_EVENTS == 0]))
        usual, is_known = _usual(anchors, np.arange(len(anchors)), step=1, events=LONG_BLOCK_EVENTS)
        by_anchor = np.append(np.where(is_known, usual, 0.0), 0.0)
        # The newest anchor before each event; −1, the last one added above, before the first of all.
        newest = (position - 1) // LONG_BLOCK_EVENTS - (-(-self.seen // LONG_BLOCK_EVENTS) - past)
        self.seen += len(times)
        self.anchors = anchors[-(BLOCKS + 1) :]
        found: Floats = by_anchor[newest]
        return found

    def state(self) -> dict[str, Any]:
        """All that is remembered, ready for JSON."""
        return {"recent": self.recent.tolist(), "paced": self.seen, "anchors": self.anchors.tolist()}

    def restore(self, recent: Iterable[int], seen: int, anchors: Iterable[int]) -> None:
        """Go on from the values of a saved state."""
        self.recent, self.seen = np.array(recent, dtype=np.int64), seen
        self.anchors = np.array(anchors, dtype=np.int64)


def _usual(known: Ints, newest: Ints, *, step: int, events: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """
    Mean interval of the blocks before each position, the longest left out, and whether it is known.

    Args:
        known: Times, microseconds.
        newest: Where the newest block ends, as a position in *known*.
        step: From one block to the next, in positions.
        events: Of a block.
    """
    # Times of the newest, a block before that, and so on, as far back as the stream goes.
    places = newest[:, None] - step * np.arange(BLOCKS + 1)
    taken = known[np.maximum(places, 0)] if len(known) else np.zeros(places.shape, dtype=np.int64)
    durations = np.where(places[:, 1:] >= 0, np.maximum(0, taken[:, :-1] - taken[:, 1:]), 0)
    blocks = np.count_nonzero(places[:, 1:] >= 0, axis=1)
    usual = (durations.sum(axis=1) - durations.max(axis=1)) / (np.maximum(blocks - 1, 1) * events)
    return usual, blocks >= FEWEST_BLOCKS


def _in_units(intervals: Ints, usual: Floats) -> Ints:
    units = np.minimum(UNIT * (intervals / np.maximum(usual, 1.0)), _LONGEST)
    return np.rint(units).astype(np.int64)
