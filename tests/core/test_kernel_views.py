"""Ranks, medians and code lengths of the views: the kernel gives what Python gives."""

from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_paths import both, needs_kernel

from driftlock_core import kernel
from driftlock_core.ranks import flags_by_chance, middle, reference_rows, smallest_size_over, stream_p
from driftlock_core.window_views.catalogue import ASPECTS, STATISTICS
from driftlock_core.window_views.conformal import ranked_among
from driftlock_core.window_views.content import content_of
from driftlock_core.window_views.like_lines import pairs_of
from driftlock_core.window_views.whole_bits import LARGEST, log_table


@needs_kernel
@given(sizes=st.lists(st.integers(0, 9) | st.integers(0, 2**50), min_size=1, max_size=60))
def test_medians_are_equal(sizes):
    """Odd and even counts, many equal."""
    assert np.median(sizes) == both(lambda: middle(np.array(sizes)))
    assert np.median(sizes[::2]) == both(lambda: middle(np.array(sizes)[::2]))


@needs_kernel
@pytest.mark.parametrize("spread", [2, 40, 10**6, 10**14])
def test_ranks_of_sums_are_equal(spread):
    """Of several blocks, fewer references in the first ones; with ties, far values, and medians."""
    random = np.random.default_rng(spread)
    table = random.integers(0, spread, (90, len(STATISTICS)))
    table[::7] *= random.integers(1, 50, (13, len(STATISTICS)))
    ends = np.array([2, 3, 9, 40, 45, 50, 44])
    rows = np.minimum(ends[:, None] + np.arange(5), 89)
    for asked in (ASPECTS, ASPECTS[1:], ()):

        def ranked(asked=asked):
            p, medians = ranked_among(table, ends, 30, rows, asked)
            return p.tolist(), medians.tolist()

        both(ranked)


@needs_kernel
@pytest.mark.parametrize("kinds", [1, 3, 50, 2000])
def test_code_lengths_are_equal(kinds):
    """Templates few and many, some of them new to the baseline; one baseline, or one for each window."""
    random = np.random.default_rng(kinds)
    events = random.integers(0, kinds, 120)
    baselines = [random.integers(0, 1 + kinds // 2, 80) for _ in range(3)]
    for which in (np.zeros(21, dtype=np.int64), np.repeat([0, 1, 2], 7)):

        def coded(which=which):
            found = content_of(baselines, which, events, hop=5, window=20)
            return found.mismatch.tolist(), found.own.tolist(), found.order.tolist()

        both(coded)


@needs_kernel
@given(
    lines=st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-1, 2), max_size=70),
    hop=st.integers(1, 9),
    window=st.integers(1, 30),
)
def test_pairs_are_equal(lines, hop, window):
    """Of windows of every size, none among them, in numbers of 64 bits; counted one by one as well."""
    held = np.array(lines, dtype=np.int64)
    found = both(lambda: pairs_of(held, hop=hop, window=window).tolist())
    windows = [lines[start : start + window] for start in range(0, len(lines) - window + 1, hop)]
    assert found == [sum(one == two for one, two in combinations(each, 2)) for each in windows]


@needs_kernel
def test_pairs_of_more_windows_than_there_are_lines_are_refused():
    """Of other kinds of numbers too."""
    lines = np.arange(20)
    for wrong, hop, window, windows in (
        (lines, 2, 10, 7),
        (lines, 0, 10, 1),
        (lines, 2, 0, 1),
        (lines, 2, 21, 1),
        (lines.astype(np.int32), 2, 10, 1),
        (lines.reshape(4, 5), 2, 10, 1),
    ):
        with pytest.raises(ValueError, match="fit together"):
            kernel.pairs(wrong, hop, window, np.empty(windows, dtype=np.int64))


@needs_kernel
@given(
    history=st.lists(st.integers(0, 2**33), min_size=1, max_size=60),
    references=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_ranks_are_equal(history, references, seed):
    """p_stream and the chance of a flag, in 32 and in 64 bits, neighbouring windows or not."""
    random = Random(seed)
    for sizes in (history, [size % 1000 for size in history]):
        past = np.array(sizes, dtype=np.int64)
        stops = np.array(
            sorted(random.choices(range(len(sizes) + 1), k=random.randrange(12))), dtype=np.int64
        )
        own = np.array(random.choices(sizes, k=len(stops)), dtype=np.int64)

        def ranks(past=past, stops=stops, own=own):
            rows, m = reference_rows(past, stops, references)
            mu, cbar = np.full(len(own), 10.0), np.full(len(own), 5.0)
            limits = smallest_size_over(0.3, mu, cbar)
            chance = flags_by_chance(rows, m, own, limits, 0.05, m < 5)
            return stream_p(rows, m, own).tolist(), chance.tolist()

        both(ranks)


@needs_kernel
def test_views_that_do_not_fit_are_refused():
    """Positions outside of a table, of another type or of too few logarithms."""
    log, table = log_table(LARGEST), np.zeros((9, 2), dtype=np.int64)
    ends, windows, sums = np.array([4, 8]), np.array([[4], [8]]), (((0, False, 1), (1, True, 1)),)
    medians, p = np.empty((2, 2)), np.empty((1, 2, 1))
    kernel.conformal(table, ends, windows, 5, sums, log, medians, p)
    for at, wrong in (
        (0, table.astype(np.float64)),
        (0, table[:7]),
        (1, np.array([1, 8])),
        (1, np.array([4, 10])),
        (2, np.array([[4], [9]])),
        (2, windows[0]),
        (3, 1),
        (4, (((2, False, 1),),)),
        (4, (((0, False, 0),),)),
        (5, log[:100]),
        (6, medians[:1]),
        (7, p[:, :1].copy()),
    ):
        given_parts = [table, ends, windows, 5, sums, log, medians, p]
        given_parts[at] = wrong
        with pytest.raises(ValueError, match=r"fit together|does not have"):
            kernel.conformal(*given_parts)
    events, which, out = (
        np.arange(6),
        np.zeros(2, dtype=np.int64),
        [np.empty(2, dtype=np.int64) for _ in range(3)],
    )
    kernel.content((events,), which, events, log, 2, 4, *out)
    for baselines, asked, own, hop, room in (
        ((events,), which, events[:5], 2, out),
        ((events,), which + 1, events, 2, out),
        ((events - 1,), which, events, 2, out),
        ((events.astype(np.int32),), which, events, 2, out),
        ((events,), which, events, 0, out),
        ((events,), which, events, 2, [out[0], out[1], out[2][:1]]),
    ):
        with pytest.raises(ValueError, match="fit together"):
            kernel.content(baselines, asked, own, log, hop, 4, *room)
