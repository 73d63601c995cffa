"""Several statistics of a window as one rank among its references, exact under exchangeability."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel
from driftlock_core.ranks import count_at_least
from driftlock_core.window_views.reference_sets import Columns, ReferenceSets, Small, columns_of
from driftlock_core.window_views.whole_bits import LARGEST, UNIT, log_table, whole_log2

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Windows times references ranked at once by numpy: what is worked on shall stay in the processor's cache.
_RANKED_AT_ONCE: Final = 32_768


class Summed(Protocol):
    """Statistics whose surprises are added up and ranked, as an aspect names them."""

    @property
    def columns(self) -> Sequence[int]:
        """Their positions in the table."""

    @property
    def sides(self) -> Sequence[bool]:
        """For each, whether small values surprise too."""

    @property
    def least(self) -> Sequence[int]:
        """For each the smallest distance from the median that means anything."""


class _Sum(NamedTuple):
    columns: Sequence[int]
    sides: Sequence[bool]
    least: Sequence[int]


def conformal_p(references: Ints, windows: Ints, two_sided: Sequence[bool], least: Sequence[int]) -> Floats:
    """
    Rank of each window's summed surprise among those of its references.

    The window and its references form one pool of m + 1. The surprise of a
    member in one statistic is ``log2((m + 1)/r)``, r its rank from above; the
    topmost gets ``1.5·log2`` of how many times further than the next it lies
    from the pool's median. Two-sided, the larger of both sides less one bit for
    the second look, but at least 0. Surprises are added up and the sums ranked:
    were the window exchangeable with its references, p ≤ α would happen with
    chance at most α.

    Args:
        references: Shape ``(m, statistics)``, m ≥ 2.
        windows: Shape ``(windows, statistics)``; each is judged in a pool of its own.
        two_sided: For each statistic, whether small values surprise too.
        least: For each statistic the smallest distance from the median that means anything.

    Returns:
        Shape ``(windows,)``, in [1/(m + 1), 1].

    References:
        Vovk, Gammerman & Shafer, "Algorithmic Learning in a Random World", 2005.

    >>> conformal_p(np.array([[1], [2], [3]]), np.array([[4], [2]]), [False], [1])
    array([0.25, 0.75])
    """
    m = len(references)
    summed = _Sum(range(references.shape[1]), two_sided, least)
    rows = np.arange(m, m + len(windows))[None, :]
    table = np.concatenate((references, windows))
    found: Floats = ranked_among(table, np.array([m]), m, rows, [summed])[0][0, 0]
    return found


def ranked_among(
    table: Ints, ends: Ints, most: int, rows: Ints, asked: Sequence[Summed]
) -> tuple[Floats, Floats]:
    """
    :func:`conformal_p` of the windows of several blocks, for several sums of statistics.

    Args:
        table: Statistics of windows, shape ``(rows, statistics)``.
        ends: Of each block, position behind the newest reference, at least 2.
        most: References count at most, the newest.
        rows: Each block's windows, shape ``(blocks, windows)``.

    Returns:
        Ranks of shape ``(sums, blocks, windows)``, and the medians of each
        block's references, shape ``(blocks, statistics)``.
    """
    log = log_table(LARGEST)
    if kernel.conformal is not None and min(most, len(table)) + 2 <= len(log):
        p, medians = np.empty((len(asked), *rows.shape)), np.empty((len(ends), table.shape[1]))
        sums = tuple(tuple(zip(summed.columns, summed.sides, summed.least, strict=True)) for summed in asked)
        kernel.conformal(np.ascontiguousarray(table), ends, rows, most, sums, log, medians, p)
        return p, medians
    columns = columns_of(table, _negated_of(asked))
    step = max(1, _RANKED_AT_ONCE // (rows.shape[1] * min(most, len(table))))
    parts = []
    for start in range(0, len(ends), step):
        sets = ReferenceSets(columns, ends[start : start + step], most)
        ranks = _conformal_ranks(columns, sets, rows[start : start + step], asked)
        parts.append((ranks, sets.medians(table.shape[1])))
    return np.concatenate([p for p, _ in parts], axis=1), np.concatenate([medians for _, medians in parts])


def _negated_of(asked: Sequence[Summed]) -> list[int]:
    """The columns in which small values surprise too: the table needs them negated."""
    return sorted(
        {at for summed in asked for at, both in zip(summed.columns, summed.sides, strict=True) if both}
    )


def _conformal_ranks(columns: Columns, sets: ReferenceSets, rows: Ints, asked: Sequence[Summed]) -> Floats:
    """
    The ranks of :func:`ranked_among`, as arrays.

    Args:
        columns: Of the table, those of :func:`_negated_of` negated behind all others.
        sets: The references of each block.
    """
    if not asked:
        return np.empty((0, *rows.shape))
    least = {at: one for summed in asked for at, one in zip(summed.columns, summed.least, strict=True)}
    side = {column: at for at, column in enumerate(least)}
    negated = _negated_of(asked)
    behind = len(columns.values) - len(negated)
    own, others = _surprises(
        columns,
        sets,
        rows,
        np.array([*least, *range(behind, behind + len(negated))]),
        np.array([*least.values(), *(least[column] for column in negated)]),
    )
    for at, column in enumerate(negated):
        for found in (own, others):
            both = found[side[column]]
            np.maximum(both, found[len(least) + at], out=both)
            both -= UNIT
            np.maximum(both, 0, out=both)
    p = np.empty((len(asked), *rows.shape))
    for at, summed in enumerate(asked):
        first, *rest = (side[column] for column in summed.columns)
        one, each = own[first].copy(), others[first].copy()
        for more in rest:
            one += own[more]
            each += others[more]
        if sets.filled.any():
            each[np.broadcast_to(~sets.real[:, None, :], each.shape)] = -1  # below any sum
        p[at] = 1 + count_at_least(each.reshape(-1, sets.width), one.reshape(-1)).reshape(rows.shape)
    p /= sets.m[:, None] + 1
    return p


def _surprises(
    columns: Columns, sets: ReferenceSets, rows: Ints, chosen: Ints, least: Ints
) -> tuple[Small, Small]:
    """
    In some columns, large values being what surprises; 1/1024 bit.

    Returns:
        Of the windows, shape ``(columns, blocks, windows)``, and of the
        references in each one's pool, with one dimension more.
    """
    log = log_table(sets.width + 1).astype(np.int32)
    whole = log[sets.m + 1][:, None]
    windows, m = columns.ranks[chosen][:, rows], sets.m
    marks = sets.at(chosen, np.stack((m // 2 - 1, m // 2, m - 1, m - 2)))[..., None]
    tail, beyond = _tails(columns.values[chosen][:, rows], marks, least[:, None, None])
    own: Small = whole - log[1 + sets.at_least(chosen, windows)]
    own += np.where(beyond, tail, 0)
    # A window moves the references at most as large as it one rank down: of each two surprises are known.
    rank = sets.ranks_from_above(chosen)
    step = np.take(log[:-1] - log[1:], rank)
    passed = windows[..., None] >= sets.ranks[chosen][:, :, None, :]
    others: Small = np.multiply(passed, step[:, :, None, :], dtype=np.int32)
    others += (whole - np.take(log, rank))[:, :, None, :]
    side, block, window = (np.arange(count) for count in windows.shape)
    top = sets.topmost(chosen)[..., None]
    others[side[:, None, None], block[:, None], window, top] += np.where(beyond, 0, tail)
    return own, others


def _tails(windows: Ints, marks: Ints, least: Ints) -> tuple[Small, npt.NDArray[np.bool_]]:
    """
    How much further than the next the topmost of each window's pool lies, and whether that is the window.

    Args:
        windows: Shape ``(columns, blocks, windows)``; all others broadcast to it.
        marks: The references between which the pool's median lies, the largest, and the second largest.
        least: The smallest distance that means anything.
    """
    low, high, largest, second = marks
    median = np.clip(windows, low, high)
    beyond = windows > largest
    # Where the two topmost are equal neither lies further out, and where all are nobody does.
    first = np.maximum(windows, largest) - median
    next_one = np.where(beyond, largest, np.maximum(windows, second)) - median
    further = whole_log2(np.maximum(first, least)) - whole_log2(np.maximum(next_one, least))
    return (further + further // 2).astype(np.int32), beyond
