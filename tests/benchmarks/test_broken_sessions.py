from random import Random

import numpy as np
import pytest

from benchmarks.quality.broken_sessions import BURST, KINDS, broken, burst, cut, gap, ordinary, repeated

EVENTS = [b"%d" % n for n in range(10)]


def test_a_cut_takes_the_last_three_tenths():
    assert cut(EVENTS, Random(1)) == EVENTS[:7]


@pytest.mark.parametrize("seed", range(20))
def test_a_gap_takes_three_tenths_in_a_row(seed):
    left = gap(EVENTS, Random(seed))
    missing = sorted({int(event) for event in EVENTS} - {int(event) for event in left})
    assert len(missing) == 3
    assert missing == [*range(missing[0], missing[0] + 3)]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("times", [2, 3])
def test_a_repeated_piece_is_a_quarter_and_stays_in_place(seed, times):
    altered = repeated(times)(EVENTS, Random(seed))
    first = next(at for at in range(10) if altered[at : at + 3] * times == altered[at : at + 3 * times])
    assert altered[:first] + altered[first + 3 * (times - 1) :] == EVENTS


def test_a_burst_is_ten_of_one_event():
    altered = burst(EVENTS, Random(3))
    assert sorted(altered.count(event) for event in EVENTS) == [1] * 9 + [BURST]


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_depends_on_set_unit_and_kind_alone(kind):
    assert broken("set", 3, kind, EVENTS) == broken("set", 3, kind, list(EVENTS))
    assert broken("set", 3, kind, EVENTS) != EVENTS


def test_only_ordinary_units_of_four_events_or_more_get_faults():
    units = [EVENTS, EVENTS, EVENTS[:3], EVENTS[:4]]
    assert ordinary("set", units, np.array([True, False, False, False])) == [1, 3]
