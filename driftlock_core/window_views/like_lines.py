"""How often lines of a window read alike once masked: pairs of equal ones."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel
from driftlock_core.window_views.line_cache import LineCache

Ints = npt.NDArray[np.int64]

_keys = LineCache(bytes)


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
