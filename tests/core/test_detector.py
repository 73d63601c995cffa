"""Laws of the detector: one road for batch and stream, exact states, honest refusals."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from streams import FOREIGN, lines, usual, with_burst

from driftlock_core import (
    BALANCED,
    COMPRESSORS,
    STRICT,
    Detector,
    Gate,
    StateMismatch,
    TooFewEvents,
    Windows,
    detect,
    load,
    save,
)
from driftlock_core.compressors import Zstd

COLUMNS = [name for name in Windows.__dataclass_fields__ if name != "verdicts"]


def assert_same(expected: Windows, actual: Windows) -> None:
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(expected, name), getattr(actual, name), err_msg=name)
    assert expected.verdicts == actual.verdicts


def in_pieces(
    detector: Detector, events: list[bytes], random: Random, *, with_states: bool = False
) -> Windows:
    parts, position = [], 0
    while position < len(events):
        size = random.choice([1, 1, 2, 7, 10, 33, 250, 1200])
        parts.append(detector.update(events[position : position + size]))
        position += size
        if with_states and random.random() < 0.3:
            detector = load(save(detector))
    return Windows.join(parts)


@pytest.mark.parametrize("compressor", COMPRESSORS)
@pytest.mark.parametrize("with_states", [False, True], ids=["stream", "stream with saved states"])
def test_batch_and_stream_agree(compressor, with_states):
    """However the events arrive, and through saved states, every number is the same."""
    profile = replace(BALANCED, compressor=compressor)
    events = with_burst(2600, 11, start=1190, stop=1300, share=0.5)
    whole = detect(events, profile)
    assert len(whole.verdicts) > 0
    assert_same(whole, in_pieces(Detector(profile), events, Random(5), with_states=with_states))


def test_batch_and_stream_agree_with_a_given_baseline():
    """The same law where the baseline is handed over."""
    events = with_burst(1500, 3, start=900, stop=990)
    baseline = events[:400]
    whole = detect(events[400:], STRICT, baseline=baseline)
    detector = Detector(STRICT, baseline=baseline)
    assert_same(whole, in_pieces(detector, events[400:], Random(8), with_states=True))


def test_a_state_says_the_same_twice():
    """Saving, loading and saving again gives the same bytes."""
    detector = Detector(BALANCED)
    detector.update(usual(777, 1))
    assert save(detector) == save(load(save(detector)))


def test_a_state_does_not_tell_how_the_stream_was_cut():
    """The same bytes however many events came at a time, with flagged windows near and far; seed 11."""
    events = with_burst(3000, 11, start=1100, stop=1190)
    whole = Detector(BALANCED)
    whole.update(events)
    assert whole.flagged
    for size in (700, 61):
        pieces = Detector(BALANCED)
        for start in range(0, len(events), size):
            pieces.update(events[start : start + size])
        assert pieces.flagged != whole.flagged
        assert save(pieces) == save(whole)


def test_a_state_of_another_library_is_refused_by_name(monkeypatch):
    """Sizes of two compressor versions are never mixed."""
    state = save(Detector(BALANCED))
    monkeypatch.setattr("zstandard.ZSTD_VERSION", (9, 9, 9))
    with pytest.raises(StateMismatch, match=r"zstd 1\..*zstd 9\.9\.9"):
        load(state)


@pytest.mark.parametrize("damage", [b"", b"DLS1", b"DLS1junk", b"XXXX" + b"0" * 50])
def test_damaged_states_are_refused(damage):
    with pytest.raises(StateMismatch):
        load(damage)


def test_the_first_window_begins_right_behind_the_baseline():
    """At 400/50/10 the first verdict comes with event 450 and covers 401 to 450."""
    detector = Detector(BALANCED)
    assert len(detector.update(usual(449, 2))) == 0
    assert (detector.events_needed, detector.status) == (1, "warming_up")
    windows = detector.update(usual(1, 3))
    assert list(zip(windows.first_seq, windows.last_seq, strict=True)) == [(401, 450)]
    assert (detector.events_needed, detector.status) == (0, "calibrating")


def test_a_stream_becomes_ready_when_its_references_allow():
    """Fifty references for balanced, ninety-nine for strict."""
    events = usual(1500, 4)
    for profile, references in ((BALANCED, 50), (STRICT, 99)):
        windows = detect(events, profile)
        assert references == windows.m[windows.ready].min()
        assert references - 1 == windows.m[~windows.ready].max()


def test_a_finished_stream_that_is_too_short_is_refused():
    with pytest.raises(TooFewEvents, match="need 450 events, have 300"):
        detect(usual(300, 1), BALANCED)
    with pytest.raises(TooFewEvents, match="need 400 events, have 100"):
        Detector(BALANCED, baseline=usual(100, 1))


def test_events_behind_the_last_whole_chunk_wait():
    detector = Detector(BALANCED)
    detector.update(usual(463, 1))
    assert detector.pending == 3


def test_a_wider_gate_computes_more_and_flags_the_same():
    """complete() fills numbers in; it never changes a decision."""
    events = with_burst(2600, 12, start=1190, stop=1300, share=0.5)
    narrow = detect(events, BALANCED)
    wide = Detector(BALANCED, gate=Gate(threshold=0.10, alpha=0.20)).update(events)
    np.testing.assert_array_equal(narrow.flagged, wide.flagged)
    assert narrow.verdicts == wide.verdicts
    assert wide.gated.sum() > narrow.gated.sum()


def test_a_verdict_depends_on_content_and_configuration_alone():
    """The same bytes in another stream of the same configuration get the same seed and p_perm."""
    events = with_burst(1500, 13, start=900, stop=990)
    first, again = detect(events, BALANCED), detect(list(events), BALANCED)
    assert first.verdicts == again.verdicts
    other = detect(events, replace(BALANCED, seed=1))
    assert {v.seed for v in first.verdicts}.isdisjoint(v.seed for v in other.verdicts)


def test_known_content_is_not_flagged_and_foreign_content_is():
    """Fifty foreign lines are noticed; a stream of one repeated line is not."""
    assert not detect([b"tick"] * 2000, BALANCED).flagged.any()
    events = usual(2000, 21)
    events[1200:1250] = [b"<<%b>>" % event[::-1] for event in lines(FOREIGN, 50, 22)]
    windows = detect(events, BALANCED)
    inside = (windows.last_seq > 1210) & (windows.first_seq < 1240)
    assert windows.flagged[inside].any()
    assert windows.flagged[~inside].mean() < 0.05


def test_memory_of_a_long_stream_is_bounded():
    """What a detector keeps after 28,000 events is what it keeps after 10,000, when all references are there."""
    events = usual(2000, 6)
    detector = Detector(BALANCED)
    for _ in range(5):
        detector.update(events)
    short = len(detector.raw), len(detector.history), len(save(detector))
    for _ in range(9):
        detector.update(events)
    long = len(detector.raw), len(detector.history), len(save(detector))
    assert all(after <= 1.3 * before for before, after in zip(short, long, strict=True))


def test_memory_is_bounded_with_a_given_baseline_too():
    """Costs of past chunks are dropped, although the baseline itself stays for ever."""
    detector = Detector(BALANCED, baseline=usual(400, 61))
    held = []
    for part in range(6):
        detector.update(with_burst(2000, 62 + part, start=200, stop=1900, share=0.4))
        assert detector.given is not None
        held.append(len(detector.given._split_costs))
    assert max(held) <= BALANCED.chunks_per_window


def test_exact_scores_can_be_had_without_the_gate():
    """From the excess asked for on every score is exact, and nothing else changes."""
    events = with_burst(2600, 12, start=1190, stop=1300, share=0.5)
    plain = detect(events, BALANCED)
    gate = Gate(threshold=BALANCED.threshold, alpha=0.0, exact=0.0)
    detector = load(save(Detector(BALANCED, gate=gate)))
    scored = detector.update(events)
    assert scored.exact[scored.size >= scored.mu].all()
    assert (scored.score <= plain.score).all()  # the bound was one
    np.testing.assert_array_equal(plain.p_perm, scored.p_perm)
    assert plain.verdicts == scored.verdicts


def test_a_given_baseline_is_digested_once(monkeypatch):
    """However many epochs pass: its digest, and one for each block of the cold start."""
    made = []
    digest = Zstd.digest
    monkeypatch.setattr(Zstd, "digest", lambda self, known: made.append(known) or digest(self, known))
    Detector(BALANCED, baseline=usual(400, 71)).update(usual(4000, 72))
    assert (
        len(made) <= 2 + BALANCED.baseline // BALANCED.window + 1
    )  # and its even half, if a window is gated
