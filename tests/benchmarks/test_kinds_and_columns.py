"""The arithmetic of the tables on kinds and on numeric columns, on small made streams."""

from functools import partial

import numpy as np
import pytest

from benchmarks.quality import columns, kinds
from driftlock_core import BALANCED
from tests.cli.made_logs import quiet


def test_a_foreign_burst_is_found_and_ordinary_windows_are_counted_apart():
    """600 ordinary lines and 20 foreign ones: one burst, found, and no window without it flagged."""
    lines = [line.encode() for line in quiet(600)]
    foreign = [b"%032x <- %030d" % (n * 7919**8, n) for n in range(20)]
    events = [*lines[:400], *foreign, *lines[400:]]
    marks = np.array([False] * 400 + [True] * 20 + [False] * 200)
    found = kinds.measure(events, marks, BALANCED.with_sizes(20))
    assert found is not None
    assert (found.bursts, found.found) == (1, 1.0)
    assert found.auc > 0.75  # windows that hold one foreign line of twenty count as well
    assert found.false < 0.05
    assert kinds.measure(events[:100], marks[:100], BALANCED) is None


@pytest.mark.parametrize("column", columns.COLUMNS)
def test_a_change_of_unit_is_told_by_the_mix_of_quantiles(column, monkeypatch):
    """The last of each column's three changes is the coarsest; ten trials show it."""
    monkeypatch.setattr(columns, "TRIALS", 10)
    row = columns.measure(column, columns.quantile_symbols, None)
    assert list(row.auc.values())[-1] == 1.0
    assert (row.long, row.window) == (0, 0.0)


def test_sizes_of_a_column_are_those_of_its_compressor(monkeypatch):
    """A compressor that counts values: every window costs its length, so nothing is told apart."""
    monkeypatch.setattr(columns, "TRIALS", 5)
    row = columns.measure("gauge", partial(columns.given_baseline, len), len)
    assert (row.long, row.window) == (columns.LONG, columns.WINDOW)
    assert set(row.auc.values()) == {0.5}
