"""The benchmarks' own arithmetic: their worked examples, and small runs on generated logs."""

import doctest

import pytest

from benchmarks.quality import false_alarms, labelled, nab_scorer
from benchmarks.sources import generated
from benchmarks.speed import detection


@pytest.mark.parametrize("module", [labelled, nab_scorer], ids=lambda module: module.__name__)
def test_worked_examples_hold(module):
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)


def test_false_alarms_are_counted_on_a_generated_log():
    row = false_alarms.measure("generated", generated(2000, 3))
    assert row.windows == 156
    assert row.shuffled <= 0.01


def test_speed_is_a_ratio_of_two_times():
    row = detection.measure("generated", generated(2000, 3), with_naive=False)
    assert row.warm > 0 < row.raw
    assert row.warm_ratio == row.warm / row.raw
    assert row.naive is None
