"""Intervals between events in units of what was usual just before."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
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
        The next events. What goes backwards counts 0; any interval counts as usual where that is not known yet.

        Args:
            times: Microseconds, in the order of the stream.
        """
        before = len(self.recent)
        known = np.concatenate((self.recent, times))
        intervals = np.maximum(0, np.diff(known, prepend=known[:1]))[before:]
        usual, is_known = _usual(known, before)
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
        anchors = [
            *self.anchors.tolist(),
            *times[-self.seen % LONG_BLOCK_EVENTS :: LONG_BLOCK_EVENTS].tolist(),
        ]
        # Of what begins behind the newest anchor there was, and behind each later one.
        usual = [_usual_at(anchors[max(0, end - BLOCKS - 1) : end]) for end in range(past, len(anchors) + 1)]
        begun = -(-self.seen // LONG_BLOCK_EVENTS)  # anchors until now
        which = (self.seen + np.arange(len(times)) - 1) // LONG_BLOCK_EVENTS + 1 - begun
        self.seen += len(times)
        self.anchors = np.array(anchors[-(BLOCKS + 1) :], dtype=np.int64)
        found: Floats = np.array(usual)[which]
        return found

    def state(self) -> dict[str, Any]:
        """All that is remembered, ready for JSON."""
        return {"recent": self.recent.tolist(), "paced": self.seen, "anchors": self.anchors.tolist()}

    def restore(self, recent: Iterable[int], seen: int, anchors: Iterable[int]) -> None:
        """Go on from the values of a saved state."""
        self.recent, self.seen = np.array(recent, dtype=np.int64), seen
        self.anchors = np.array(anchors, dtype=np.int64)


def _usual(known: Ints, first: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """
    Before each event the mean interval of the blocks of 25, the longest left out, and whether it is known.

    Args:
        known: Times, microseconds.
        first: Position of the first event that is asked about.
    """
    reach = BLOCKS * BLOCK_EVENTS
    # Of each position how long the block took that ends there; 0 where it would begin before all that is known.
    took = np.zeros(reach + len(known), dtype=np.int64)
    np.maximum(0, known[BLOCK_EVENTS:] - known[:-BLOCK_EVENTS], out=took[reach + BLOCK_EVENTS :])
    blocks = np.minimum(BLOCKS, (np.arange(first, len(known)) - 1) // BLOCK_EVENTS)
    asked, back = len(known) - first, reach + first - 1
    rows = [
        took[back - BLOCK_EVENTS * block : back - BLOCK_EVENTS * block + asked] for block in range(BLOCKS)
    ]
    total, longest = rows[0].copy(), rows[0].copy()
    for row in rows[1:]:
        total += row
        np.maximum(longest, row, out=longest)
    usual = (total - longest) / (np.maximum(blocks - 1, 1) * BLOCK_EVENTS)
    return usual, blocks >= FEWEST_BLOCKS


def _usual_at(anchors: Sequence[int]) -> float:
    """The same of the blocks between some anchors; 0 where they are too few."""
    took = [max(0, later - sooner) for sooner, later in pairwise(anchors)]
    if len(took) < FEWEST_BLOCKS:
        return 0.0
    return float(sum(took) - max(took)) / float((len(took) - 1) * LONG_BLOCK_EVENTS)


def _in_units(intervals: Ints, usual: Floats) -> Ints:
    units = np.minimum(UNIT * (intervals / np.maximum(usual, 1.0)), _LONGEST)
    return np.rint(units).astype(np.int64)
