"""How often lines of a window read alike once masked: pairs of equal ones."""

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel

Ints = npt.NDArray[np.int64]

# Keys of lines already seen, for all streams of the process; emptied when full, lines come from outside.
_KNOWN_BYTES: Final = 32 * 1024 * 1024
_ENTRY_OVERHEAD: Final = 160  # bytes that a line's head, its key and a dict slot take beside its text


class _Keys(dict[bytes, int]):
    """Computes what it misses, and holds a bounded number of bytes."""

    held = 0

    def __missing__(self, line: bytes) -> int:
        size = len(line) + _ENTRY_OVERHEAD
        self.held += size
        if self.held > _KNOWN_BYTES:
            self.clear()
            self.held = size
        self[line] = key = int.from_bytes(hashlib.blake2b(line, digest_size=8).digest(), "big", signed=True)
        return key


_keys = _Keys()


def line_keys(canonical: Sequence[bytes]) -> Ints:
    """64-bit digest of each line, shape ``(lines,)``: the same in every process."""
    return np.fromiter(map(_keys.__getitem__, canonical), dtype=np.int64, count=len(canonical))


def pairs_of(lines: Ints, *, hop: int, window: int) -> Ints:
    """
    Pairs of equal lines in each window: Σ n·(n − 1)/2 over the lines it has n times.

    It is what Friedman's index of coincidence counts; where one line takes
    over, it grows with the square of that line's number.

    Args:
        lines: A number for each line, equal for equal ones; windows begin a hop apart.
        hop, window: Events.

    References:
        W. Friedman, "The Index of Coincidence and Its Applications in Cryptography", 1922.

    >>> pairs_of(np.array([7, 7, 5, 7, 5, 1]), hop=2, window=4).tolist()
    [3, 1]
    """
    count = max(0, (len(lines) - window) // hop + 1)
    if kernel.pairs is not None:
        found = np.empty(count, dtype=np.int64)
        kernel.pairs(np.ascontiguousarray(lines), hop, window, found)
        return found
    ordered = np.sort(lines[np.arange(count)[:, None] * hop + np.arange(window)], axis=1)
    place = np.arange(window)
    begins = np.where(ordered[:, 1:] != ordered[:, :-1], place[1:], 0)
    begun = np.maximum.accumulate(begins, axis=1)
    # The n-th of a line makes n − 1 pairs with those before it.
    pairs: Ints = (place[1:] - begun).sum(axis=1, dtype=np.int64)
    return pairs
