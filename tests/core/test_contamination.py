"""Anomalies inside a baseline, found by measuring it against itself."""

from dataclasses import replace
from random import Random

import naive_contamination
import pytest
from logs import real, real_files
from streams import usual, with_burst

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import compressor_named
from driftlock_core.contamination import Suspect, suspects, without
from driftlock_core.epoch import borders_of, text_of
from driftlock_core.masking import Masker
from driftlock_core.profiles import BALANCED

TWICE = replace(BALANCED, baseline=800)


def by_hand(events: list[bytes], window: int, hop: int) -> list[tuple[int, int]]:
    compressor = compressor_named(BALANCED.compressor)

    def costs_of(some: list[bytes], others: list[bytes]) -> list[int]:
        text = text_of(some)
        digest = compressor.digest(dictionary(others, compressor.reach))
        return list(digest.costs(memoryview(text), borders_of(text, hop)))

    canonical = Masker(BALANCED.masks).canonical(events)
    return naive_contamination.standing_out(
        canonical, window, hop, costs_of, lambda some: compressor.size(text_of(some))
    )


@pytest.mark.parametrize("length", [0, 20, 30, 45, 60, 100])
@pytest.mark.parametrize("profile", [BALANCED, BALANCED.with_sizes(20)], ids=["50", "20"])
def test_agrees_with_the_slow_twin(length, profile):
    """The stretches are those that looking at every window and every rival finds."""
    for seed in range(4):
        events = with_burst(400, seed, start=40 * seed, stop=40 * seed + length)
        found = suspects(events, profile)
        assert [(one.first, one.last) for one in found] == by_hand(events, profile.window, profile.hop)


@pytest.mark.parametrize("start", [0, 90, 177, 360])
def test_names_the_events_of_a_burst(start):
    """Forty events of another program stand out wherever they lie, to the hop that holds their ends."""
    (found,) = suspects(with_burst(400, 7, start=start, stop=start + 40), BALANCED)
    assert start - 10 < found.first <= start + 20
    assert start + 20 <= found.last <= start + 50
    assert found.ncd >= 0.45
    assert found.ncd >= 4 * found.others


def test_the_usual_holds_no_suspect():
    """Forty streams without a change: not one has a suspect, though one window is always the largest."""
    assert not any(suspects(usual(400, seed), BALANCED) for seed in range(40))


def test_two_bursts_in_a_long_baseline_are_both_named():
    """Sixteen windows may hold two suspects of different kinds, and they come in order."""
    events = with_burst(800, 3, start=500, stop=540)
    events[100:140] = [event[::-1] for event in with_burst(800, 9, start=100, stop=140)[100:140]]
    first, second = suspects(events, TWICE)
    assert first.last < 150 < 490 < second.first


def test_a_baseline_of_two_halves_has_no_suspect():
    """Where half of it is another program neither half is the rest."""
    assert suspects(with_burst(400, 5, start=200, stop=400), BALANCED) == ()


def test_two_bursts_alike_hide_each_other():
    """What comes back is explained by its like: the limit of a method that knows nothing but the baseline."""
    events = with_burst(800, 3, start=500, stop=540)
    events[100:140] = with_burst(800, 9, start=100, stop=140)[100:140]
    assert suspects(events, TWICE) == ()


def test_without_its_suspects_nothing_stands_out():
    """What is left of the baseline is usual; an end of the burst left over may be, a second stretch not."""
    events = with_burst(800, 11, start=300, stop=340)
    left = without(events, suspects(events, TWICE))
    assert 740 <= len(left) < 800
    assert suspects(left, TWICE) == ()


def test_without_drops_what_is_named_and_nothing_else():
    """Both ends included, counted from 1."""
    events = [b"%d" % at for at in range(1, 11)]
    found = [Suspect(first=1, last=2, ncd=1, others=0), Suspect(first=9, last=10, ncd=1, others=0)]
    assert without(events, found) == events[2:8]
    assert without(events, ()) == events


@pytest.mark.parametrize(
    "events",
    [[], [b""] * 400, [b"same"] * 400, [b"\xff\x00\n"] * 400, [b"x"] * 159, [b"x" * 50_000] * 160],
    ids=["none", "empty", "equal", "odd bytes", "too few", "long"],
)
def test_what_has_no_rest_has_no_suspect(events):
    """Nothing to measure, or nothing that differs."""
    assert suspects(events, BALANCED) == ()


def test_noise_is_read_without_an_error():
    """Random bytes of random length are all alike unusual."""
    random = Random(2)
    assert suspects([random.randbytes(random.randrange(200)) for _ in range(400)], BALANCED) == ()


@pytest.mark.data
def test_few_pieces_of_real_logs_have_suspects():
    """Of 400-event pieces of each real log, taken as they come, about one in twenty has a suspect."""
    masker, shares = Masker(BALANCED.masks), []
    files = real_files()
    if not files:
        pytest.skip("DRIFTLOCK_DATA names no folder of logs")
    for path in files:
        events = real(path)
        starts = range(0, len(events) - 399, max(200, len(events) // 25))
        found = [bool(suspects(events[at : at + 400], BALANCED, masker=masker)) for at in starts]
        shares.append(sum(found) / len(found))
    assert sum(shares) / len(shares) <= 0.10
