"""Places of whole numbers in a sorted list, found many at a time without searching."""

from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel

Ints = npt.NDArray[np.int64]

_DENSE: Final = 1 << 20  # a table of all numbers up to here is smaller than the cache it is read from
_ROOM: Final = 4  # slots per key: nine of ten look-ups then end at the first
_MIXER: Final = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ over the golden ratio: neighbours fall far apart


class KeyTable:
    """
    Where each of some keys stands: a table while the keys are small, else open addressing.

    Args:
        keys: Different, not negative.

    >>> KeyTable(np.array([3, 5, 10**12])).find(np.array([5, 4, 10**12]))
    array([ 1, -1,  2])
    """

    def __init__(self, keys: Ints) -> None:
        self._keys = keys
        largest = int(keys.max()) if len(keys) else -1
        self._dense = largest < max(_DENSE, 8 * len(keys))
        if self._dense:
            self._slots = np.full(largest + 2, -1, dtype=np.int32)
            self._slots[keys] = np.arange(len(keys), dtype=np.int32)
            return
        bits = max(4, int(_ROOM * len(keys) - 1).bit_length())
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._slots = np.full(1 << bits, -1, dtype=np.int32)
        if kernel.seat is not None:
            kernel.seat(keys, self._slots, int(self._shift))
            return
        places, slots = np.arange(len(keys), dtype=np.int32), self._first(keys)
        while len(places):
            free = self._slots[slots] < 0
            # Where several want one slot, the last of them gets it and the others move on.
            self._slots[slots[free]] = places[free]
            left = self._slots[slots] != places
            places, slots = places[left], slots[left] + 1 & self._last

    @property
    def parts(self) -> tuple[Ints, npt.NDArray[np.int32], int]:
        """Keys, slots and by how many bits a mixed number is shifted to its slot (0: a slot each), for the kernel."""
        return self._keys, self._slots, 0 if self._dense else int(self._shift)

    def find(self, wanted: Ints) -> Ints:
        """Place of each wanted number among the keys, −1 if it is none of them."""
        if kernel.find is not None:
            places = np.empty(len(wanted), dtype=np.int64)
            kernel.find(*self.parts, np.ascontiguousarray(wanted, dtype=np.int64), places)
            return places
        if self._dense:
            # Numbers beyond all keys share the last slot, which is empty; so do negative ones.
            beyond = len(self._slots) - 1
            inside = np.where((wanted < 0) | (wanted > beyond), beyond, wanted)
            return self._slots[inside].astype(np.int64)
        slots = self._first(wanted)
        found = self._slots[slots].astype(np.int64)
        (open_,) = np.nonzero((found >= 0) & (self._keys[found] != wanted))
        while len(open_):
            slots[open_] = slots[open_] + 1 & self._last
            found[open_] = self._slots[slots[open_]]
            place = found[open_]
            open_ = open_[(place >= 0) & (self._keys[place] != wanted[open_])]
        return found

    def _first(self, keys: Ints) -> Ints:
        return (keys.astype(np.uint64) * _MIXER >> self._shift).astype(np.int64)


def numbered(values: Ints) -> tuple[KeyTable, Ints, Ints, Ints]:
    """
    The different *values*, none negative, in order, behind a table; the place of each among them; how often each is there.

    What ``np.unique`` gives, without sorting the values together with their places.

    >>> [part.tolist() for part in numbered(np.array([7, 3, 7]))[1:]]
    [[3, 7], [1, 0, 1], [1, 2]]
    """
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    (starts,) = np.nonzero(first)
    keys = ordered[starts]
    table = KeyTable(keys)
    return table, keys, table.find(values), np.diff(starts, append=len(ordered))
