"""How long ago each template was last seen."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from driftlock_core.window_views.whole_bits import UNIT, log_table

Ints = npt.NDArray[np.int64]

# A template unseen for so many events counts as never seen: this bounds what a stream remembers.
MEMORY = 65_536
# Bits for a template never seen, beyond those of the longest age: naming it takes more than pointing back.
_NAMING_BITS = 4


class Recency:
    """
    Remembers the last position of each template of one stream.

    ``log2`` of the age is the length of a universal code that names an event
    by how far back its last like lies (Elias 1987, interval coding).
    """

    def __init__(self) -> None:
        self.seen = 0  # events
        self.last: dict[int, int] = {}  # position by key

    def take(self, keys: Sequence[int], which: Ints) -> Ints:
        """
        Events since the last like of each, shape ``(events,)``; 0 where there is none in memory.

        Args:
            keys: Those that occur, each once.
            which: Of each event, its key's position in *keys*.
        """
        if len(which) == 0:
            return which
        # Whole numbers of sixteen bits are sorted without comparing them.
        order = np.argsort(which.astype(np.uint16) if len(keys) <= 1 << 16 else which, kind="stable")
        begins = np.flatnonzero(np.diff(which[order], prepend=-1))
        first, final = order[begins], order[np.append(begins[1:], len(order)) - 1]
        ages = np.zeros(len(which), dtype=np.int64)
        ages[order[1:]] = np.diff(order)
        never = -MEMORY - 1
        before = np.array([self.last.get(key, never) for key in keys], dtype=np.int64)
        ages[first] = self.seen + first - before
        self.last.update(zip(keys, (self.seen + final).tolist(), strict=True))
        self.seen += len(which)
        ages[ages > MEMORY] = 0
        # Not at every call, once the memory is full: what is too old counts as never seen in the meantime.
        if len(self.last) > MEMORY + MEMORY // 8:
            self.last = {key: at for key, at in self.last.items() if self.seen - at <= MEMORY}
        return ages

    def state(self) -> list[tuple[int, int]]:
        """Key and last position of what memory holds, oldest first: the same however events came in."""
        kept = [(key, at) for key, at in self.last.items() if self.seen - at <= MEMORY]
        return sorted(kept, key=lambda entry: entry[1])


def recency_bits(ages: Ints) -> Ints:
    """
    Code length of each age, in 1/1024 bit.

    >>> recency_bits(np.array([1, 8, 0])) // UNIT
    array([ 0,  3, 20])
    """
    table = log_table(MEMORY)
    bits: Ints = np.where(ages > 0, table[ages], table[MEMORY] + _NAMING_BITS * UNIT)
    return bits
