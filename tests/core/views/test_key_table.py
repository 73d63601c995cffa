"""Numbers found among keys: as a dict finds them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core.views.key_table import KeyTable, numbered

numbers = st.integers(0, 30) | st.integers(0, 2**61) | st.integers(0, 100).map(lambda n: n << 40)


@given(keys=st.lists(numbers, unique=True, max_size=200), asked=st.lists(numbers | st.just(-1), max_size=50))
def test_finds_what_a_dict_finds(keys, asked):
    """Small, large and regularly spaced keys; −1 for what is none of them."""
    known = {key: place for place, key in enumerate(keys)}
    table = KeyTable(np.array(keys, dtype=np.int64))
    wanted = [*asked, *keys]
    assert table.find(np.array(wanted, dtype=np.int64)).tolist() == [known.get(one, -1) for one in wanted]


@pytest.mark.parametrize("step", [1, 1 << 20, 1 << 44])
def test_keys_at_equal_steps_do_not_pile_up(step):
    """A hundred thousand keys that differ in the same few bits are placed and found."""
    keys = np.arange(100_000, dtype=np.int64) * step
    table = KeyTable(keys)
    assert (table.find(keys) == np.arange(len(keys))).all()
    assert (table.find(keys[:-1] + max(1, step // 2)) == (-1 if step > 1 else np.arange(1, len(keys)))).all()


@given(values=st.lists(st.integers(0, 20) | st.integers(0, 2**62), max_size=50))
@settings(deadline=None)
def test_different_values_are_numbered_in_order(values):
    """Keys, places and counts as numpy's own search for different values gives them."""
    given_values = np.array(values, dtype=np.int64)
    expected = np.unique(given_values, return_inverse=True, return_counts=True)
    assert [part.tolist() for part in expected] == [part.tolist() for part in numbered(given_values)[1:]]
