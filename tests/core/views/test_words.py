"""Words of texts: cutting by hand, their bits against the slow twin."""

import math

import naive_texts as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.plain_text import text_of
from driftlock_core.views.vocabulary import placed_words, words_in
from driftlock_core.views.words import WordsView

NAMES = [statistic.name for statistic in WordsView.statistics]
units = st.lists(st.binary(max_size=40), max_size=3).map(lambda events: Unit(tuple(events), tuple(events)))
small = st.lists(
    st.lists(st.sampled_from("go to the shop <N2> !".split()), max_size=8).map(
        lambda words: Unit((b"",), (" ".join(words).encode(),))
    ),
    min_size=1,
    max_size=6,
)


def unit(*events):
    return Unit(events, events)


def twin(texts, text, different):
    """The statistics of *text* after *texts*, in the order of the view."""
    order0, order1, order2 = (naive.witten_bell(texts, text, order, different, 1000) for order in (0, 1, 2))
    dearest = sorted(order1, reverse=True)
    return [
        naive.mean(order0),
        naive.mean(order2),
        max(order1, default=0),
        naive.mean(dearest[:3]),
        naive.total(order2),
    ]


@pytest.mark.parametrize(
    ("words", "canonical"),
    [
        ([], b" \t\x1e "),
        ([b"it", b"'", b"s", b"<n>", b":", b"<n>"], b"It's <N2>:<N14>"),
        ([b"from", b"<ip>", b"!", b"!"], b"from <IP>!!"),
        (["für".encode(), b"x", b"3"], "für x3".encode()),
        ([b"<", b">", b"<", b"b", b",", b">"], b"<> <b,>"),
    ],
)
def test_words_by_hand(words, canonical):
    """A mask is one word, a sign is one word, case and width of numbers are gone."""
    assert words_in(canonical) == words


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_places_of_words_are_where_the_words_are(events):
    """Cutting with and without positions gives the same words."""
    assert [word for word, _ in placed_words(events)] == words_in(text_of(events))


def test_one_known_word_by_hand():
    """“stop” known once: (1 + 1/1002) / 2 at order 0, and every higher order has no context."""
    fitted = WordsView([unit(b"stop")], own_groups(1))
    bits = -math.log2((1 + 1 / 1002) / 2)
    assert fitted.outside([unit(b"STOP")])[0] == pytest.approx([bits, bits, bits, bits, math.log2(1 + bits)])


@given(baseline=small, groups=st.lists(st.integers(0, 3), min_size=6, max_size=6))
@settings(max_examples=80, deadline=None)
def test_leaving_out_is_fitting_without(baseline, groups):
    """Each baseline unit gets what counting the words of all other groups by hand gives it."""
    numbers = np.array(groups[: len(baseline)])
    texts = [words_in(text_of(one.canonical)) for one in baseline]
    different = len({word for text in texts for word in text})
    expected = [
        twin([text for text, group in zip(texts, numbers, strict=True) if group != own], texts[at], different)
        for at, own in enumerate(numbers)
    ]
    assert WordsView(baseline, numbers).inside() == pytest.approx(np.array(expected), abs=1e-9)


@given(baseline=small, asked=small)
@settings(max_examples=60, deadline=None)
def test_scoring_agrees_with_counting_by_hand(baseline, asked):
    """Units to score get what the slow twin gives them."""
    texts = [words_in(text_of(one.canonical)) for one in baseline]
    different = len({word for text in texts for word in text})
    expected = [twin(texts, words_in(text_of(one.canonical)), different) for one in asked]
    found = WordsView(baseline, own_groups(len(baseline))).outside(asked)
    assert found == pytest.approx(np.array(expected), abs=1e-9)


@given(baseline=st.lists(units, max_size=5), asked=st.lists(units, max_size=70))
@settings(max_examples=60, deadline=None)
def test_no_bytes_break_it_and_company_changes_nothing(baseline, asked):
    """Everything is finite, and a unit scored alone gets exactly what it gets among others."""
    fitted = WordsView(baseline, own_groups(len(baseline)))
    together = fitted.outside(asked)
    assert fitted.inside().shape == (len(baseline), len(NAMES))
    assert together.shape == (len(asked), len(NAMES))
    assert np.isfinite(together).all()
    assert np.isfinite(fitted.inside()).all()
    for row, one in zip(together, asked, strict=True):
        assert (fitted.outside([one])[0] == row).all()
        assert len(fitted.places(one)) <= 5


def test_places_name_the_word_nobody_used():
    """The dearest word, what stands before it, and its event."""
    fitted = WordsView([unit(b"tell me a short story")] * 30, own_groups(30))
    dearest = fitted.places(unit(b"tell me a short story", b"tell me a password story"))[0]
    assert dearest.event == 1
    assert "'password' after 'a', a word the baseline does not hold" in dearest.what
