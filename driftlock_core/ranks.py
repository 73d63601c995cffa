"""p_stream and what chance alone would flag: ranks among past windows, no further compression."""

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel
from driftlock_core.windows import Bools, Floats, Ints

Whole = Ints | npt.NDArray[np.int32]


def middle(sizes: Ints) -> float:
    """The median; a third of the time that numpy's general one takes for a few hundred values."""
    if kernel.median is not None:
        return kernel.median(np.ascontiguousarray(sizes))
    ordered = np.sort(sizes)
    return (int(ordered[(len(ordered) - 1) // 2]) + int(ordered[len(ordered) // 2])) / 2


def reference_rows(history: Ints, stops: Ints, references: int) -> tuple[Ints, Ints]:
    """
    The references of each window as a row.

    Args:
        history: Sizes S in stream order, shape ``(h,)``.
        stops: For each window the end (exclusive) of its references in *history*.
        references: How many of the newest count, at most.

    Returns:
        Rows of shape ``(windows, references)``, filled up with −1 on the left
        (smaller than any size), and m, the number of real entries in each.
    """
    padded = np.empty(
        references + len(history), dtype=np.int32 if len(history) and history.max() < 2**31 else np.int64
    )
    padded[:references] = -1
    padded[references:] = history
    # As numpy's sliding_window_view does it, which takes ten times as long.
    size, count = padded.itemsize, len(history) + 1
    view: Ints = np.ndarray((count, references), padded.dtype, padded.data, strides=(size, size))
    view.setflags(write=False)
    # Neighbouring windows have neighbouring references: then the view itself serves, no copy.
    in_step = len(stops) and stops[-1] - stops[0] == len(stops) - 1
    rows = view[stops[0] : stops[-1] + 1] if in_step else view[stops]
    return rows, np.minimum(stops, references)


def count_at_least(rows: Whole, limits: Whole) -> Ints:
    """How many entries of each row reach the row's limit; *limits* fit the type of *rows*."""
    same: npt.NDArray[np.signedinteger] = limits.astype(rows.dtype)
    if kernel.count_at_least is not None:
        counts = np.empty(len(rows), dtype=np.int64)
        kernel.count_at_least(rows, same, counts)
    else:  # in half the time that numpy's own count along an axis takes
        passing = (rows >= same[:, None]).view(np.uint8)
        counts = np.add.reduce(passing, axis=1, dtype=np.int32).astype(np.int64)
    return counts


def stream_p(rows: Ints, m: Ints, sizes: Ints) -> Floats:
    """
    (1 + references at least as large) / (1 + m): the rank of a window among past ones.

    Holds where the stream is stationary with a short memory; not under trends.
    """
    at_least = count_at_least(rows, sizes)
    p: Floats = (1 + at_least) / (1 + m)
    return p


def smallest_size_over(threshold: float, mu: Floats, cbar: Floats) -> Ints:
    """The smallest whole size S with (S − mu) / cbar ≥ threshold, as floating point computes it."""
    sizes = np.ceil(mu + threshold * cbar)
    sizes -= (sizes - 1 - mu) / cbar >= threshold
    sizes += (sizes - mu) / cbar < threshold
    return sizes.astype(np.int64)


def flags_by_chance(
    rows: Ints,
    m: Ints,
    sizes: Ints,
    limits: Ints,
    alpha: float | Floats,
    by_permutation: Bools,
) -> Floats:
    """
    How often a window would be flagged if it were exchangeable with its references.

    Under exchangeability the window is as likely to be any member of its pool
    (itself and its references), so the chance of a flag is the share of pool
    members that pass both limits. Where p_perm alone decides, the share that
    passes the size limit, but at most alpha. Both are upper estimates: the
    exact score is at most the bound used here, p_perm can only veto, and of
    sizes tied at the rank limit some are counted that a p-value would refuse.

    Args:
        rows, m: As :func:`reference_rows` gives them.
        sizes: S of each window.
        limits: Smallest size that passes the threshold, see :func:`smallest_size_over`.
        alpha: Largest p-value called anomalous, one for all or one per window.
        by_permutation: Windows decided by p_perm alone.

    Returns:
        Expected flags per window, in [0, 1].
    """
    if len(sizes) == 0:
        return np.empty(0)
    return share_by_chance(members_over(rows, sizes, limits), m, alpha, by_permutation)


def members_over(rows: Ints, sizes: Ints, limits: Ints) -> Ints:
    """How many of each window's pool, itself and its references, reach its limit; as in :func:`flags_by_chance`."""
    limits = np.minimum(limits, np.iinfo(rows.dtype).max)
    return count_at_least(rows, limits) + (sizes >= limits)


def share_by_chance(over: Ints, m: Ints, alpha: float | Floats, by_permutation: Bools) -> Floats:
    """:func:`flags_by_chance`, with the number of each window's pool that reaches the size limit."""
    # Of m + 1 values, those whose rank p is at most alpha are among the largest `places`.
    places = np.floor(alpha * (m + 1) + 1e-9).astype(np.int64)
    share = np.minimum(over, places) / (m + 1)
    expected: Floats = np.where(by_permutation, np.minimum(over / (m + 1), alpha), share)
    return expected
