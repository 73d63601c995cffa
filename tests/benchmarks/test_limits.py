"""The arithmetic of limits against slow ways to the same numbers."""

import doctest
from itertools import permutations, product

import numpy as np
import pytest

from benchmarks.limits import bounds, session_columns, sessions
from benchmarks.limits.bounds import band, best_auc, flags_by_chance, found, inside, rank_p
from benchmarks.limits.session_columns import longest_repeat, longest_run
from benchmarks.quality.labelled import roc_auc


@pytest.mark.parametrize("module", [bounds, session_columns, sessions], ids=lambda module: module.__name__)
def test_worked_examples_hold(module):
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize("alpha", [0.2, 0.4, 0.6])
def test_flags_by_chance_are_counted_over_all_orders(alpha):
    """Of four baseline units and two others every order is as likely."""
    baseline, units = 4, 2
    counts = np.zeros(units + 1)
    for order in permutations(range(baseline + units)):
        known, asked = np.array(order[:baseline], float), order[baseline:]
        counts[sum(rank_p(one, known) <= alpha for one in asked)] += 1
    assert flags_by_chance(baseline, units, alpha) == pytest.approx(counts / counts.sum())


def test_a_small_baseline_makes_the_band_wider_than_many_units_can_narrow():
    few, many = (band(flags_by_chance(size, 1000, 0.05)) for size in (140, 14_000))
    assert few[1] - few[0] > 2 * (many[1] - many[0])
    assert inside(flags_by_chance(140, 1000, 0.05), 0, 1) == pytest.approx(1)


def test_no_score_of_the_same_values_beats_the_bound():
    """All scores of four values tried, ties among them."""
    intact, faulty = [0, 0, 1, 2, 2], [0, 1, 1, 2, 3]
    positive = np.arange(10) >= 5
    reached = [
        roc_auc(np.array([score[value] for value in intact + faulty], float), positive)
        for score in product(range(4), repeat=4)
    ]
    assert best_auc(intact, faulty) == pytest.approx(max(reached))


def test_units_that_are_all_alike_cannot_be_told_apart():
    assert best_auc(["same"] * 3, ["same"] * 2) == 0.5
    assert best_auc(["a"], ["b"]) == 1


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 1.0])
def test_a_threshold_with_coins_flags_exactly_the_share_of_its_own_null(share):
    null = np.random.default_rng(7).integers(0, 5, size=40).astype(float)
    assert np.mean([found(null, value, share) for value in null]) == pytest.approx(share)


def test_runs_and_repeats_are_found_by_trying_all():
    random = np.random.default_rng(8)
    for _ in range(50):
        numbers = random.integers(0, 3, size=random.integers(2, 16))
        row, size = numbers.tolist(), len(numbers)
        runs = [
            n for n in range(1, size + 1) for at in range(size - n + 1) if len(set(row[at : at + n])) == 1
        ]
        repeats = [
            n
            for n in range(2, size)
            for at in range(size - 2 * n + 1)
            if row[at : at + n] == row[at + n : at + 2 * n]
        ]
        assert longest_run(numbers) == max(runs)
        assert longest_repeat(numbers) == max(repeats, default=0)


def test_the_beginning_of_another_session_is_found_and_its_own_is_not_counted():
    random = np.random.default_rng(9)
    units = [
        tuple(b"%d" % one for one in random.integers(0, 2, size=random.integers(1, 6))) for _ in range(40)
    ]
    for own_at, own in enumerate(units):
        for unit in (own[:1], own[:-1], own[1:], (*own, b"0")):
            if not unit:
                continue
            others = units[:own_at] + units[own_at + 1 :]
            assert sessions.begins(sorted(units), unit, own) == any(o[: len(unit)] == unit for o in others)
