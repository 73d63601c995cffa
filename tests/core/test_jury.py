"""Other compressors: ranks counted by hand, and what they do not depend on."""

from random import Random

import naive_second_looks as naive
import pytest
from streams import FOREIGN, lines, usual

from driftlock_core.compressors import COMPRESSORS, compressor_named
from driftlock_core.jury import JURORS, TOP, Known, jury

EVENTS = usual(700, seed=3)


def known(start, window=None):
    """Twenty events told from the hundred before them."""
    return Known(
        window=tuple(window or EVENTS[start : start + 20]), baseline=tuple(EVENTS[start - 100 : start])
    )


PAST = [known(start) for start in range(100, 680, 20)]
STRANGE = known(680, [*EVENTS[680:690], *lines(FOREIGN, 10, seed=8)])


@pytest.mark.parametrize("name", JURORS)
def test_the_rank_is_the_one_counted_by_hand(name):
    """Cost by plain compression, rank by counting; the window itself is one of them."""
    if name == "lzma":
        costs = [naive.lzma_cost(one.window, one.baseline) for one in (STRANGE, *PAST)]
    else:
        compressor = compressor_named(name)
        costs = [
            compressor.digest(naive.distinct(one.baseline)).cost(b"\n".join(one.window) + b"\n")
            for one in (STRANGE, *PAST)
        ]
    found = next(juror for juror in jury(STRANGE, PAST).jurors if juror.compressor == name)
    assert (found.cost, found.rank, found.of) == (costs[0], naive.rank(costs[0], costs[1:]), len(PAST) + 1)


def test_the_order_of_the_past_does_not_matter():
    """A rank is a rank."""
    shuffled = Random(11).sample(PAST, len(PAST))
    assert jury(STRANGE, PAST) == jury(STRANGE, shuffled)


def test_foreign_lines_are_unusual_to_every_juror():
    """And with so few past windows they agree on the finest rank there is, not on one in a hundred."""
    found = jury(STRANGE, PAST)
    assert found.agree == len(JURORS) == 4
    assert found.top == 1 / (len(PAST) + 1) > TOP
    assert all(0 < juror.share <= 1 for juror in found.jurors)


def test_an_ordinary_window_is_not():
    """Nothing about it is new."""
    assert jury(known(680), PAST).agree < len(JURORS)


def test_a_tie_counts_against_the_window():
    """Among copies of itself it is the last, never the first."""
    same = known(200)
    found = jury(same, [same] * 5)
    assert [juror.rank for juror in found.jurors] == [6] * len(JURORS)
    assert found.agree == 0


def test_from_ninety_nine_past_windows_on_the_top_is_one_percent():
    """Not finer, whatever there is."""
    assert jury(STRANGE, [PAST[0]] * 99).top == TOP
    assert jury(STRANGE, [PAST[0]] * 150).top == TOP


def test_without_past_windows_there_is_no_rank():
    """Said, not made up."""
    with pytest.raises(ValueError, match="no past windows"):
        jury(STRANGE, [])


def test_every_built_in_compressor_sits_on_it():
    """A new one is asked too."""
    assert set(COMPRESSORS) <= set(JURORS)
