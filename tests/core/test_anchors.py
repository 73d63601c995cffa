"""Anchors: what is frozen comes back, and how far a later baseline lies from it."""

from dataclasses import replace
from random import Random

import naive_anchors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import real, real_files
from streams import FOREIGN, USUAL, lines, usual

from driftlock_core.anchors import Blocks, DamagedAnchor, block_of, blocks, packed, unpacked
from driftlock_core.anchors_drift import Drift, drift, ordinary, ruler, settled
from driftlock_core.anchors_templates import moved_templates
from driftlock_core.compressors import compressor_named
from driftlock_core.digests import canonical_digest
from driftlock_core.errors import TooFewEvents
from driftlock_core.masking import Masker
from driftlock_core.profiles import BALANCED

SMALL = BALANCED.with_sizes(5)


def canonical(events):
    return Masker(BALANCED.masks).canonical(events)


@pytest.mark.parametrize(("ours", "theirs"), [(40, 40), (40, 60), (85, 40), (200, 20)])
def test_drift_agrees_with_the_slow_twin_to_the_last_bit(ours, theirs):
    """Distance, range and p are those of comparing block by block and label by label, at any two lengths."""
    for seed in range(2):
        then = canonical(usual(ours, seed))
        now = canonical(lines([*USUAL, *FOREIGN[:seed]], theirs, seed + 50))
        found = drift(blocks(then, SMALL), blocks(now, SMALL))
        expected = naive_anchors.drift(then, now, block_of(SMALL))
        assert (found.distance, found.low, found.high, found.p) == expected


def test_drift_is_the_same_both_ways():
    """Neither stretch is the first: distance, range and p do not depend on which is called the anchor."""
    one, other = blocks(canonical(usual(400, 1)), BALANCED), blocks(canonical(usual(800, 2)), BALANCED)
    assert drift(one, other) == drift(other, one)


def test_outside_means_p_of_at_most_5_percent():
    """The upper end of the range and p = 0.05 are one limit, seeds 0 to 39."""
    for seed in range(40):
        share = FOREIGN[: 1 + seed % 4] if seed % 2 else []
        then, now = usual(400, seed), lines([*USUAL * 4, *share], 400, 100 + seed)
        found = drift(blocks(canonical(then), BALANCED), blocks(canonical(now), BALANCED))
        assert found.outside == (found.p <= 0.05)


def test_a_stream_that_does_not_change_is_seldom_outside():
    """Of 200 pairs of independent stretches about one in twenty lies outside: at most 19 (p < 0.01 of a binomial)."""
    outside = 0
    for seed in range(200):
        then, now = (
            blocks(canonical(usual(400, seed)), BALANCED),
            blocks(canonical(usual(400, seed + 500)), BALANCED),
        )
        outside += drift(then, now).outside
    assert outside <= 19


