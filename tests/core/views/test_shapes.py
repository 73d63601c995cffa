"""Shapes of texts: the stream by hand, its bits against the slow twin."""

import re

import naive_texts as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.plain_text import text_of
from driftlock_core.views.shapes import ShapesView, shape_of

units = st.lists(st.binary(max_size=40), max_size=3).map(lambda events: Unit(tuple(events), tuple(events)))
small = st.lists(
    st.text("ab1  ,.\n", max_size=14).map(lambda text: Unit((text.encode(),), (text.encode(),))),
    min_size=1,
    max_size=6,
)


def unit(*events):
    return Unit(events, events)


def slow_shape(text):
    text = re.sub(rb"[A-Za-z\x80-\xff]+", b"a", text)
    text = re.sub(rb"[0-9]+", b"0", text)
    return re.sub(rb" +", b" ", text)


def twin(shapes, shape, different):
    """The statistics of *shape* after *shapes*, in the order of the view."""
    order2, order4 = (naive.witten_bell(shapes, shape, order, different, 60) for order in (2, 4))
    return [
        number
        for bits in (order2, order4)
        for number in (naive.mean(bits), naive.total(bits), naive.worst_mean(bits, 6))
    ]


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (b"", b""),
        (b"a a", b"Guten  Tag"),
        (b"a0-0", b"v12-7"),
        (b"!!??\n\n", b"!!??\n\n"),
        (b"a", "größer".encode()),
        (b"'a 0=0--", b"'or  1=1--"),
    ],
)
def test_shapes_by_hand(shape, text):
    """Letters, digits and blanks lose their number, signs keep it."""
    assert shape_of(text) == shape


@given(st.binary(max_size=200))
def test_the_stream_agrees_with_replacing_by_pattern(text):
    """Any bytes: the same as three substitutions."""
    assert shape_of(text) == slow_shape(text)


@given(baseline=small, groups=st.lists(st.integers(0, 3), min_size=6, max_size=6))
@settings(max_examples=80, deadline=None)
def test_leaving_out_is_fitting_without(baseline, groups):
    """Each baseline unit gets what counting the shapes of all other groups by hand gives it."""
    numbers = np.array(groups[: len(baseline)])
    shapes = [slow_shape(text_of(one.raw)) for one in baseline]
    different = len({*b"".join(shapes)})
    expected = [
        twin(
            [shape for shape, group in zip(shapes, numbers, strict=True) if group != own],
            shapes[at],
            different,
        )
        for at, own in enumerate(numbers)
    ]
    assert ShapesView(baseline, numbers).inside() == pytest.approx(np.array(expected), abs=1e-9)


@given(baseline=small, asked=small)
@settings(max_examples=60, deadline=None)
def test_scoring_agrees_with_counting_by_hand(baseline, asked):
    """Units to score get what the slow twin gives them."""
    shapes = [slow_shape(text_of(one.raw)) for one in baseline]
    expected = [twin(shapes, slow_shape(text_of(one.raw)), len({*b"".join(shapes)})) for one in asked]
    found = ShapesView(baseline, own_groups(len(baseline))).outside(asked)
    assert found == pytest.approx(np.array(expected), abs=1e-9)


def test_other_words_of_one_shape_cost_the_same():
    """The view does not read words, to the last bit."""
    fitted = ShapesView([unit(b"pay 10 EUR now")] * 20, own_groups(20))
    rows = fitted.outside([unit(b"pay 10 EUR now"), unit(b"send 7777 USD later")])
    assert (rows[0] == rows[1]).all()


@given(baseline=st.lists(units, max_size=5), asked=st.lists(units, max_size=70))
@settings(max_examples=60, deadline=None)
def test_no_bytes_break_it_and_company_changes_nothing(baseline, asked):
    """Everything is finite, and a unit scored alone gets exactly what it gets among others."""
    fitted = ShapesView(baseline, own_groups(len(baseline)))
    together = fitted.outside(asked)
    assert fitted.inside().shape == (len(baseline), 6)
    assert together.shape == (len(asked), 6)
    assert np.isfinite(together).all()
    assert np.isfinite(fitted.inside()).all()
    for row, one in zip(together, asked, strict=True):
        assert (fitted.outside([one])[0] == row).all()
        assert len(fitted.places(one)) <= 5


def test_places_quote_the_text_behind_the_shape():
    """The dearest place names the bytes as received and their event."""
    fitted = ShapesView([unit(b"please add two numbers")] * 30, own_groups(30))
    dearest = fitted.places(unit(b"please add two numbers", b"please '||1=1;-- numbers"))[0]
    assert dearest.event == 1
    assert "'||" in dearest.what
