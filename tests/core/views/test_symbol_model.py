import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.views.symbol_model import SymbolModel

sequences = st.lists(st.lists(st.integers(-2, 3), max_size=9), min_size=1, max_size=6)


def slow_bits(others, sequence, order, everything, escapes):
    """Witten-Bell by its definition; *everything* is the whole baseline, for V and the sizes at order 0."""
    symbols = [symbol for other in everything for symbol in other]
    kinds = len(set(symbols))
    bits = []
    for at, symbol in enumerate(sequence):
        p = 1 / (kinds + 1 + escapes)
        for k in range(min(order, at) + 1):
            context = tuple(sequence[at - k : at])
            followers = [
                other[place]
                for other in others
                for place in range(k, len(other))
                if tuple(other[place - k : place]) == context
            ]
            size, distinct = (len(followers), len(set(followers))) if k else (len(symbols), kinds)
            if size:
                p = (followers.count(symbol) + distinct * p) / (size + distinct)
        bits.append(-math.log2(p))
    return bits


def slow_novel(others, sequence, order):
    seen = {tuple(other[end - order : end + 1]) for other in others for end in range(order, len(other))}
    return [at >= order and tuple(sequence[at - order : at + 1]) not in seen for at in range(len(sequence))]


def test_an_example_by_hand():
    """Three sequences, no escapes: p(7) = (3 + 3/4)/9, and after it p(8) = (2 + 2·(2 + 3/4)/9)/5."""
    model = SymbolModel([[7, 8], [7, 8], [7, 9]], np.arange(3), orders=1, escapes=0)
    np.testing.assert_allclose(
        model.bits_outside([7, 8], order=1), [-math.log2(3.75 / 9), -math.log2((2 + 2 * 2.75 / 9) / 5)]
    )


@given(
    baseline=sequences, order=st.integers(0, 4), groups=st.lists(st.integers(0, 2), min_size=6, max_size=6)
)
def test_leaving_a_group_out_is_fitting_without_it(baseline, order, groups):
    """Counts of the own group are taken back; V, and the sizes at order 0, stay those of the whole baseline."""
    groups = np.array(groups[: len(baseline)])
    model = SymbolModel(baseline, groups, orders=4, escapes=5.0)
    for at, sequence in enumerate(baseline):
        others = [other for other, group in zip(baseline, groups, strict=True) if group != groups[at]]
        np.testing.assert_allclose(
            model.bits_inside(at, order=order), slow_bits(others, sequence, order, baseline, 5.0), atol=1e-9
        )
        assert model.novel_inside(at, order=order).tolist() == slow_novel(others, sequence, order)


@given(baseline=sequences, sequence=st.lists(st.integers(-4, 6), max_size=9), order=st.integers(0, 4))
def test_outside_agrees_with_counting_by_hand(baseline, sequence, order):
    model = SymbolModel(baseline, np.arange(len(baseline)), orders=4, escapes=5.0)
    np.testing.assert_allclose(
        model.bits_outside(sequence, order=order),
        slow_bits(baseline, sequence, order, baseline, 5.0),
        atol=1e-9,
    )
    assert model.novel_outside(sequence, order=order).tolist() == slow_novel(baseline, sequence, order)


@given(baseline=sequences, asked=sequences)
def test_sequences_are_coded_alone(baseline, asked):
    """To the last bit the same in company as alone, and asking teaches the model nothing."""
    model = SymbolModel(baseline, np.arange(len(baseline)), orders=3, escapes=1.0)
    together = model.outside_at(asked, 3)[3][0]
    alone = [model.bits_outside(sequence, order=3) for sequence in asked]
    np.testing.assert_array_equal(together, np.concatenate(alone))


def test_no_sequences_and_empty_sequences():
    """A model of nothing gives every symbol the bits of its first guess."""
    for baseline in ([], [[]], [[], []]):
        model = SymbolModel(baseline, np.arange(len(baseline)), orders=2, escapes=7.0)
        assert model.bits_outside([5, 5], order=2).tolist() == [3.0, 3.0]
        assert model.inside_at(2)[2][0].tolist() == []


def test_all_different_cost_the_same_inside_and_outside():
    """Ranks compare both, so equal situations must tie to the last bit whatever the size of the baseline."""
    model = SymbolModel([[0, n] for n in range(1, 48)], np.arange(47), orders=1, escapes=50.0)
    inside = {float(model.bits_inside(at, order=1)[1]) for at in range(47)}
    assert inside == {float(model.bits_outside([0, 99], order=1)[1])}


def test_orders_asked_together_or_apart_agree():
    rng = np.random.default_rng(1)
    baseline = [rng.integers(0, 4, size=30).tolist() for _ in range(10)]
    together = SymbolModel(baseline, np.arange(10), orders=8, escapes=50.0)
    apart = SymbolModel(baseline, np.arange(10), orders=8, escapes=50.0)
    kept = together.inside_at(0, 4, 8)
    for order in (8, 0, 4):
        np.testing.assert_array_equal(kept[order][0], apart.inside_at(order)[order][0])
