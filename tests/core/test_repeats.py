"""m of n: which flagged windows are alarms, and how many chance alone raises."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streams import usual

from driftlock_core.detector import Detector
from driftlock_core.gate import Gate
from driftlock_core.profiles import BALANCED, VIEWS
from driftlock_core.recount import Recounter, Rule
from driftlock_core.recount_alone import Alone, recount_alone
from driftlock_core.repeats import MOST_LAST, Odds, Repeats, alarms, alarms_by_chance
from driftlock_core.stored_windows import StoredWindows, first_references

SMALL = replace(BALANCED, baseline=80, window=10, hop=2, references=120)
WIDE = Gate(threshold=0.10, alpha=0.20, exact=0.0, every_rule=True)


@given(flagged=st.lists(st.booleans(), max_size=40), last=st.integers(1, 12), data=st.data())
def test_an_alarm_is_a_flagged_window_with_enough_flags_among_the_last(flagged, last, data):
    least = data.draw(st.integers(1, last))
    expected = [
        one and sum(flagged[max(0, at - last + 1) : at + 1]) >= least for at, one in enumerate(flagged)
    ]
    found = alarms(np.array(flagged, dtype=bool), Repeats(least=least, last=last))
    assert found.tolist() == expected


@pytest.mark.parametrize(("least", "last"), [(0, 1), (3, 2), (1, MOST_LAST + 1)])
def test_repeats_that_cannot_be_met_are_refused(least, last):
    with pytest.raises(ValueError, match=f"{least} of the last {last} windows"):
        Repeats(least=least, last=last)


def test_where_windows_share_no_event_the_bound_is_the_urn():
    """
    Ranks of 20,000 independent values among the 60 before each, seed 8: both of two in the top three.

    The stated figure is not below what happens, and not above twice of it.
    """
    m, places, random = 60, 3, np.random.default_rng(8)
    values = random.normal(size=20_000)
    past = np.lib.stride_tricks.sliding_window_view(values, m + 1)
    flagged = (past[:, :-1] >= past[:, -1:]).sum(axis=1) < places
    count = np.full(len(flagged), m)
    odds = Odds(m=count, places=np.full_like(count, places), ways=np.ones_like(count), by_rank=count > 0)
    chance = np.full(len(flagged), places / (m + 1))
    twice = Repeats(least=2, last=2)
    stated = alarms_by_chance(chance, odds, twice, 1)
    assert stated[-1] == pytest.approx(places * (places + 1) / ((m + 1) * (m + 2)))
    raised = alarms(flagged, twice).sum()
    assert stated.sum() / 2 < raised < stated.sum()


@pytest.mark.parametrize("views", [VIEWS, VIEWS[:1]], ids=["all views", "bytes alone"])
def test_shuffled_streams_raise_no_more_alarms_than_stated(views):
    """Twelve shuffles of one stream, seeds 0 to 11: their mean count is not above what is said, for any repeats."""
    profile, events = replace(SMALL, views=views), usual(700, 41)
    times = [1_700_000_000_000_000 + at * 1_000_000 for at in range(len(events))]
    rules = [Rule(threshold=0.10, alpha=0.20), Rule(threshold=0.10, alpha=0.05)]
    every = [Repeats(), *(Repeats(least=m, last=n) for m, n in ((2, 5), (6, 10), (10, 10), (7, 20)))]
    raised, stated, flagged = np.zeros((2, 5)), np.zeros((2, 5)), 0
    for seed in range(12):
        shuffled = list(events)
        Random(seed).shuffle(shuffled)
        windows = Detector(profile, gate=WIDE).update(shuffled, times)
        recounter = Recounter(StoredWindows.of(windows, first_references(shuffled, profile)), profile)
        for row, rule in enumerate(rules):
            found, odds = recounter.at(rule), recounter.odds(rule)
            flagged += found.flagged.sum()
            for column, repeats in enumerate(every):
                raised[row, column] += alarms(found.flagged, repeats).sum()
                stated[row, column] += alarms_by_chance(found.chance, odds, repeats, 5).sum()
    assert flagged > 0
    assert (raised <= stated).all()
    assert (stated[:, 3] < stated[:, 0]).all()


def test_a_measured_calibration_raises_the_bound_by_its_power():
    """Twice too many small ranks: twice as many flags, four times as many pairs."""
    odds = Odds(m=np.array([500]), places=np.array([5]), ways=np.array([1]), by_rank=np.array([True]))
    both = Repeats(least=10, last=10)
    once, twice = (alarms_by_chance(np.array([0.01]), odds, both, 5, factor)[0] for factor in (1.0, 2.0))
    assert twice == pytest.approx(4 * once)


def test_where_no_rank_decides_repeats_take_nothing_off():
    odds = Odds(m=np.array([9]), places=np.array([0]), ways=np.array([1]), by_rank=np.array([False]))
    assert alarms_by_chance(np.array([0.05]), odds, Repeats(least=20, last=20), 5).tolist() == [0.05]


def test_extra_bits_alone_have_the_share_of_their_pool_and_distances_none():
    """Each window's pool counted by hand; on one stream, seed 6."""
    events = usual(500, 6)
    windows = Detector(SMALL, gate=WIDE).update(events)
    stored = StoredWindows.of(windows, first_references(events, SMALL))
    recounter, rule = Recounter(stored, SMALL), Rule.of(SMALL)
    found = recount_alone(recounter, rule, Alone(statistic="bits", least=40.0))
    bits = 8 * (stored.size - stored.mu)
    assert found.flagged.tolist() == (bits >= 40).tolist()
    assert found.flagged.any()
    history, cold = np.concatenate((stored.cold, stored.size)), len(stored.cold)
    for at in (0, 7, len(stored) - 1):
        stop = cold + max(0, at - 4)
        pool = [*history[max(0, stop - SMALL.references) : stop], stored.size[at]]
        over = sum(8 * (size - stored.mu[at]) >= 40 for size in pool)
        assert found.chance[at] == pytest.approx(over / len(pool))
    far = recount_alone(recounter, rule, Alone(statistic="distance", least=0.1))
    assert (far.flagged | far.unknown).tolist() == (recounter.reached(rule) >= 0.1).tolist()
    assert np.isnan(far.chance).all()
