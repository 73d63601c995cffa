"""Distances to the nearest baseline texts: by hand, against the slow twin, and for any bytes."""

import math
from random import Random

import naive_texts as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.near_text import MOST_GRAMS, NearTextView, grams_of
from driftlock_core.views.plain_text import text_of
from driftlock_core.views.stretches import Stretches, borders_of
from driftlock_core.views.text_sets import REFERENCES, TextSets
from driftlock_core.views.vocabulary import words_in

units = st.lists(st.binary(max_size=40), max_size=3).map(lambda events: Unit(tuple(events), tuple(events)))
small = st.lists(
    st.text("ab ", max_size=12).map(lambda text: Unit((text.encode(),), (text.encode(),))),
    min_size=1,
    max_size=9,
)


def unit(*events):
    return Unit(events, events)


def laid(*sets):
    return Stretches(
        np.array([token for one in sets for token in one]), borders_of([len(one) for one in sets])
    )


def twin(baseline, asked, whole):
    """Distances of one unit to *baseline*, what is left of *whole* units."""
    return [
        *naive.nearest(
            [naive.grams(text_of(one.raw)) for one in baseline], naive.grams(text_of(asked.raw)), whole
        ),
        *naive.nearest(
            [{*words_in(text_of(one.canonical))} for one in baseline],
            {*words_in(text_of(asked.canonical))},
            whole,
        ),
    ]


def test_grams_are_counted_once_and_both_lengths_are_kept_apart():
    """“aaaaaa” holds one 3-gram and one 5-gram."""
    grams, shares = grams_of([b"aaaaaa", b"ab", b"aaa"])
    assert grams.symbols.tolist() == [0x01616161, 0x016161616161, 0x01616161]
    assert grams.borders.tolist() == [0, 2, 2, 3]
    assert shares.tolist() == [1, 1, 1]


def test_weights_and_distances_by_hand():
    """Of {1, 2, 3} the only reference {1, 2} lacks the 3: it weighs −log2(½/2) = 2, the others −log2(1½/2)."""
    shared = 2 * round(-math.log2(0.75) * 1024) / 1024
    (found,) = TextSets(laid([1, 2]), own_groups(1)).outside(laid([1, 2, 3]))
    assert found == pytest.approx([2 / (2 + shared), 2 / (2 + shared)])


def test_a_text_three_others_hold_is_at_distance_zero():
    """Exactly zero, not nearly: weights add up without rounding."""
    fitted = NearTextView([unit(b"read the manual")] * 4 + [unit(b"write the tests")], own_groups(5))
    assert fitted.inside()[0].tolist() == [0, 0, 0, 0]
    assert fitted.outside([unit(b"read the manual")]).tolist() == [[0, 0, 0, 0]]


@given(baseline=small, groups=st.lists(st.integers(0, 4), min_size=9, max_size=9))
@settings(max_examples=100, deadline=None)
def test_leaving_out_is_fitting_without(baseline, groups):
    """Each baseline unit gets what measuring and weighing by all other groups by hand gives it."""
    numbers = np.array(groups[: len(baseline)])
    expected = [
        twin(
            [one for one, group in zip(baseline, numbers, strict=True) if group != own],
            baseline[at],
            len(baseline),
        )
        for at, own in enumerate(numbers)
    ]
    assert NearTextView(baseline, numbers).inside() == pytest.approx(np.array(expected), abs=1e-9)


@given(baseline=small, asked=small)
@settings(max_examples=80, deadline=None)
def test_scoring_agrees_with_measuring_by_hand(baseline, asked):
    """Units to score get what the slow twin gives them."""
    expected = [twin(baseline, one, len(baseline)) for one in asked]
    found = NearTextView(baseline, own_groups(len(baseline))).outside(asked)
    assert found == pytest.approx(np.array(expected), abs=1e-9)


def test_a_stranger_is_as_far_inside_as_outside():
    """A text that shares nothing is at distance 1 from all, left out or new."""
    fitted = NearTextView([unit(b"calm waters"), unit(b"calm water"), unit(b"#############")], own_groups(3))
    assert fitted.inside()[2].tolist() == [1, 1, 1, 1]
    assert fitted.outside([unit(b"=============")]).tolist() == [[1, 1, 1, 1]]


def test_references_are_two_thousand_at_equal_steps():
    """A longer baseline is thinned out evenly; units that are no reference are measured all the same."""
    sets = laid(*([at] for at in range(3 * REFERENCES)))
    thinned = TextSets(sets, own_groups(3 * REFERENCES))
    assert thinned.units.tolist() == [*range(0, 3 * REFERENCES, 3)]
    assert thinned.inside(sets)[1].tolist() == [1, 1]
    assert thinned.outside(laid([3]))[0, 0] == pytest.approx(2 / 3)


def test_of_a_long_text_a_sample_stands_for_all():
    """The same runs are taken in every text; the distances of 40 long texts move by less than 0.03 on average."""
    random = Random(5)
    words = [bytes(random.choices(b"abcdefgh", k=4)) for _ in range(200)]
    texts = [b" ".join(random.choices(words, k=400)) for _ in range(60)]
    references = TextSets(grams_of(texts[:20])[0], own_groups(20))
    every = references.outside(grams_of(texts[20:])[0])
    sampled, shares = grams_of(texts[20:], most=MOST_GRAMS)
    assert (shares < 0.3).all()
    assert (sampled.lengths < 1.1 * MOST_GRAMS).all()
    assert np.abs(references.outside(sampled, shares) - every).mean() < 0.03
    short, _ = grams_of([texts[0][:200]], most=MOST_GRAMS)
    assert short.symbols.tolist() == grams_of([texts[0][:200]])[0].symbols.tolist()


def test_a_long_text_the_baseline_holds_is_at_residue_zero():
    """A sample of what is shared is shared."""
    text = b" ".join(b"%d" % number for number in range(700))
    fitted = NearTextView([unit(text)] * 4 + [unit(b"something else")], own_groups(5))
    assert fitted.outside([unit(text)])[0, [0, 2, 3]].tolist() == [0, 0, 0]
    assert fitted.inside()[0, 0] == 0


@given(baseline=st.lists(units, max_size=5), asked=st.lists(units, max_size=6))
@settings(max_examples=80, deadline=None)
def test_no_bytes_break_it_and_company_changes_nothing(baseline, asked):
    """Everything lies in [0, 1], and a unit scored alone gets exactly what it gets among others."""
    fitted = NearTextView(baseline, own_groups(len(baseline)))
    together = fitted.outside(asked)
    assert fitted.inside().shape == (len(baseline), 4)
    assert together.shape == (len(asked), 4)
    for rows in (together, fitted.inside()):
        assert ((rows >= 0) & (rows <= 1)).all()
    for row, one in zip(together, asked, strict=True):
        assert (fitted.outside([one])[0] == row).all()
        assert len(fitted.places(one)) <= 5


def test_places_name_words_the_nearest_unit_lacks():
    """The rarest word first, with its event and the number of the nearest unit."""
    baseline = [unit(b"list all open orders")] * 3 + [unit(b"drop me a line about orders")] * 2
    dearest = NearTextView(baseline, own_groups(5)).places(unit(b"list all open orders", b"then drop table"))
    assert [place.event for place in dearest] == [1, 1, 1]
    assert "'then' is missing in the nearest baseline unit (number 0)" in dearest[0].what
    assert dearest[0].bits > dearest[2].bits
