"""What stands beside a verdict is measured, not assumed."""

import json
import math
import statistics
from collections import Counter

import logs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from verdict_example import DESCRIPTION, measured, text_of

from driftlock_core.compressors import COMPRESSORS, compressor_named
from driftlock_core.describe import Description, carrying, describe, entropy
from driftlock_core.detector import detect
from driftlock_core.masking import Masker
from driftlock_core.profiles import BALANCED

every_compressor = pytest.mark.parametrize(
    "compressor", [compressor_named(name) for name in COMPRESSORS], ids=COMPRESSORS
)

ALIEN = b"FATAL <N3> replica lost quorum; entering read-only mode until <TS>"


def example(compressor, seed=7):
    """400 baseline events and a window of 50 with three copies of an alien line."""
    events = Masker().canonical(logs.log("access", 450, seed=seed))
    baseline, window = events[:400], events[400:]
    for at in (11, 12, 30):
        window[at] = ALIEN
    return window, baseline, describe(measured(window, baseline, compressor), window, baseline, compressor)


@every_compressor
def test_textbook_sizes_are_real_compressions(compressor):
    """Baseline with its repeats, window, and baseline followed by window, all without a dictionary."""
    window, baseline, description = example(compressor)
    sizes = description.textbook
    before, alone = compressor.size(text_of(baseline)), compressor.size(text_of(window))
    both = compressor.size(text_of(baseline + window))
    assert (sizes.c_baseline, sizes.c_window, sizes.c_both) == (before, alone, both)
    assert description.ncd_textbook == (both - min(before, alone)) / max(before, alone)
    assert description.novelty == (both - before) / alone


@every_compressor
def test_ratio_change_compares_with_the_windows_of_the_baseline(compressor):
    """How much worse or better the window compresses than the median disjoint window of the baseline."""
    window, baseline, description = example(compressor)

    def ratio(events):
        return len(text_of(events)) / compressor.size(text_of(events))

    ordinary = statistics.median(ratio(baseline[at : at + 50]) for at in range(0, 400, 100))
    assert description.ratio_change == pytest.approx(ratio(window) / ordinary - 1)


@every_compressor
def test_dearest_line_leads(compressor):
    """Three copies of one alien line are one entry, with its place, its count and its unknown words."""
    _, baseline, description = example(compressor)
    first = description.top[0]
    assert (first.position, first.count, first.text) == (11, 3, ALIEN.decode())
    assert first.bits == description.event_bits[11] == max(description.event_bits)
    assert first.novel_tokens[0] == "FATAL"
    assert {"quorum", "read-only"} <= set(first.novel_tokens)
    assert baseline[first.nearest_position].decode() == first.nearest_text
    assert first.nearest_position == max(
        at for at, event in enumerate(baseline) if event.decode() == first.nearest_text
    )


@every_compressor
def test_top_events_are_distinct_and_fall(compressor):
    """At most five, each line once, dearest first, each at its first occurrence."""
    window, _, description = example(compressor)
    texts = [top.text for top in description.top]
    assert len(texts) == len(set(texts)) == 5
    bits = [top.bits for top in description.top]
    assert bits == sorted(bits, reverse=True)
    decoded = [event.decode() for event in window]
    assert all(decoded.index(top.text) == top.position for top in description.top)
    assert all(decoded.count(top.text) == top.count for top in description.top)


def test_counts_lines_and_keeps_all_bits():
    """One figure per event; distinct lines are counted over the window alone."""
    window, _, description = example(compressor_named("zstd"))
    assert len(description.event_bits) == 50
    assert description.distinct == len(Counter(window))
    assert not description.beyond_reach


def test_a_baseline_beyond_reach_is_told():
    """Deflate looks back 32 KiB: more distinct lines than that cannot all be of use."""
    gzip = compressor_named("gzip")
    baseline = [b"%06d " % n + b"x" * 93 for n in range(400)]  # 40,400 bytes, all distinct
    window = baseline[:50]
    assert describe(measured(window, baseline, gzip), window, baseline, gzip).beyond_reach
    repeated = [b"x" * 100] * 400  # the same length, but one distinct line
    assert not describe(measured(window, repeated, gzip), window, repeated, gzip).beyond_reach


def test_survives_json():
    """A description read back from JSON equals the one written."""
    for description in (DESCRIPTION, example(compressor_named("zstd"))[2]):
        record = json.loads(json.dumps(description.as_record()))
        assert Description.from_record(record) == description
        assert record["ncd_textbook"] == description.ncd_textbook
        assert record["novelty"] == description.novelty


def test_bytes_that_are_no_text_are_shown_as_such():
    """Lines need not be UTF-8."""
    zstd = compressor_named("zstd")
    window, baseline = [b"\xff\xfe broken"] * 5, [b"fine"] * 40
    top = describe(measured(window, baseline, zstd), window, baseline, zstd).top[0]
    assert top.text == "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} broken"


def test_refuses_events_that_are_not_the_verdicts():
    """A baseline of another length than the recorded one is noticed."""
    zstd = compressor_named("zstd")
    window, baseline = [b"a"] * 5, [b"b"] * 40
    verdict = measured(window, baseline, zstd)
    with pytest.raises(ValueError, match="zip"):
        describe(verdict, window, baseline[:30], zstd)


@given(
    bits=st.lists(st.integers(0, 300).map(lambda n: 8.0 * n), max_size=12),
    ordinary=st.integers(0, 300).map(float),
)
def test_carrying_is_the_smallest_number(bits, ordinary):
    """That many of the dearest events hold half of what is above ordinary; one fewer does not."""
    above = sorted((max(0.0, b - ordinary) for b in bits), reverse=True)
    count = carrying(np.array(bits), ordinary)
    if sum(above) == 0:
        assert count == 0
    else:
        assert 2 * sum(above[:count]) >= sum(above) > 2 * sum(above[: count - 1])


@given(text=st.binary(max_size=60))
def test_entropy_agrees_with_counting_by_hand(text):
    """Order-0 entropy is the mean of −log2 of each byte's share."""
    expected = -sum(math.log2(text.count(byte) / len(text)) for byte in text) / len(text) if text else 0
    assert entropy(text) == pytest.approx(expected, abs=1e-12)


def test_describes_what_the_detector_flags():
    """A burst of stack traces is flagged, and each such window's dearest lines are traces."""
    events = logs.log("metrics", 1200, seed=5)
    events[1000:1030] = logs.log("trace", 30, seed=1)
    windows = detect(events, BALANCED)
    hit = [v for v in windows.verdicts if v.first_seq <= 1001 and v.last_seq >= 1030]
    assert hit
    canonical, zstd = Masker().canonical(events), compressor_named("zstd")
    for verdict in hit:
        first, last, _ = verdict.evidence.epochs[-1]
        window = canonical[verdict.first_seq - 1 : verdict.last_seq]
        description = describe(verdict, window, canonical[first - 1 : last], zstd)
        assert [top.text.split()[0] for top in description.top] == ["ERROR"] * 5
        assert 1 <= description.carrying <= 30
        assert description.textbook.c_window == zstd.size(text_of(window))
