import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from logs import log

from driftlock_core import BALANCED, SENSITIVE, Detector, Masker
from driftlock_core.permutation import membership, permutation_p, permuted_sums
from driftlock_core.ranks import flags_by_chance, middle, reference_rows, smallest_size_over, stream_p

sizes = st.lists(st.integers(0, 60), min_size=1, max_size=40)


@given(history=sizes, observed=st.integers(0, 60), stop=st.integers(1, 40), references=st.integers(1, 30))
def test_p_stream_is_the_share_of_references_at_least_as_large(history, observed, stop, references):
    """Counted by hand over the newest references, the window itself included."""
    stop = min(stop, len(history))
    known = history[max(0, stop - references) : stop]
    expected = (1 + sum(past >= observed for past in known)) / (1 + len(known))
    rows, m = reference_rows(np.array(history), np.array([stop]), references)
    assert expected == stream_p(rows, m, np.array([observed]))[0]


@given(values=sizes)
def test_middle_is_the_median(values):
    assert float(np.median(values)) == middle(np.array(values))


@given(
    threshold=st.floats(0, 2),
    mu=st.floats(0, 5000),
    cbar=st.floats(1, 9000),
)
def test_the_size_limit_is_the_smallest_that_passes(threshold, mu, cbar):
    """One byte less does not pass, in the same floating point arithmetic."""
    limit = int(smallest_size_over(threshold, np.array([mu]), np.array([cbar]))[0])
    assert (limit - mu) / cbar >= threshold
    assert (limit - 1 - mu) / cbar < threshold


@given(history=sizes, observed=st.integers(0, 60), limit=st.integers(0, 60), alpha=st.floats(0.01, 0.5))
def test_chance_counts_the_pool_members_that_pass_both_limits(history, observed, limit, alpha):
    """By hand: the members over the size limit, as far as the rank limit leaves places."""
    pool = [*history, observed]
    places = int(alpha * len(pool) + 1e-9)
    passing = min(sum(u >= limit for u in pool), places)
    by_rank = sum(u >= limit and sum(v >= u for v in pool) <= places for u in pool)
    assert passing >= by_rank  # and equal where no sizes tie
    assert passing == by_rank or len(set(pool)) < len(pool)
    rows, m = reference_rows(np.array(history), np.array([len(history)]), 50)
    counted = flags_by_chance(rows, m, np.array([observed]), np.array([limit]), alpha, np.array([False]))
    assert passing / len(pool) == counted[0]


def test_expected_by_chance_is_what_shuffled_streams_show():
    """On 200 shuffles of one stream the stated expectation is an upper estimate, and not an empty one."""
    random = np.random.Generator(np.random.PCG64(77))
    profile = SENSITIVE.with_sizes(10)
    events = log("access", 300, seed=9) + log("syslog", 60, seed=9) + log("llm", 40, seed=9)
    flagged, expected, masker = [], [], Masker()
    for _ in range(200):
        shuffled = [events[i] for i in random.permutation(len(events))]
        windows = Detector(profile, masker=masker).update(shuffled)
        flagged.append(int(windows.flagged.sum()))
        expected.append(windows.expected_by_chance)
    spread = np.std(np.array(flagged) - np.array(expected)) / np.sqrt(200)
    assert np.mean(flagged) <= np.mean(expected) + 2 * spread
    assert np.mean(expected) < 0.2 * 150  # four sums are asked, each at a quarter of alpha


@given(
    pool=st.lists(st.integers(0, 400), min_size=6, max_size=30),
    k=st.integers(1, 5),
    seed=st.integers(0, 2**64 - 1),
)
def test_p_perm_counts_the_permutations(pool, k, seed):
    """Never 0, never above 1, and the count of sums at least as large as the observed one."""
    sums = permuted_sums(pool, k, 199, seed)
    expected = (1 + sum(total >= sum(pool[-k:]) for total in sums.tolist())) / 200
    assert expected == permutation_p(pool, k, 199, seed)
    assert 1 / 200 <= expected <= 1


def test_each_permutation_chooses_k_places():
    assert {5.0} == set(membership(25, 5, 999).sum(axis=1).tolist())


def test_p_perm_is_uniform_under_exchangeable_chunks():
    """Of 2,000 windows whose chunks are drawn like the baseline's, about one in twenty has p ≤ 0.05."""
    random = np.random.Generator(np.random.PCG64(5))
    pools = random.gamma(2.0, 50.0, size=(2000, 25)).astype(int)
    small = np.mean([permutation_p(pool.tolist(), 5, 999, seed) <= 0.05 for seed, pool in enumerate(pools)])
    assert 0.035 < small <= 0.065


def test_balanced_flags_little_on_shuffled_logs():
    """The order destroyed, at most one window in a hundred is flagged."""
    random = np.random.Generator(np.random.PCG64(6))
    events, masker = log("syslog", 2000, seed=31) + log("access", 2000, seed=32), Masker()
    shares = [
        Detector(BALANCED, masker=masker)
        .update([events[i] for i in random.permutation(len(events))])
        .flagged.mean()
        for _ in range(5)
    ]
    assert np.mean(shares) <= 0.01
