"""What was flagged stays out of the baseline, for a while."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from streams import FOREIGN, lines, usual

from driftlock_core import BALANCED, Detector, save
from driftlock_core.protection import FREEZE


def with_fault(count, start, stop, seed):
    """Ordinary events, three in ten of them foreign from *start* to *stop*."""
    events, foreign, random = usual(count, seed), lines(FOREIGN, count, seed + 1), Random(seed)
    for at in range(start, stop):
        if random.random() < 0.3:
            events[at] = foreign[at]
    return events


def baselines(events):
    """First and last seq of each epoch's baseline, and the flagged windows, as a detector goes on."""
    detector, found, flagged = Detector(BALANCED), [], []
    for start in range(0, len(events), 10):
        windows = detector.update(events[start : start + 10])
        flagged += [(v.first_seq, v.last_seq) for v in windows.verdicts]
        if detector.epoch is not None:
            span = detector.epoch.baseline.first_seq, detector.epoch.baseline.last_seq
            if not found or found[-1][0] != detector.epoch.index:
                found.append((detector.epoch.index, *span, list(flagged)))
    return found


def test_no_baseline_holds_what_was_flagged_before():
    """As long as there is one without, at most two baselines' length behind."""
    epochs = baselines(with_fault(4000, 2000, 2100, seed=31))
    assert epochs[-1][3], "the fault must be flagged"
    for _, first, last, flagged in epochs:
        assert not any(begin <= last and end >= first for begin, end in flagged)
    held_back = [first for (_, first, _, _), (_, after, _, _) in pairwise(epochs) if first == after]
    assert held_back


def test_what_lasts_becomes_usual():
    """A change for good is in the baseline after at most so many baselines' length, and nothing is flagged any more."""
    events = with_fault(6000, 2000, 6000, seed=32)
    epochs = baselines(events)
    reach = (FREEZE + 2) * BALANCED.baseline
    assert any(first > 2000 for _, first, _, _ in epochs if first < 2000 + reach)
    windows = Detector(BALANCED).update(events)
    late = windows.first_seq > 2000 + reach
    assert windows.flagged[late].mean() <= 0.05


def test_without_other_views_nothing_is_held_back():
    """The bytes alone keep to their own rule, and a given baseline never moves."""
    assert Detector(BALANCED, baseline=usual(400, 1)).protects is False


@pytest.mark.parametrize("seed", range(4))
def test_going_ahead_changes_nothing(monkeypatch, seed):
    """Several epochs judged at once, some taken back, against one after the other; verdicts, columns and state."""
    events = with_fault(6000, 1500, 1580, seed)
    for start in (2300, 3100, 3700, 5200):
        events[start : start + 60] = with_fault(6000, 0, 6000, seed + 10)[start : start + 60]
    detector = Detector(BALANCED)
    ahead = detector.update(events)
    monkeypatch.setattr("driftlock_core.ahead.MOST_EPOCHS", 1)
    stepwise = Detector(BALANCED)
    one_by_one = stepwise.update(events)
    assert len({v.evidence.epochs[-1] for v in ahead.verdicts}) > 3
    assert ahead.verdicts == one_by_one.verdicts
    for column in ("size", "mu", "cbar", "score", "aspect_p", "chance", "flagged"):
        np.testing.assert_array_equal(getattr(ahead, column), getattr(one_by_one, column))
    assert save(detector) == save(stepwise)
