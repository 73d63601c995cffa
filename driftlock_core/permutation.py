"""
p_perm: would a window cost this much if it made no difference which chunks belong to it?

Bit-exact everywhere: the shuffles come from SHAKE-256, a stable sort and sums of
whole numbers, so an auditor can repeat them with a standard library alone.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel

# The index matrix is the same for everybody; what varies by window is the order of the pool. A matrix per
# window would cost far more than all the rest and give no better p-value.
MATRIX_SEED: Final = 20251121


def shuffle_keys(seed: int, count: int) -> npt.NDArray[np.uint64]:
    """
    *count* keys to sort by: SHAKE-256 of the seed (8 bytes, big-endian), cut into 64-bit big-endian numbers.

    >>> shuffle_keys(7, 2).tolist() == shuffle_keys(7, 3).tolist()[:2]
    True
    """
    return np.frombuffer(_key_bytes(seed, count), dtype=">u8").astype(np.uint64)


def _key_bytes(seed: int, count: int) -> bytes:
    return hashlib.shake_256(seed.to_bytes(8, "big")).digest(8 * count)


# Whole numbers below this are exact in single precision, whatever the order of addition.
_EXACT_IN_SINGLE: Final = 2**24


# Pools within these limits are counted by the kernel, larger ones by numpy.
_MOST_PLACES: Final = 2**16
_LARGEST_COST: Final = 2**40


@lru_cache(maxsize=16)
def chosen_places(pool: int, k: int, permutations: int) -> npt.NDArray[np.integer]:
    """Which *k* of *pool* places make the window in each permutation: shape ``(permutations, k)``."""
    keys = shuffle_keys(MATRIX_SEED, permutations * pool).reshape(permutations, pool)
    chosen = np.argsort(keys, axis=1, kind="stable")[:, :k]
    # Small numbers: the whole table is read for each window.
    chosen = chosen.astype(np.uint16 if pool <= _MOST_PLACES else np.int64)
    chosen.setflags(write=False)
    return chosen


@lru_cache(maxsize=16)
def membership(pool: int, k: int, permutations: int, single: bool = False) -> npt.NDArray[np.floating]:
    """
    :func:`chosen_places` as 0/1, shape ``(permutations, pool)``.

    Float, so that all sums are one matrix product. *single* halves the memory
    that each product reads, and with it what it pushes out of the cache.
    """
    chosen = chosen_places(pool, k, permutations).astype(np.int64)
    matrix = np.zeros((permutations, pool), dtype=np.float32 if single else np.float64)
    np.put_along_axis(matrix, chosen, 1.0, axis=1)
    matrix.setflags(write=False)
    return matrix


def window_seed(canonical_window: bytes, measurement_digest: bytes) -> int:
    """
    Seed of a window's permutation: content and configuration, nothing else.

    Args:
        canonical_window: SHA-256 of the window's canonical text, 32 bytes.
        measurement_digest: SHA-256 of what the sizes depend on, 32 bytes.
    """
    return int.from_bytes(hashlib.sha256(canonical_window + measurement_digest).digest()[:8], "big")


def permuted_sums(pool: Sequence[int], k: int, permutations: int, seed: int) -> npt.NDArray[np.floating]:
    """
    Size of the window under each permutation of which chunks belong to it, in bytes.

    Args:
        pool: Costs of the scored baseline chunks, then of the window's *k* chunks.
        k: Chunks in a window.
        permutations: How many, M.
        seed: Of this window, see :func:`window_seed`.

    Returns:
        Shape ``(permutations,)``; every entry is a whole number.
    """
    order = np.argsort(shuffle_keys(seed, len(pool)), kind="stable")
    matrix = membership(len(pool), k, permutations, sum(pool) < _EXACT_IN_SINGLE)
    sums: npt.NDArray[np.floating] = matrix @ np.array(pool, dtype=matrix.dtype)[order]
    return sums


def permutation_p(pool: Sequence[int], k: int, permutations: int, seed: int) -> float:
    """
    (1 + permutations at least as large as the window) / (1 + permutations).

    Exact for chunks that are exchangeable given the dictionary, for any
    compressor. Ties count against the window; it is never 0.

    References:
        Phipson & Smyth, "Permutation P-values Should Never Be Zero", 2010.

    >>> permutation_p([10] * 20 + [90] * 5, 5, 999, 7)
    0.001
    """
    if kernel.permuted_at_least is not None and len(pool) <= _MOST_PLACES and max(pool) <= _LARGEST_COST:
        keys, chosen = _key_bytes(seed, len(pool)), chosen_places(len(pool), k, permutations)
        at_least = kernel.permuted_at_least(keys, tuple(pool), chosen, k)
    else:
        at_least = int(np.count_nonzero(permuted_sums(pool, k, permutations, seed) >= sum(pool[-k:])))
    return (1 + at_least) / (1 + permutations)
