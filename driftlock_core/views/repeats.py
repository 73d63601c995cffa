"""Pieces of sequences that stand twice or more in a row, weighed by what they cost a model that knows the baseline."""

from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats
from driftlock_core.views.stretches import Ints

# Bits are taken in whole multiples of this, so that differences of running sums are exact in any company.
_GRAIN: Final = 2.0**-20


def dearest_repeats(symbols: Ints, borders: Ints, bits: Floats) -> Floats:
    """
    For each sequence the bits of its dearest repetition: all copies in a row but the first.

    A piece of p symbols at j is repeated where the sequence goes on as from j
    for p symbols or more from i = j + p. Of each gram of 1, 2, 4, … symbols
    only the occurrence just before is tried as the first copy, so that the
    search takes n·log²n steps. 0 where nothing is repeated.

    Args:
        symbols: Sequences laid end to end.
        borders: Where each begins, and the end.
        bits: What each symbol costs, ≥ 0; what the baseline repeats itself costs little.

    References:
        Main & Lorentz, "An O(n log n) algorithm for finding all repetitions in a string", 1984; the
        ranks of grams are those of Karp, Miller & Rosenberg, 1972.

    >>> dearest_repeats(np.array([5, 7, 8, 7, 8, 7, 9]), np.array([0, 7]), np.ones(7))
    array([3.])
    """
    count = len(borders) - 1
    dearest = np.zeros(count)
    owner = np.repeat(np.arange(count), np.diff(borders))
    running = np.concatenate([[0.0], np.cumsum(np.round(bits / _GRAIN) * _GRAIN)])
    ends = np.repeat(borders[1:], np.diff(borders))
    ranks = np.unique(symbols, return_inverse=True)[1].reshape(-1).astype(np.int64)
    before = _previous(ranks, owner)
    levels: list[Ints] = []
    seen_before: list[Ints] = []
    while (before >= 0).any():
        levels.append(ranks)
        seen_before.append(before)
        ranks = _doubled(ranks, 1 << len(levels) - 1, ends)
        before = _previous(ranks, owner)
    for before in seen_before:
        at = np.flatnonzero(before >= 0)
        start = before[at]
        alike = _common(levels, start, at, ends[at])
        repeated = alike >= at - start
        at, alike = at[repeated], alike[repeated]
        np.maximum.at(dearest, owner[at], running[at + alike] - running[at])
    return dearest


def _doubled(ranks: Ints, half: int, ends: Ints) -> Ints:
    """Ranks of grams twice as long; −1 where they would reach beyond their sequence."""
    doubled = np.full(len(ranks), -1)
    whole = np.flatnonzero(np.arange(len(ranks)) + 2 * half <= ends)
    pairs = ranks[whole] * (int(ranks.max(initial=0)) + 1) + ranks[whole + half]
    doubled[whole] = np.unique(pairs, return_inverse=True)[1].reshape(-1)
    return doubled


def _previous(ranks: Ints, owner: Ints) -> Ints:
    """Where each gram stood last before in its own sequence; −1 if nowhere."""
    previous = np.full(len(ranks), -1)
    there = np.flatnonzero(ranks >= 0)
    # Sequences lie end to end, so a stable sort keeps each one's grams together and in order.
    order = there[np.argsort(ranks[there], kind="stable")]
    again = (ranks[order[1:]] == ranks[order[:-1]]) & (owner[order[1:]] == owner[order[:-1]])
    previous[order[1:][again]] = order[:-1][again]
    return previous


def _common(levels: list[Ints], first: Ints, second: Ints, ends: Ints) -> Ints:
    """Symbols that follow alike from *first* and the later *second*, both in a sequence that ends at *ends*."""
    alike = np.zeros(len(first), dtype=np.int64)
    for level in range(len(levels) - 1, -1, -1):
        ranks, here = levels[level], second + alike
        same = here + (1 << level) <= ends
        same[same] = ranks[here[same]] == ranks[(first + alike)[same]]
        alike += same.astype(np.int64) << level
    return alike
