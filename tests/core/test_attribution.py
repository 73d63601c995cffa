"""Which events cost the bits, and what in them is unknown."""

from collections import Counter
from itertools import pairwise

import logs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.attribution import (
    DELIMITERS,
    BaselineLines,
    _held_out,
    difference,
    event_bits,
    nearest,
    novel_tokens,
    ordinary_event_bits,
)
from driftlock_core.baseline import dictionary
from driftlock_core.compressors import COMPRESSORS, compressor_named
from driftlock_core.masking import Masker

every_compressor = pytest.mark.parametrize(
    "compressor", [compressor_named(name) for name in COMPRESSORS], ids=COMPRESSORS
)

words = st.sampled_from([b"GET", b"PUT", b"cart", b"user", b"<N3>", b"a=b", b"", b"\xff", b"(x)"])
lines = st.lists(words, max_size=6).map(b" ".join)
baselines = st.lists(lines, min_size=1, max_size=12)


def naive_tokens(event: bytes) -> list[bytes]:
    """Tokens by the letter of the masking grammar, one byte at a time."""
    tokens, token = [], b""
    for byte in event + b" ":
        if bytes([byte]) in [b" ", b"\t", b"\x1e", *(c.encode() for c in "\"',;=()[]{}<>|`")]:
            tokens += [token] if token else []
            token = b""
        else:
            token += bytes([byte])
    return tokens


@every_compressor
def test_event_bits_are_single_compressions(compressor):
    """An event's bits are eight times its own compressed size given the distinct baseline events."""
    baseline = Masker().canonical(logs.log("syslog", 80, seed=1))
    window = Masker().canonical(logs.log("access", 4, seed=2)) + baseline[:3]
    digest = compressor.digest(dictionary(baseline, compressor.reach))
    expected = [8 * digest.cost(event + b"\n") for event in window]
    assert event_bits(window, baseline, compressor).tolist() == expected


@every_compressor
def test_unknown_events_cost_more(compressor):
    """Every line the baseline does not know costs more than every line it does."""
    baseline = Masker().canonical(logs.log("metrics", 200, seed=3))
    alien = [b"kernel panic: cannot mount root, giving up here %d" % n for n in range(3)]
    bits = event_bits(alien + baseline[-3:], baseline, compressor)
    assert min(bits[:3]) > max(bits[3:])


def test_no_events_no_bits():
    """An empty window has an empty answer."""
    assert event_bits([], [b"a"], compressor_named("zstd")).tolist() == []


@every_compressor
def test_ordinary_event_of_a_repeating_stream_is_a_known_one(compressor):
    """Two lines in turn: whichever is held out, the rest of the baseline still knows it."""
    pair = [b"cache hit for the session of a user in region north", b"order placed, payment by card accepted"]
    digest = compressor.digest(dictionary(pair, compressor.reach))
    costs = {8.0 * digest.cost(line + b"\n") for line in pair}
    assert min(costs) <= ordinary_event_bits(pair * 40, compressor) <= max(costs) + 16


@pytest.mark.parametrize("period", range(2, 17))
def test_held_out_events_come_from_all_phases(period):
    """Whatever the period of a stream, no phase is held out altogether and none fills the sample."""
    phases = Counter(at % period for at in _held_out(400))
    assert sum(phases.values()) == 50
    assert len(phases) == period
    assert max(phases.values()) < 400 / period


@given(size=st.integers(1, 100))
def test_one_event_in_eight_is_held_out(size):
    """One of each block of eight, the last block included, and each place inside the list."""
    places = list(_held_out(size))
    assert [at // 8 for at in places] == list(range(-(-size // 8)))
    assert max(places) < size


def test_ordinary_event_needs_a_baseline():
    """Without a baseline there is nothing ordinary."""
    with pytest.raises(ValueError, match="empty baseline"):
        ordinary_event_bits([], compressor_named("zstd"))


def test_novel_tokens_by_hand():
    """Tokens are cut at the delimiters of masking, each is named once, in order, up to the limit."""
    baseline = [b"level=info user=<N3> path=/cart", b"level=warn"]
    event = b'level=error user=<N4> msg="disk full; disk failing"'
    assert novel_tokens(event, baseline, 9) == (b"error", b"N4", b"msg", b"disk", b"full", b"failing")
    assert novel_tokens(event, baseline, 2) == (b"error", b"N4")


@given(event=lines, baseline=baselines)
def test_novel_tokens_occur_in_no_baseline_event(event, baseline):
    """A token is novel exactly when it is among the event's tokens and no baseline event's."""
    known = {token for line in baseline for token in naive_tokens(line)}
    expected = [token for token in dict.fromkeys(naive_tokens(event)) if token not in known]
    assert list(novel_tokens(event, baseline, 100)) == expected


@given(event=lines, baseline=baselines)
def test_nearest_is_the_latest_of_the_most_similar(event, baseline):
    """No baseline event has a higher token Jaccard, and none as high comes later."""

    def jaccard(line):
        mine, theirs = set(naive_tokens(event)), set(naive_tokens(line))
        return len(mine & theirs) / len(mine | theirs) if mine | theirs else 1.0

    similarity, index = max((jaccard(line), at) for at, line in enumerate(baseline))
    found = nearest(event, baseline)
    assert (found.index, found.similarity) == (index, similarity)


@given(event=lines, baseline=baselines)
def test_segments_give_both_lines_back(event, baseline):
    """Without the removed segments the diff reads as the event, without the added ones as its neighbour."""
    found = nearest(event, baseline)
    assert b"".join(s.text for s in found.segments if s.kind != "removed") == event
    assert b"".join(s.text for s in found.segments if s.kind != "added") == baseline[found.index]
    kinds = [segment.kind for segment in found.segments]
    assert all(one != next_one for one, next_one in pairwise(kinds))
    assert all(segment.text for segment in found.segments)


def test_difference_of_lines_too_long_to_align():
    """Of two very long lines only the middle that differs is exchanged, as a whole."""
    old = b"start " + b" ".join(b"a%d" % n for n in range(2000)) + b" end"
    new = b"start " + b" ".join(b"b%d" % n for n in range(2000)) + b" end"
    segments = difference(old, new)
    assert [segment.kind for segment in segments] == ["same", "removed", "added", "same"]
    assert (segments[0].text, segments[-1].text) == (b"start ", b" end")


def test_tokens_are_cut_as_masking_cuts_them():
    """An ARN is masked to the end of its token: the bytes that end it are the delimiters here."""
    masker = Masker(frozenset({"arn"}))
    ends = {
        byte
        for byte in set(range(256)) - {ord("\n")}
        if masker.canonical([b"arn:aws:s3:eu:7:x%ctail" % byte]) == [b"<ARN>%ctail" % byte]
    }
    assert ends == set(DELIMITERS)


def test_nearest_needs_a_baseline():
    """Without a baseline nothing is near."""
    with pytest.raises(ValueError, match="empty baseline"):
        nearest(b"a", [])


def test_index_counts_repeats():
    """The index is a place in the baseline list as given, at the line's last occurrence."""
    assert BaselineLines([b"a b", b"c", b"a b", b"d"]).nearest(b"a b") == (2, 1.0)
