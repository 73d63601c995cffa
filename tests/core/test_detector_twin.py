"""The detector against its slow twin: every number of every window, after every update."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import logs
import naive
import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import seed as drawn_from
from hypothesis import settings
from hypothesis import strategies as st
from naive_costs import dictionary

from driftlock_core import (
    MASK_CLASSES,
    PROFILES,
    Detector,
    Gate,
    Profile,
    Windows,
    baseline,
    detect,
    load,
    save,
)
from driftlock_core.ranks import smallest_size_over

# Columns by what the twin calls them; None of the twin is what a column holds where nothing was computed.
COLUMNS = {
    "index": "index",
    "first_seq": "first_seq",
    "last_seq": "last_seq",
    "size": "S",
    "mu": "mu",
    "cbar": "cbar",
    "m": "m",
    "p_stream": "p_stream",
    "p_perm": "p_perm",
    "c_window": "c_window",
    "gated": "gate",
    "flagged": "flagged",
    "chance": "chance",
}
NOT_COMPUTED = {"p_perm": np.nan, "c_window": 0}

VERDICT_FIELDS = (
    *("first_seq", "last_seq", "status", "flagged", "ncd", "p", "p_stream", "p_perm", "decided_by"),
    *("mu", "cbar", "m", "seed"),
)
EVIDENCE_FIELDS = (
    *("chunk_costs", "epochs", "c_window", "baseline_windows", "reference_costs", "window_costs"),
    *("raw_baseline", "raw_window", "canonical_baseline", "canonical_window"),
)


def profile(window: int = 5, **changes: Any) -> Profile:
    """A profile with small windows in the usual proportion."""
    values: dict[str, Any] = {
        "name": "small",
        "threshold": 0.2,
        "alpha": 0.05,
        "baseline": 8 * window,
        "window": window,
        "hop": window // 5,
        "permutations": 199,
        "views": ("bytes",),  # the others have a twin of their own
    }
    return Profile(**values | changes)


def slow(events: Sequence[bytes], fast: Profile, given: Sequence[bytes] | None = None) -> list[naive.Window]:
    """The twin's windows under the same numbers."""
    names = naive.Parameters.__dataclass_fields__
    return naive.windows(events, naive.Parameters(**{name: getattr(fast, name) for name in names}), given)


def check_rows(rows: Windows, expected: list[naive.Window]) -> None:
    """All columns and all verdicts equal the twin's, to the last bit."""
    assert len(rows) == len(expected)
    for column, name in COLUMNS.items():
        found = getattr(rows, column).tolist()
        wanted = [NOT_COMPUTED.get(column) if each[name] is None else each[name] for each in expected]
        np.testing.assert_array_equal(found, wanted, err_msg=column)
    assert rows.score.tolist() == [each["bound"] if each["ncd"] is None else each["ncd"] for each in expected]
    assert rows.exact.tolist() == [each["ncd"] is not None for each in expected]
    assert rows.ready.tolist() == [each["status"] == "ready" for each in expected]
    flagged = [each for each in expected if each["flagged"]]
    assert len(rows.verdicts) == len(flagged)
    for verdict, each in zip(rows.verdicts, flagged, strict=True):
        evidence = verdict.evidence
        assert {name: getattr(verdict, name) for name in VERDICT_FIELDS} == {
            name: each[name] for name in VERDICT_FIELDS
        }
        assert (verdict.window, verdict.size) == (each["index"], each["S"])
        assert verdict.extra_bits == 8 * (each["S"] - each["mu"])
        for name in EVIDENCE_FIELDS:
            held = getattr(evidence, name)
            assert (list(held) if isinstance(held, tuple) else held) == each[name], name
        assert list(evidence.history[slice(*evidence.p_span)]) == each["past"]
        assert list(evidence.history[slice(*evidence.mu_span)]) == each["calibration"]


