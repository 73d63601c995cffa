"""Two paces: the slow twin, pieces and states, and what the slower one is for."""

from random import Random

import naive_window_views as naive
import numpy as np
import pytest
from streams import usual

from driftlock_core import BALANCED, Detector, Masker
from driftlock_core.window_views.findings import findings_of
from driftlock_core.window_views.findings_text import finding_text, lead_text
from driftlock_core.window_views.pace import UNIT, Pace


def bursty(count, seed):
    """Microseconds: bursts of about ninety events a second, some minutes apart; now and then back in time."""
    random, now, times = Random(seed), 1_700_000_000_000_000, []
    for _ in range(count):
        now += random.choice((180, 300, 420)) * 1_000_000 if random.random() < 1 / 90 else 11_000
        times.append(now - 50_000 * (random.random() < 0.01))
    return times


def smooth(count, factor):
    """Microseconds: a second between events at first, *factor* times as long at last."""
    return np.cumsum(np.geomspace(1e6, factor * 1e6, count)).astype(np.int64).tolist()


@pytest.mark.parametrize("times", [bursty(3000, 1), smooth(3000, 0.1)], ids=["bursts", "faster and faster"])
def test_both_paces_agree_with_the_slow_twin(times):
    found = Pace().take(np.array(times))
    assert found.intervals.tolist() == naive.intervals(times)
    assert found.stills.tolist() == naive.stills(times)
    assert np.mean(found.stills < found.intervals) > 0.05  # the longer look does take part
    assert np.mean(found.stills == found.intervals) > 0.05  # and not always


def test_pieces_of_any_length_and_saved_states_make_no_difference():
    times, random, pieces = np.array(bursty(3000, 2)), Random(2), []
    pace, at = Pace(), 0
    while at < len(times):
        size = random.choice((0, 1, 7, 249, 250, 251, 600))
        pieces.append(pace.take(times[at : at + size]))
        at += size
        if random.random() < 0.3:
            state = pace.state()
            pace = Pace()
            pace.restore(state["recent"], state["paced"], state["anchors"])
        assert len(pace.anchors) <= 9
    for found, whole in zip(map(np.concatenate, zip(*pieces, strict=True)), Pace().take(times), strict=True):
        np.testing.assert_array_equal(found, whole)


def test_among_bursts_a_pause_is_long_only_by_the_faster_pace():
    """The ordinary minutes between two bursts: beside 200 events of one burst they look endless."""
    found = Pace().take(np.array(bursty(4000, 3)))
    ordinary = slice(2500, None)
    assert found.stills[ordinary].max() < found.intervals[ordinary].max() / 20


def test_a_pause_among_steady_events_is_as_long_by_both():
    steady = np.arange(2600) * 1_000_000
    found = Pace().take(np.append(steady, steady[-1] + 60_000_000))
    assert found.stills[-1] == found.intervals[-1] == 60 * UNIT
    assert found.usual_us[-1] == 1_000_000


def test_a_silence_after_a_slow_burst_is_found_and_said():
    """
    Bursts of 300 events, by turns slow and fast, ten minutes between them, and once twenty.

    By the pace of the 200 events before, pauses after fast bursts are all longer than that one.
    """
    random, at = Random(4), np.arange(7500)
    apart = np.where(at // 300 % 2 == 0, 100_000, 2_000_000)
    apart = (apart * np.array([random.uniform(0.8, 1.2) for _ in at])).astype(np.int64)
    apart[300::300] = [random.randint(540, 660) * 1_000_000 for _ in at[300::300]]
    apart[7200] = 1_800_000_000
    lines = usual(len(at), 24)
    before, now = Detector(BALANCED), Detector(BALANCED)
    before.views.statistics = 10  # as streams of before the stills
    hit, missed = (
        [
            v
            for v in detector.update(lines, np.cumsum(apart).tolist()).verdicts
            if v.first_seq < 7201 <= v.last_seq
        ]
        for detector in (now, before)
    )
    assert missed == []
    verdict = hit[0]
    assert verdict.views == ("timing",)
    mask = Masker().canonical
    window = mask(lines[verdict.first_seq - 1 : verdict.last_seq])
    first, last = verdict.evidence.epochs[-1][:2]
    finding = next(
        f for f in findings_of(verdict, window, mask(lines[first - 1 : last])) if f.view == "timing"
    )
    assert finding.statistic == "still"
    assert verdict.first_seq + finding.places[0].position == 7201
    assert finding.places[0].count == 1_800_000_000
    assert "as long as in the median past window, by the slower of two paces before each" in finding_text(
        finding
    )
    assert lead_text(finding).startswith("**30 min** pass before")
