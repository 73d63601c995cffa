"""The search for the fewest copies, and the share of trials, against counting by hand."""

from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.detectability import fewest_noticed, noticed_from, share_noticed

fewest_of_trials = st.lists(st.none() | st.integers(1, 50), min_size=1, max_size=60)


@given(most=st.integers(1, 200), threshold=st.integers(1, 220))
def test_the_search_finds_what_trying_every_number_finds(most, threshold):
    """Where more copies are noticed no less."""
    one_by_one = next((copies for copies in range(1, most + 1) if copies >= threshold), None)
    assert fewest_noticed(lambda copies: copies >= threshold, most) == one_by_one


@given(most=st.integers(1, 100), noticed=st.sets(st.integers(1, 100)))
def test_whatever_is_noticed_the_answer_was_noticed_and_one_less_was_not(most, noticed):
    """Also where more copies may be noticed less; and few questions are asked."""
    asked = []

    def ask(copies):
        asked.append(copies)
        return copies in noticed

    found = fewest_noticed(ask, most)
    assert len(asked) <= 2 * most.bit_length() + 1
    assert max(asked) <= most
    if found is None:
        assert most not in noticed
    else:
        assert found in noticed
        assert found == 1 or found - 1 not in noticed


@given(fewest=fewest_of_trials)
def test_four_fifths_of_the_trials_by_counting(fewest):
    """The smallest number by which at least 80 % had noticed."""
    enough = [
        copies
        for copies in range(1, 51)
        if 5 * sum(one is not None and one <= copies for one in fewest) >= 4 * len(fewest)
    ]
    assert noticed_from(fewest, 0.8) == (enough[0] if enough else None)


@given(fewest=fewest_of_trials)
def test_shares_grow_to_that_of_all_that_noticed(fewest):
    shares = share_noticed(fewest)
    assert list(shares) == sorted(shares)
    assert list(shares.values()) == sorted(set(shares.values()))
    total = sum(one is not None for one in fewest) / len(fewest)
    assert max(shares.values(), default=0.0) == total