def check_stream(
    events: Sequence[bytes],
    fast: Profile,
    *,
    seed: int,
    given: Sequence[bytes] | None = None,
    batches: Sequence[int] = (1, 3, 17, 60),
    saving: float = 0.2,
) -> list[naive.Window]:
    """
    Feed a detector in batches of random sizes, now and then by way of its saved state.

    Returns:
        The twin's windows, so that a test can say what the stream must have shown.
    """
    random = Random(seed)
    expected = slow(events, fast, given)
    detector = Detector(fast, baseline=given)
    fed = done = 0
    while fed < len(events):
        batch = events[fed : fed + random.choice(batches)]
        rows = detector.update(batch)
        fed += len(batch)
        if random.random() < saving:
            detector = load(save(detector))
        check_rows(rows, expected[done : done + len(rows)])
        done += len(rows)
        start = fast.chunks_in_baseline if given is None else 0
        assert done == max(0, fed // fast.hop - start - fast.chunks_per_window + 1)
        assert detector.status == (expected[done - 1]["status"] if done else "warming_up")
        assert (detector.events_seen, detector.pending) == (fed, fed % fast.hop)
        first = fast.window if given is not None else fast.baseline + fast.window
        assert detector.events_needed == max(0, first - fed)
    assert done == len(expected)
    return expected


def flags(expected: list[naive.Window]) -> int:
    """Flagged windows: a comparison that saw none would show little."""
    return sum(each["flagged"] for each in expected)


@pytest.mark.parametrize("compressor", ["zstd", "lz4", "gzip"])
@pytest.mark.parametrize("p_mode", ["max", "permutation"])
@pytest.mark.parametrize("window", [5, 10, 20])
def test_agrees_with_the_slow_twin(compressor: str, p_mode: str, window: int) -> None:
    """With every compressor, mode and size each window's numbers and verdict are the twin's."""
    events = logs.changing(("syslog", "trace"), 22 * window + 3, seed=window)
    expected = check_stream(events, profile(window, compressor=compressor, p_mode=p_mode), seed=1)
    assert flags(expected) > 0


KINDS = [("access", "llm"), ("nested_json", "access"), ("otlp", "junk"), ("csv", "metrics"), ("junk", "csv")]


@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
def test_agrees_with_the_slow_twin_on_every_kind_of_log(kinds: tuple[str, str]) -> None:
    """Any kind of log may break into any other."""
    check_stream(logs.changing(kinds, 170, seed=2), profile(), seed=2)


@pytest.mark.parametrize("name", list(PROFILES))
def test_agrees_with_the_slow_twin_under_the_shipped_profiles(name: str) -> None:
    """Threshold, alpha and references of each profile, at a small size."""
    events = logs.changing(("metrics", "syslog"), 400, seed=3)
    expected = check_stream(
        events, replace(PROFILES[name].with_sizes(5), views=("bytes",)), seed=3, batches=(7, 150), saving=0.1
    )
    assert flags(expected) > 0
    assert {each["status"] for each in expected} == {"calibrating", "ready"}


@pytest.mark.parametrize("compressor", ["zstd", "gzip"])
@pytest.mark.parametrize("p_mode", ["max", "permutation"])
def test_agrees_with_the_slow_twin_on_a_given_baseline(compressor: str, p_mode: str) -> None:
    """A given baseline stays the baseline of all epochs, and the stream is judged from its first chunk."""
    events = logs.changing(("syslog", "csv"), 223, seed=4)
    given = logs.log("syslog", 93, seed=5)  # 13 events more than are used
    fast = profile(10, compressor=compressor, p_mode=p_mode)
    expected = check_stream(events, fast, seed=4, given=given)
    assert expected[0]["first_seq"] == 1
    assert flags(expected) > 0


# Sizes off the usual proportion: one chunk a window, an odd number of chunks in the baseline, two windows
# of baseline, fewer references than ever make a stream ready, an alpha that the cold references cannot reach.
SHAPES = {
    "k=1": {"window": 4, "hop": 4, "baseline": 160},
    "k=2": {"window": 10, "hop": 5, "baseline": 80},
    "k=7": {"window": 7, "hop": 1, "baseline": 21},
    "odd baseline": {"window": 10, "hop": 2, "baseline": 30},
    "two windows": {"window": 15, "hop": 3, "baseline": 30},
    "few references": {"references": 25},
    "alpha is the smallest rank": {"references": 19},
    "alpha is a rank": {"references": 99, "alpha": 0.29, "threshold": 0.0},
    "no rank yet": {"alpha": 0.02, "references": 60},
    "coarse alpha": {"alpha": 0.3, "threshold": 0.0},
    "other seed": {"seed": 7, "permutations": 99},
    "numbers kept": {"masks": MASK_CLASSES - {"number", "ip"}},
    "nothing masked": {"masks": frozenset()},
}


@pytest.mark.parametrize("changes", SHAPES.values(), ids=SHAPES)
def test_agrees_with_the_slow_twin_at_unusual_parameters(changes: dict[str, Any]) -> None:
    """Every parameter that a profile accepts is honoured, not only the usual proportion."""
    fast = profile(**changes)
    events = logs.changing(("syslog", "nested_json"), fast.baseline + 20 * fast.window + 1, seed=6)
    check_stream(events, fast, seed=6)


@pytest.mark.parametrize("compressor", ["lz4", "gzip"])
def test_agrees_with_the_slow_twin_beyond_the_reach_of_the_compressor(compressor: str) -> None:
    """Where the distinct events are longer than the compressor reaches, the latest whole ones count."""
    random = Random(7)
    long = [
        b"%s %s" % (event, " ".join(random.choices(logs.WORDS, k=270)).encode())
        for event in logs.log("syslog", 75, seed=7)
    ]
    assert sum(map(len, long[:40])) > 64 * 1024
    check_stream(long, profile(compressor=compressor), seed=7)


def test_agrees_with_the_slow_twin_on_a_stream_longer_than_it_works_on_at_once() -> None:
    """Many epochs in one update, and references that have begun to fall out at the far end."""
    events = logs.changing(("access", "csv"), 950, seed=8)
    fast = profile(references=60)
    expected = slow(events, fast)
    check_rows(detect(events, fast), expected)
    detector = Detector(fast)
    parts = [detector.update(events[:7]), detector.update(events[7:500])]
    check_rows(Windows.join([*parts, load(save(detector)).update(events[500:])]), expected)
    assert flags(expected) > 0


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_the_slow_twin_at_random(seed: int) -> None:
    """Random sizes, limits and logs, also one event at a time and saved after each."""
    random = Random(f"twin {seed}")
    kinds = random.sample(list(logs.KINDS), 2)
    fast = profile(
        random.choice([5, 10]),
        compressor=random.choice(["zstd", "lz4", "gzip"]),
        p_mode=random.choice(["max", "permutation"]),
        threshold=random.choice([0.0, 0.1, 0.3]),
        alpha=random.choice([0.03, 0.05, 0.1, 1 / 3]),
        references=random.choice([40, 200]),
        masks=frozenset(name for name in sorted(MASK_CLASSES) if random.random() < 0.8),
    )
    given = logs.log(kinds[0], fast.baseline, seed=seed + 100) if random.random() < 0.3 else None
    events = logs.changing((kinds[0], kinds[1]), fast.baseline + 12 * fast.window, seed=seed)
    check_stream(events, fast, seed=seed, given=given, batches=(1, 2, 5), saving=0.5)


@pytest.mark.data
@pytest.mark.skipif("DRIFTLOCK_DATA" not in os.environ, reason="DRIFTLOCK_DATA names no data")
@pytest.mark.parametrize("path", logs.real_files(), ids=lambda path: path.name)
def test_agrees_with_the_slow_twin_on_real_logs(path: Path) -> None:
    """Real logs, whose windows are alike in other ways than generated ones."""
    events = logs.real(path)[500:1100]
    check_stream(events, profile(10, p_mode="permutation"), seed=12, batches=(13, 200))


def test_a_wider_gate_changes_no_verdict() -> None:
    """A wider gate computes more exact scores, each the twin's; what is flagged stays as it was."""
    events = logs.changing(("nested_json", "access"), 230, seed=9)
    narrow, wide = profile(10, threshold=0.3), Gate(threshold=0.1, alpha=0.2)
    detector = Detector(narrow, gate=wide)
    rows = Windows.join([detector.update(events[:120]), load(save(detector)).update(events[120:])])
    expected = slow(events, narrow)
    assert rows.flagged.tolist() == [each["flagged"] for each in expected]
    assert [verdict.as_record() for verdict in rows.verdicts] == [
        verdict.as_record() for verdict in detect(events, narrow).verdicts
    ]
    widened = slow(events, profile(10, threshold=wide.threshold, alpha=wide.alpha))
    assert rows.gated.tolist() == [each["gate"] for each in widened]
    for row in np.flatnonzero(rows.gated):
        each = widened[row]
        assert (rows.c_window[row], rows.score[row]) == (each["c_window"], each["ncd"])
        np.testing.assert_equal(rows.p_perm[row], np.nan if each["p_perm"] is None else each["p_perm"])
    # Only the threshold of the profile keeps these from being flagged.
    assert any((rows.score < 0.3) & (rows.p_perm <= 0.05) & (rows.p_stream <= 0.05))


@drawn_from(10)
@settings(max_examples=200, deadline=None, database=None)
@drawn(events=st.lists(st.binary(max_size=3).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_a_dictionary_keeps_the_latest_whole_events_that_fit(events: list[bytes]) -> None:
    """At every reach, an event that fits to the last byte included."""
    for reach in range(len(events) * 4 + 2):
        assert baseline.dictionary(events, reach) == dictionary(events, reach)


@drawn_from(11)
@settings(max_examples=300, deadline=None, database=None)
@drawn(
    threshold=st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.45, 0.7, 1.1]),
    doubled_mu=st.integers(0, 20_000),
    doubled_cbar=st.integers(1, 20_000),
)
def test_the_smallest_size_over_the_threshold_is_the_smallest(
    threshold: float, doubled_mu: int, doubled_cbar: int
) -> None:
    """One byte less and the bound stays below the threshold, in the very arithmetic that the gate uses."""
    mu, cbar = doubled_mu / 2, doubled_cbar / 2
    [size] = smallest_size_over(threshold, np.array([mu]), np.array([cbar])).tolist()
    assert (size - mu) / cbar >= threshold > (size - 1 - mu) / cbar
