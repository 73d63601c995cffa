import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.counts import CountView, bucket_of

words = st.builds(
    lambda *counts: "".join(letter * n for letter, n in zip("abc", counts, strict=True)),
    *[st.integers(0, 20)] * 3,
)


def unit(text):
    events = tuple(letter.encode() for letter in text)
    return Unit(events, events)


def slow_row(others, text, n):
    """Both statistics by their definition, against *others*; *n* is the size of the whole baseline."""
    rarest, excess = 0.0, 0.0
    for letter in set(text):
        count = text.count(letter)
        theirs = [other.count(letter) for other in others if letter in other]
        if not theirs:
            rarest = max(rarest, -math.log2(0.3 / (n + 0.9)) + 2)
            excess += 4 + 2 * math.log2(1 + count)
            continue
        bucket, buckets = bucket_of(count), [bucket_of(c) for c in theirs]
        near = 0.25 * (buckets.count(bucket - 1) + buckets.count(bucket + 1)) if bucket > 6 else 0
        rarest = max(rarest, -math.log2((buckets.count(bucket) + 0.3 + near) / (n + 0.9)))
        excess += max(0.0, 2 * math.log2(count / max(theirs)))
    return [rarest, excess]


def test_an_example_by_hand():
    """30 units have two of a line; three of it: nobody has as many, and 3 is half again the largest."""
    view = CountView([unit("aa")] * 30, own_groups(30))
    row = view.outside([unit("aaa")])[0]
    np.testing.assert_allclose(row, [-math.log2(0.3 / 30.9), 2 * math.log2(1.5)])


@given(
    texts=st.lists(words, min_size=1, max_size=6),
    groups=st.lists(st.integers(0, 3), min_size=6, max_size=6),
    strange=st.text("acxy", max_size=30),
)
def test_both_statistics_agree_with_their_definition(texts, groups, strange):
    groups = np.array(groups[: len(texts)])
    view = CountView([unit(text) for text in texts], groups)
    for at, text in enumerate(texts):
        others = [other for other, group in zip(texts, groups, strict=True) if group != groups[at]]
        np.testing.assert_allclose(view.inside()[at], slow_row(others, text, len(texts)), atol=1e-8)
    np.testing.assert_allclose(
        view.outside([unit(strange)])[0], slow_row(texts, strange, len(texts)), atol=1e-8
    )


@pytest.mark.parametrize("octave", range(3, 60))
def test_buckets_change_at_half_octaves(octave):
    """Exact integers decide, also where floats would round."""
    middle = math.isqrt(2 ** (2 * octave + 1)) + 1  # the first count above 2^(octave + ½)
    assert bucket_of(2**octave) == bucket_of(2**octave - 1) + 1
    assert bucket_of(middle) == bucket_of(middle - 1) + 1 == bucket_of(2**octave) + 1


def test_all_new_units_tie_inside_and_outside():
    """Units of which none shares a line with another score the same whether the baseline holds them or not."""
    texts = [chr(0x4E00 + n) * 3 for n in range(50)]
    view = CountView([unit(text) for text in texts[:40]], own_groups(40))
    assert (
        len(np.unique(np.concatenate([view.inside(), view.outside([unit(t) for t in texts[40:]])]), axis=0))
        == 1
    )


def test_company_and_emptiness_change_nothing():
    view = CountView([unit("ab"), unit("")], own_groups(2))
    together = view.outside([unit("xa"), unit(""), unit("bb")])
    np.testing.assert_array_equal(together[2], view.outside([unit("bb")])[0])
    assert together[1].tolist() == [0, 0]
    assert view.outside([]).shape == (0, 2)
    assert CountView([], own_groups(0)).inside().shape == (0, 2)


def test_places_name_line_and_counts():
    places = CountView([unit("aab")] * 30, own_groups(30)).places(unit("baaaax"))
    assert [place.event for place in places] == [5, 1, 0]
    assert places[1].what == "4 × this line; units of the baseline have at most 2"


@given(events=st.lists(st.binary(max_size=20), max_size=9))
def test_no_bytes_break_it(events):
    odd = Unit(tuple(events), tuple(events))
    view = CountView([odd, unit("ab")], own_groups(2))
    assert np.isfinite(view.inside()).all()
    assert np.isfinite(view.outside([odd])).all()
