from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from driftlock_core import incidents


@given(starts=st.sets(st.integers(0, 200)), window=st.integers(1, 50), gap=st.integers(0, 30))
def test_incidents_lie_further_apart_than_the_gap_and_their_windows_do_not(starts, window, gap):
    """Within one no two neighbours are further apart; all windows are in one, in order."""
    groups = incidents([(start, start + 1, start + window) for start in sorted(starts)], gap)
    assert [w for group in groups for w in group.windows] == sorted(starts)
    assert all(after.first_seq - before.last_seq - 1 > gap for before, after in pairwise(groups))
    for group in groups:
        assert all(after - before - window <= gap for before, after in pairwise(group.windows))


@given(starts=st.sets(st.integers(0, 200)), window=st.integers(1, 50))
def test_incidents_are_separate_and_cover_exactly_the_flagged_events(starts, window):
    """Two incidents never touch, and together they hold each flagged event once."""
    flagged = [(start, start + 1, start + window) for start in sorted(starts)]
    groups = incidents(flagged)
    covered = {seq for _, first, last in flagged for seq in range(first, last + 1)}
    assert covered == {seq for group in groups for seq in range(group.first_seq, group.last_seq + 1)}
    assert all(before.last_seq + 1 < after.first_seq for before, after in pairwise(groups))
    assert [w for w, _, _ in flagged] == [w for group in groups for w in group.windows]
