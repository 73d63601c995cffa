"""The benchmark of many streams measures what it says, on streams small enough for a test."""

from dataclasses import replace

from benchmarks.sources import generated, lines_of
from benchmarks.speed import streams
from driftlock_core import BALANCED


def test_a_row_has_every_figure(monkeypatch):
    """Three streams of 500 lines: all costs are positive, and a state is smaller than its stream."""
    monkeypatch.setattr(streams, "EVENTS", 500)
    monkeypatch.setattr(streams, "REPEATS", 1)
    lines = lines_of(generated(1_000, 1))
    row = streams.measure(lines, 3, replace(BALANCED, views=("bytes",)))
    assert row.streams == 3
    assert min(row.alone, row.interleaved, row.small_deliveries, row.small_turns) > 0
    assert 0 < row.state_kb < sum(map(len, lines[:500])) / 1024
    assert min(row.save_ms, row.load_ms) > 0
