"""The permutation of chunks for the slow twin, label by label."""

import hashlib

MATRIX_SEED = 20251121


def p_perm(
    reference_costs: list[int], window_costs: list[int], seed: int, labelings: list[list[int]]
) -> float:
    """Share of labelings, the real one included, under which the window costs at least what it did."""
    pool = reference_costs + window_costs
    shuffled = [pool[place] for place in ranked(words(seed, len(pool)))]
    at_least = sum(sum(shuffled[place] for place in labeling) >= sum(window_costs) for labeling in labelings)
    return (1 + at_least) / (1 + len(labelings))


def matrix(rows: int, pool: int, k: int) -> list[list[int]]:
    """Which k places of the pool are called the window, in each permutation."""
    raw = words(MATRIX_SEED, rows * pool)
    return [ranked(raw[row * pool : (row + 1) * pool])[:k] for row in range(rows)]


def window_seed(canonical_window: bytes, measurement_digest: bytes) -> int:
    """First 8 bytes of a digest over the digest of the window's text and that of the measurement."""
    window_digest = hashlib.sha256(canonical_window).digest()
    return int.from_bytes(hashlib.sha256(window_digest + measurement_digest).digest()[:8], "big")


def words(seed: int, count: int) -> list[int]:
    """64-bit words, high byte first, of SHAKE-256 over the seed's 8 bytes."""
    stream = hashlib.shake_256(seed.to_bytes(8, "big")).digest(8 * count)
    return [int.from_bytes(stream[at : at + 8], "big") for at in range(0, 8 * count, 8)]


def ranked(keys: list[int]) -> list[int]:
    """Places in ascending order of their keys; equal keys keep their order."""
    return sorted(range(len(keys)), key=lambda place: keys[place])
