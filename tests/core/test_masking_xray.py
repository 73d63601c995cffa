"""A verdict under other masks: the same as running the whole detector with them."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from streams import usual, with_burst

from driftlock_core import BALANCED, Detector
from driftlock_core.masking import MASK_CLASSES
from driftlock_core.masking_xray import MASK_SETS, RECORDED, Xray, hangs_on, replay_from, xray

PROFILE = replace(BALANCED.with_sizes(10), name="custom", permutations=199)
BYTES = replace(PROFILE, views=("bytes",))
EVENTS = with_burst(1_400, 21, start=1_200, stop=1_230)
TIMES = [1_700_000_000_000_000 + 1_000_000 * at for at in range(len(EVENTS))]


@pytest.mark.parametrize("profile", [PROFILE, BYTES])
@pytest.mark.parametrize("first_seq", [1_201, 1_219])
def test_each_row_is_what_the_detector_says_with_these_masks(profile, first_seq):
    """Of the whole stream, from its first event on."""
    found = {
        one.name: one
        for one in xray(
            EVENTS[: first_seq + 9], TIMES[: first_seq + 9], profile, first_seq=1, window_first_seq=first_seq
        )
    }
    assert list(found) == list(MASK_SETS)
    for name, masks in MASK_SETS.items():
        whole = Detector(replace(profile, masks=masks)).update(EVENTS, TIMES)
        row = whole.first_seq.tolist().index(first_seq)
        assert found[name].flagged == whole.flagged[row]
        assert found[name].size == whole.size[row]
        assert found[name].extra_bits == whole.extra_bits[row]
        for verdict in whole.verdicts:
            if verdict.window == row:
                assert found[name].p == pytest.approx(verdict.p)
                assert found[name].baseline_first_seq == verdict.evidence.epochs[-1][0]


def test_a_replay_that_begins_late_comes_to_the_same_verdict():
    """The past it ranks among and the baselines are the same events, where, as with seed 33, what the replay
    does not know of the time before flags no other window among them."""
    events = usual(9_000, seed=33)
    events[8_700:8_720] = with_burst(20, 5, start=0, stop=20)
    whole = Detector(PROFILE).update(events)
    window = next(verdict for verdict in whole.verdicts if verdict.first_seq > 8_690)
    start = replay_from(PROFILE, window.window)
    assert 1 < start < window.first_seq
    part = events[start - 1 : window.last_seq]
    own = xray(part, [None] * len(part), PROFILE, first_seq=start, window_first_seq=window.first_seq)[-1]
    assert own.masks == PROFILE.masks
    assert (own.flagged, own.size, own.usual_size) == (True, window.size, window.mu)
    assert own.p == pytest.approx(window.p)
    assert own.baseline_first_seq == window.evidence.epochs[-1][0]


def test_a_replay_begins_with_an_epoch():
    """Then baselines are refreshed at the same events, and never behind the window."""
    for window in range(0, 3_000, 37):
        start = replay_from(PROFILE, window)
        assert (start - 1) % (PROFILE.chunks_per_epoch * PROFILE.hop) == 0
        assert 1 <= start <= window * PROFILE.hop + 1


def test_masks_of_its_own_are_a_row_of_their_own():
    """Besides the four."""
    odd = replace(PROFILE, masks=frozenset({"uuid"}))
    found = xray(EVENTS, TIMES, odd, first_seq=1, window_first_seq=1_201)
    assert [one.name for one in found] == [*MASK_SETS, RECORDED]


def test_new_random_ids_are_seen_only_where_ids_are_left_in():
    """The same lines; from one moment on an id of another length and alphabet."""
    random = Random(6)
    events = [b"job %02d done for tenant-a" % (at % 7) for at in range(1_400)]
    for at in range(1_200, 1_230):
        events[at] += b" trace %032x" % random.getrandbits(128)
    found = xray(events, [None] * 1_400, BYTES, first_seq=1, window_first_seq=1_211)
    by_name = {one.name: one for one in found}
    assert by_name["none"].extra_bits > by_name["ids"].extra_bits
    assert by_name["none"].flagged


def flags(*given):
    """Rows with these flags, in the order of the sets."""
    return [
        Xray(
            name=name,
            masks=masks,
            flagged=flag,
            distance=0.0,
            p=1.0,
            aspect=None,
            size=1,
            usual_size=1.0,
            baseline_first_seq=None,
        )
        for (name, masks), flag in zip(MASK_SETS.items(), given, strict=True)
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((True, True, True, True), "nothing"),
        ((False, False, False, False), "nothing"),
        ((True, False, False, False), "ids"),
        ((False, True, True, True), "ids"),
        ((True, True, False, False), "times"),
        ((False, False, False, True), "numbers"),
        ((True, False, True, True), "several"),
    ],
)
def test_what_the_verdict_hangs_on(given, said):
    """Where it turns, if it turns once."""
    assert hangs_on(flags(*given)) == said


def test_every_mask_class_is_in_the_last_set_and_none_in_the_first():
    """Each set holds the one before it."""
    sets = list(MASK_SETS.values())
    assert (sets[0], sets[-1]) == (frozenset(), MASK_CLASSES)
    assert all(before < after for before, after in pairwise(sets))


def test_a_window_behind_the_events_is_refused():
    """Said, not guessed."""
    with pytest.raises(ValueError, match="end before the window"):
        xray(EVENTS[:1_000], TIMES[:1_000], PROFILE, first_seq=1, window_first_seq=1_201)
