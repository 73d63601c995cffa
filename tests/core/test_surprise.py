import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.surprise import Ranked, leave_out_blocks

values = st.lists(st.floats(-50, 50).map(lambda value: round(value, 1)), min_size=3, max_size=60)


@given(baseline=values, asked=st.floats(-60, 60).map(lambda value: round(value, 1)))
def test_up_to_the_largest_value_surprise_is_the_logarithm_of_the_rank(baseline, asked):
    """Counted by hand; beyond the largest value it goes on growing."""
    surprise = Ranked(np.array(baseline), two_sided=False).outside(np.array([asked]))[0]
    rank = (sum(value >= asked for value in baseline) + 1) / (len(baseline) + 1)
    if asked <= max(baseline):
        assert math.isclose(surprise, -math.log(rank), abs_tol=1e-12)
    else:
        assert surprise > -math.log(rank)


@given(baseline=values, asked=st.lists(st.floats(-100, 100), min_size=2, max_size=9))
def test_larger_values_never_surprise_less(baseline, asked):
    surprise = Ranked(np.array(baseline), two_sided=False).outside(np.sort(np.array(asked)))
    assert (np.diff(surprise) >= 0).all()


@given(baseline=values)
def test_two_sided_surprise_is_symmetric(baseline):
    """A value as far below as another is above surprises as much, in the mirrored baseline."""
    asked = np.array([-70.0, -3.0, 0.0, 3.0, 70.0])
    upright = Ranked(np.array(baseline), two_sided=True).outside(asked)
    mirrored = Ranked(-np.array(baseline), two_sided=True).outside(-asked)
    np.testing.assert_allclose(upright, mirrored)


@given(baseline=values, two_sided=st.booleans())
def test_a_baseline_value_surprises_as_it_would_outside_a_baseline_of_the_others(baseline, two_sided):
    """Rank and tail: what is in the baseline gets no discount over what is not."""
    inside = Ranked(np.array(baseline), two_sided=two_sided).inside(np.array(baseline))
    for at, value in enumerate(baseline):
        others = Ranked(np.array(baseline[:at] + baseline[at + 1 :]), two_sided=two_sided)
        assert math.isclose(inside[at], others.outside(np.array([value]))[0], rel_tol=1e-9, abs_tol=1e-9)


def test_an_equal_value_is_not_new():
    """Where all baseline units have the same value, one more of it does not surprise."""
    ranked = Ranked(np.zeros(50), two_sided=True)
    assert ranked.outside(np.zeros(1)).tolist() == [0.0]
    assert ranked.inside(np.zeros(50)).tolist() == [0.0] * 50
    assert ranked.outside(np.ones(1))[0] > 3


def test_blocks_are_contiguous_and_lose_their_borders():
    for count in (20, 45, 130, 1000):
        groups, calibrating = leave_out_blocks(count)
        assert (np.diff(groups) >= 0).all()
        blocks = int(groups.max()) + 1
        assert 3 <= blocks <= 10
        assert count - 2 * (blocks - 1) == int(calibrating.sum())
