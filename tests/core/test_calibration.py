"""Whether small p-values come as often as they say."""

from fractions import Fraction
from math import comb
from random import Random

import numpy as np
import pytest

from driftlock_core.calibration import Ranked, binomial_quantiles, calibrated


def ranks(count: int, m: int, seed: int, *, lift: float = 1.0) -> np.ndarray:
    """Ranks among *m* references; with *lift* the smallest tenth comes so many times as often."""
    random, places = Random(seed), []
    for _ in range(count):
        place = random.randrange(1, m + 2)
        if random.random() < (lift - 1) / 9 and place > (m + 1) // 10:
            place = random.randrange(1, (m + 1) // 10 + 1)
        places.append(place / (m + 1))
    return np.array(places)


def by_bytes(p: np.ndarray, m: int) -> Ranked:
    return Ranked(names=("p_stream",), p=p[:, None], m=np.full(len(p), m), factor=1, every=5)


def test_honest_ranks_are_called_honest_and_lie_in_the_band():
    """Of 200 samples, seeds 0 to 199, about one in twenty is called otherwise, or leaves the band at 0.05."""
    found = [calibrated(by_bytes(ranks(400, 199, seed), 199)) for seed in range(200)]
    assert sum(one.verdict == "honest" for one in found) >= 184
    at = int(np.searchsorted(found[0].alphas, 0.05))
    inside = sum(one.low[at] <= one.observed[at] <= one.high[at] for one in found)
    assert 184 <= inside <= 198
    np.testing.assert_allclose(found[0].expected[-1], 0.5)


def test_too_many_small_ones_are_said_to_be_so_with_the_factor_and_where():
    """Seed 3: three times as many in the smallest tenth."""
    found = calibrated(by_bytes(ranks(1500, 199, 3, lift=3.0), 199))
    at = max((0.01, 0.02, 0.05, 0.10), key=lambda one: found.factor_at(one))
    factor = found.factor_at(at)
    assert factor == pytest.approx((found.ranked.p <= at).sum() / (1500 * at))
    assert 2.5 < factor < 4.5
    assert found.verdict == f"raises too many in the tail (× {factor:.1f} at {at:g})"


def test_too_few_small_ones_are_called_too_careful():
    p = np.maximum(ranks(800, 199, 4), 0.15)
    assert calibrated(by_bytes(p, 199)).verdict == "too careful"


@pytest.mark.parametrize("count", [0, 1, 20])
def test_of_a_few_windows_nothing_is_said(count):
    found = calibrated(by_bytes(ranks(count, 199, 5), 199))
    assert found.verdict == "too few windows to say"
    assert found.windows == count


def test_a_p_that_equals_the_smallest_limit_counts():
    """7 references, so that eighths are exact: the topmost of each pool."""
    found = calibrated(by_bytes(np.full(100, 1 / 8), 7))
    assert found.alphas[0] == 1 / 8
    assert found.observed[0] == 1.0
    assert found.expected[0] == 1 / 8


def test_an_aspect_that_never_has_small_ranks_does_not_hide_one_that_has_too_many():
    """Seed 6: content three times too often in its smallest tenth, pace without any difference at all."""
    m = np.full(1500, 199)
    of_content, tied = ranks(1500, 199, 6, lift=3.0), np.ones(1500)
    ranked = Ranked(names=("content", "pace"), p=np.column_stack((of_content, tied)), m=m, factor=5, every=5)
    found = calibrated(ranked)
    assert found.name == "content"
    assert found.verdict == calibrated(by_bytes(of_content, 199)).verdict
    assert found.factor_at(0.25) == pytest.approx(calibrated(by_bytes(of_content, 199)).factor_at(0.05) / 2)


def test_of_several_aspects_the_limit_on_p_is_that_on_a_rank_times_the_views():
    """Three aspects, five views, 499 references: p ≤ 0.05 asks for a rank of 0.01, and one aspect in three has it."""
    ranks = np.tile([0.01, 0.5, 0.9], (50, 1))
    ranked = Ranked(names=("content", "mix", "pace"), p=ranks, m=np.full(50, 499), factor=5, every=5)
    found = calibrated(ranked)
    assert ranked.expected(0.01) == pytest.approx(5 / 500)
    assert ranked.observed(0.01).tolist() == [1.0, 0.0, 0.0]
    assert found.name == "content"
    assert found.factor_at(0.05) == pytest.approx(100 / 3)
    assert found.factor_at(0.0001) is None  # no rank is that small: nothing is expected
    assert (found.windows, found.factor, found.by_views) == (50, 5, True)


@pytest.mark.parametrize("count", [1, 7, 60])
@pytest.mark.parametrize("share", [Fraction(1, 50), Fraction(3, 10), Fraction(97, 100)])
def test_the_band_is_that_of_the_binomial_distribution(count, share):
    """Against exact fractions, term by term."""
    up_to, total = [], Fraction(0)
    for hits in range(count + 1):
        total += comb(count, hits) * share**hits * (1 - share) ** (count - hits)
        up_to.append(total)
    expected = tuple(
        next(hits for hits, chance in enumerate(up_to) if chance >= at)
        for at in (Fraction(25, 1000), Fraction(975, 1000))
    )
    assert binomial_quantiles(count, float(share), (0.025, 0.975)) == expected


def test_of_nothing_and_of_everything_the_band_is_a_point():
    assert binomial_quantiles(10, 0.0, (0.025, 0.975)) == (0, 0)
    assert binomial_quantiles(10, 1.0, (0.025, 0.975)) == (10, 10)