@pytest.mark.parametrize(
    "changed",
    [
        lambda events: [event + b" zone=eu-1" if n % 3 else event for n, event in enumerate(events)],
        lambda events: [*events[: len(events) * 3 // 4], *lines(FOREIGN, len(events) // 4, 9)],
        lambda events: [event for event in events * 4 if not event.startswith(b"INFO")][:400],
    ],
    ids=["a field", "new templates", "another mix"],
)
def test_a_change_lies_outside(changed):
    """A new field, a quarter of foreign lines, or five of eight templates gone: each is seen at p = 0.001, seed 3."""
    then, now = usual(400, 3), changed(usual(400, 4))
    Random(5).shuffle(now)
    found = drift(blocks(canonical(then), BALANCED), blocks(canonical(now), BALANCED))
    assert found.outside
    assert found.p == 0.001


def test_distance_does_not_grow_with_size():
    """The same change is as far away whatever the lengths of the two: within a quarter of each other."""
    means = []
    for ours, theirs in ((200, 200), (200, 800), (800, 200), (1600, 400)):
        found = [
            drift(
                blocks(canonical(usual(ours, seed)), BALANCED),
                blocks(canonical(lines([*USUAL, *FOREIGN], theirs, seed + 70)), BALANCED),
            ).distance
            for seed in range(10)
        ]
        means.append(sum(found) / len(found))
    assert max(means) < 1.25 * min(means)


def test_the_ruler_names_the_nearest():
    """Of three anchors the one with the templates of today has the smallest distance in today's row."""
    kinds = [usual(400, 1), lines(FOREIGN, 400, 2), lines([*USUAL, *FOREIGN], 400, 3)]
    today = lines(FOREIGN, 400, 4)
    table = ruler([blocks(canonical(events), BALANCED) for events in (*kinds, today)])
    row = table[3][:3]
    assert min(range(3), key=lambda at: row[at].distance) == 1
    assert [line[place].distance for place, line in enumerate(table)] == [0.0] * 4
    assert table[0][2] == table[2][0]


def test_a_stream_settles_before_its_ordinary_range_is_known():
    """Behind nineteen ordinary baselines a distance counts only above all of them; with eight it is as found."""
    found = Drift(distance=0.03, low=-0.01, high=0.02, p=0.004)
    assert settled(found, [0.01, 0.02] * 4) == found
    ranked = settled(found, [*[0.01, 0.02, 0.025] * 6, 0.03, 0.9])
    assert not ranked.outside
    assert ranked.p == 0.1
    assert settled(found, [0.01, 0.02] * 40).p == 0.05


def test_what_changes_while_an_anchor_settles_is_not_its_measure():
    """Of twelve calm baselines and a lasting change behind them, the change is far and never becomes ordinary."""
    calm, after = [0.001 * (n % 5) for n in range(12)], [0.2 + 0.001 * n for n in range(30)]
    assert ordinary([*calm, *after]) == tuple(calm)
    found = Drift(distance=0.21, low=-0.01, high=0.02, p=0.001)
    told = settled(found, [*calm, *after])
    assert told.outside
    assert told.p == 0.001


@given(
    distances=st.lists(st.floats(-0.1, 0.5), max_size=40),
    distance=st.floats(-0.1, 0.6),
    high=st.floats(0.0, 0.2),
)
def test_settled_range_and_p_are_one_limit(distances, distance, high):
    """However a stream settles, outside is p of at most 5 %, and never more often than by the blocks alone."""
    found = Drift(distance=distance, low=-0.2, high=high, p=0.01 if distance > high else 0.5)
    told = settled(found, distances)
    if len(ordinary(distances)) >= 9:
        assert told.outside == (told.p <= 0.05)
    assert found.outside or not told.outside


def test_what_is_frozen_comes_back():
    """Events come back as they were; another text under the digest, or broken bytes, are named as damage."""
    events = canonical(usual(400, 1))
    content, digest = packed(events), canonical_digest(events)
    assert unpacked(content, digest) == events
    assert packed(events) == content
    with pytest.raises(DamagedAnchor, match="another digest"):
        unpacked(packed(events[:-1]), digest)
    with pytest.raises(DamagedAnchor, match="cannot be unpacked"):
        unpacked(content[:-9], digest)


def test_too_short_a_stretch_is_refused():
    """Fewer than four blocks say nothing; the error has both numbers."""
    with pytest.raises(TooFewEvents, match="need 200 events, have 199"):
        Blocks(canonical(usual(199, 1)), 50, compressor_named("zstd"))


def test_an_event_may_be_empty():
    """An anchor may hold events without a byte."""
    events = [b"", b"a", b"", b""]
    assert unpacked(packed(events), canonical_digest(events)) == events


def test_templates_that_came_and_went_are_named():
    """What only one stretch has is named with its lines; what stays as frequent is not."""
    then = [b"session opened", b"session closed", b"cache flushed"] * 20
    now = [b"session opened", b"session closed", b"disk of the ledger is full"] * 20
    moved = moved_templates(then, now, compressor_named("zstd"))
    assert {(one.text, one.move, one.in_anchor, one.in_today) for one in moved} == {
        ("disk of the ledger is full", "arrived", 0, 20),
        ("cache flushed", "left", 20, 0),
    }
    assert all(one.bits > 0 for one in moved)


@pytest.mark.data
@pytest.mark.parametrize("path", real_files(), ids=lambda path: path.name)
def test_blocks_of_a_real_log_in_random_order_are_seldom_outside(path):
    """Drawn at random from one log, two halves of 16 blocks lie outside in at most 8 of 60 draws (nominal 3)."""
    events = canonical(real(path))
    parts = [events[at : at + 50] for at in range(0, len(events) - 49, 50)]
    outside = 0
    for seed in range(60):
        drawn = Random(seed).sample(parts, 16)
        one, other = (
            blocks([event for part in half for event in part], BALANCED) for half in (drawn[:8], drawn[8:])
        )
        outside += drift(one, other).outside
    assert outside <= 8


def test_other_sizes_have_other_blocks():
    """A block is an eighth of a baseline, whatever the window."""
    assert [block_of(replace(BALANCED, baseline=size)) for size in (400, 800)] == [50, 100]
