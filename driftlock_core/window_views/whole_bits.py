"""Logarithms as whole numbers, so that sums of code lengths are the same to the last bit on every machine."""

from functools import lru_cache
from math import log2
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

UNIT: Final = 1024  # to the bit
_CLOSE: Final = 1e-6  # far more than any error of a logarithm, far less than the distance of most


@lru_cache(maxsize=8)
def _table(size: int) -> Ints:
    exact = np.zeros(size)
    exact[1:] = UNIT * np.log2(np.arange(1, size))
    table = np.rint(exact).astype(np.int64)
    # Arrays of logarithms may end differently elsewhere; close to the middle of two numbers that would show.
    for n in np.flatnonzero(np.abs(exact % 1 - 0.5) < _CLOSE).tolist():
        table[n] = round(UNIT * log2(n))
    table.setflags(write=False)
    return table


def log_table(largest: int) -> Ints:
    """
    ``round(1024·log2 n)`` at position n, at least up to *largest*; 0 at position 0.

    A probability n/N costs ``table[N] − table[n]``.

    >>> log_table(8)[[0, 1, 2, 3, 8]].tolist()
    [0, 0, 1024, 1623, 3072]
    """
    # Powers of two, so that few tables exist.
    return _table(1 << max(10, largest.bit_length()))


LARGEST: Final = (1 << 20) - 1  # of the table that larger numbers are scaled down to


def whole_log2(numbers: Ints) -> Ints:
    """
    ``1024·log2`` of whole numbers from 1 on, of any size; above 2^20 their leading 20 bits decide.

    >>> (whole_log2(np.array([1, 1024, 10**12])) / UNIT).round(2).tolist()
    [0.0, 10.0, 39.86]
    """
    # The exponent of a float is exact, a logarithm is not the same on all machines.
    shift = np.maximum(0, np.frexp(numbers.astype(np.float64))[1].astype(np.int64) - 20)
    bits: Ints = log_table(LARGEST)[numbers >> shift] + UNIT * shift
    return bits
