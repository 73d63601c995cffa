"""How often a recount differs from running a stream again."""

import pytest

from benchmarks.quality.material import log_of
from benchmarks.quality.recount import Difference, differences, summed
from benchmarks.sources import generated, lines_of


def test_a_log_is_recounted_and_run_again_under_each_rule():
    """Of 3,000 generated lines nothing stays unknown, and both flag much the same."""
    found = differences(log_of("made", lines_of(generated(3_000, 2))))
    assert len(found) == 3
    assert {one.windows for one in found} == {(3_000 - 400) // 10 - 4}
    assert all(one.unknown == 0 for one in found)
    assert all(one.both <= min(one.recounted, one.again) for one in found)


@pytest.mark.parametrize(
    ("both", "says"), [(4, "0 of 100"), (1, "6 of 100 windows are judged otherwise (6.00 %)")]
)
def test_what_differs_is_what_only_one_of_both_flags(both, says):
    assert summed([Difference(recounted=4, again=4, both=both, unknown=0, windows=100)]).startswith(says)
