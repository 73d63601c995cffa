"""The benchmarks' own arithmetic: their worked examples, and small runs on generated logs."""

import doctest

import pytest

from benchmarks import markdown
from benchmarks.quality import labelled, nab_scorer, null_streams, poisoning, power, tolerances
from benchmarks.quality.material import log_of
from benchmarks.sources import generated, lines_of
from benchmarks.speed import detection


@pytest.mark.parametrize(
    "module",
    [labelled, markdown, nab_scorer, poisoning, power, tolerances],
    ids=lambda module: module.__name__,
)
def test_worked_examples_hold(module):
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)


def test_false_alarms_are_counted_on_a_generated_log():
    rows = null_streams.measure([log_of("generated", lines_of(generated(2000, 3)))])
    found = {row.id: row.value for row in rows}
    assert found["null/generated/balanced/windows"] == 156
    assert found["null/generated/balanced/shuffled"] <= 0.01
    assert found["null/mean/strict/ready"] == found["null/generated/strict/ready"]


def test_speed_is_a_ratio_of_two_times():
    row = detection.measure("generated", generated(2000, 3), with_naive=False)
    assert row.warm > 0 < row.raw
    assert row.warm_ratio == row.warm / row.raw
    assert row.naive is None
