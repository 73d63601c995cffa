"""Numeric series in context: seasons, trends, counters, standstills, times, and what alerts say was expected."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core import series_state
from driftlock_core.series import PAGE_SCORE, READINGS, SeriesDetector
from driftlock_core.views.numbers import Grid
from driftlock_core.views.value_counter import is_counter
from driftlock_core.views.value_expectation import central
from driftlock_core.views.value_period import period

DAY = 288


def daily(count, seed, noise=1.0):
    """A noisy daily curve at one record in five minutes."""
    random = Random(seed)
    return [50 + 10 * math.sin(at * math.tau / DAY) + random.gauss(0, noise) for at in range(count)]


def first_alert(values, begins, warmup=750):
    """Records from *begins* to the first alert, and the reading that spoke."""
    scored = SeriesDetector(warmup).update(values)
    behind = next(one for one in scored.expectations if one.record >= begins)
    return behind.record - begins, behind.view


CALM = {
    "noise": lambda random, at: random.gauss(0, 1),
    "heavy tails": lambda random, at: math.exp(random.gauss(0, 1.5)),
    "whole numbers": lambda random, at: float(random.randrange(10)),
    "daily": lambda random, at: 50 + 10 * math.sin(at * math.tau / DAY) + random.gauss(0, 1),
    "slow trend": lambda random, at: at * 0.001 + random.gauss(0, 1),
    "steep trend": lambda random, at: at * 0.02 + random.gauss(0, 1),
    "trend and day": lambda random, at: at * 0.002 + 10 * math.sin(at * math.tau / DAY) + random.gauss(0, 1),
    "rare spikes": lambda random, at: 100.0 if random.random() < 0.01 else random.gauss(0, 1),
}


@pytest.mark.parametrize("kind", CALM)
def test_calm_series_rarely_alert(kind):
    """Where nothing happens at most 30 alerts and 8 pages come in 10 000 records, trend or not."""
    random = Random(1)
    scored = SeriesDetector(750).update([CALM[kind](random, at) for at in range(10_750)])
    assert scored.alert.sum() <= 30
    assert scored.page.sum() <= 8


@pytest.mark.parametrize(
    "values",
    [[5.0] * 9000, [float(at) for at in range(9000)], [float(at // 50 % 2) for at in range(9000)]],
    ids=["constant", "pure trend", "on and off"],
)
def test_what_never_changes_never_alerts(values):
    """A constant, a steady climb and a regular switch are silent for good."""
    assert not SeriesDetector(750).update(values).alert.any()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noon_at_night_alerts_at_once(seed):
    """One value that is usual at noon, at midnight: the season speaks, and names what is usual then."""
    values = daily(6000, seed)
    noon = 19 * DAY + DAY // 4
    night = noon + DAY // 2
    values[night] = values[noon]
    expected = SeriesDetector(750).update(values).explain(night)
    assert (expected.view, expected.value) == ("season", values[noon])
    assert 35 < expected.low < 40 < expected.high < 50
    assert abs(expected.nearest - values[noon]) < 0.1


@pytest.mark.parametrize("length", [8, 24, 48, 96, 288])
def test_a_period_is_found_under_noise_and_trend(length):
    """From four periods on, to within a twelfth."""
    random = Random(length)
    count = max(100, 4 * length)
    values = [math.sin(at * math.tau / length) + random.gauss(0, 0.2) + at / count for at in range(count)]
    assert abs(period(np.array(values)) - length) <= length / 12


def test_no_period_is_found_where_there_is_none():
    """In noise, in a random walk, in a trend, in a constant, in too little."""
    random = Random(5)
    noise = np.array([random.gauss(0, 1) for _ in range(2000)])
    for values in (noise, np.arange(500.0), np.full(500, 3.0), noise[:40], np.array([])):
        assert period(values) == 0


def test_times_keep_the_season_where_records_are_missing():
    """A third of the records gone at random: with times noon at night is still found, and a day is a day."""
    values, random = daily(9000, 4), Random(4)
    noon = 24 * DAY + DAY // 4
    night = noon + DAY // 2
    values[night] = values[noon]
    kept = [at for at in range(9000) if at == night or random.random() > 1 / 3]
    detector = SeriesDetector(750)
    scored = detector.update([values[at] for at in kept], [at * 300.0 for at in kept])
    assert detector.season is not None
    assert detector.season.period == 86400
    assert scored.explain(kept.index(night)).view == "season"


times = st.floats() | st.integers(-(10**6), 10**6).map(float)


@given(rows=st.lists(st.tuples(st.integers(-9, 9).map(float) | st.floats(), times), max_size=120))
@settings(deadline=None)
def test_any_times_give_finite_scores(rows):
    """Unsorted, repeated, missing, infinite times: nothing breaks, and cuts change nothing."""
    values, stamps = [row[0] for row in rows], [row[1] for row in rows]
    whole = SeriesDetector(20).update(values, stamps)
    assert np.isfinite(whole.score).all()
    detector = SeriesDetector(20)
    single = [detector.update([value], [time]).surprise for value, time in rows]
    assert b"".join(one.tobytes() for one in single) == whole.surprise.tobytes()


def test_times_are_given_always_or_never():
    """And as many as there are values."""
    detector = SeriesDetector(5)
    detector.update([1.0], [0.0])
    with pytest.raises(ValueError, match="give times for these too"):
        detector.update([1.0])
    with pytest.raises(ValueError, match="1 times for 2 values"):
        detector.update([1.0, 2.0], [0.0])
    detector = SeriesDetector(5)
    detector.update([1.0])
    with pytest.raises(ValueError, match="give none for these either"):
        detector.update([1.0], [0.0])


def test_a_counter_is_judged_by_its_increments():
    """A reset is nothing; a counter that stops, or counts ten times as fast, is; expectations are totals."""
    random, total, values = Random(6), 0.0, []
    for at in range(5000):
        total = 0.0 if at == 2000 else total + random.randrange(5, 15) * (10 if at == 3000 else at < 4000)
        values.append(total)
    scored = SeriesDetector(500).update(values)
    assert not scored.alert[1990:2010].any()
    assert scored.alert[[3000, 4000]].all()
    expected = scored.explain(3000)
    assert values[2999] + 5 <= expected.low < expected.high <= values[2999] + 14
    assert expected.nearest == values[2999] + 14
    assert (is_counter(values[:500]), is_counter([5.0] * 99), is_counter([1.0, 2.0])) == (True, False, False)


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_a_standstill_is_found_at_its_fifth_equal_record(seed):
    """Where no value came twice in a row before. A constant from the beginning is none."""
    values = daily(6000, seed)
    values[5000:] = [values[4999]] * 1000
    assert first_alert(values, 5000) == (3, "stuck")


def test_a_standstill_among_whole_numbers_takes_longer():
    """Ten values at random come twice in a row anyway; twenty times they do not."""
    random = Random(7)
    values = [float(random.randrange(10)) for _ in range(5000)] + [4.0] * 500
    delay, _ = first_alert(values, 5000)
    assert 5 <= delay < 20


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e9, 1e250])
def test_the_unit_makes_no_difference(scale):
    """Tiny and huge series alert where the series itself does."""
    values = daily(3000, 8)
    values[2000:2020] = [80.0] * 20
    plain = SeriesDetector(500).update(values)
    scaled = SeriesDetector(500).update([value * scale for value in values])
    assert plain.alert.any()
    assert (plain.alert == scaled.alert).all()


def test_long_series_are_judged_alike_however_they_are_cut():
    """Past every batch and every putting in order: scores, and what was expected, to the last bit."""
    values = daily(20_000, 9)
    for at in range(1500, 20_000, 997):
        values[at] += 30
    whole = SeriesDetector(300).update(values)
    detector, at, parts = SeriesDetector(300), 0, []
    for size in [1, 2, 15, 16, 17, 127, 128, 129, 255, 256, 257, 1000, 3000] * 4:
        parts.append(detector.update(values[at : at + size]))
        detector = series_state.load(series_state.save(detector)) if size in (128, 3000) else detector
        at += size
    assert at > 20_000
    for column in ("surprise", "score", "p_value", "alert", "page"):
        joined = np.concatenate([getattr(part, column) for part in parts])
        assert joined.tobytes() == getattr(whole, column).tobytes()
    assert len(whole.expectations) > 10
    assert tuple(one for part in parts for one in part.expectations) == whole.expectations


def test_every_alert_says_what_was_expected():
    """One expectation for each alert, from earlier records: the range, the reading, the bits."""
    values = daily(3000, 10)
    values[2000] = 90.0
    scored = SeriesDetector(500).update(values)
    assert [one.record for one in scored.expectations] == np.flatnonzero(scored.alert).tolist()
    expected = scored.explain(2000)
    assert expected.low < expected.high < 65
    assert expected.nearest == max(values[:2000])
    assert expected.view in READINGS
    assert expected.bits == pytest.approx(scored.score[2000] * math.log2(10))
    assert expected.p_value == scored.p_value[2000]
    assert expected.page == (scored.score[2000] >= PAGE_SCORE)
    other = SeriesDetector(500).update([*values[:2001], *[0.0] * 99]).explain(2000)
    assert other == expected
    with pytest.raises(KeyError, match="record 1999 raised no alert"):
        scored.explain(1999)


def test_a_page_is_an_alert():
    """And a score reaches 2.5 exactly where there is a page."""
    random = Random(11)
    values = [math.exp(random.gauss(0, 2)) for _ in range(9000)]
    scored = SeriesDetector(300).update(values)
    assert 0 < scored.page.sum() < scored.alert.sum()
    assert scored.alert[scored.page].all()
    assert (scored.page == (scored.score >= PAGE_SCORE)).all()


def test_a_restless_series_raises_its_own_limit():
    """The same jump every 400 records is paged less and less often."""
    random = Random(12)
    values = [random.gauss(0, 1) + 8 * (at % 400 == 399) * random.random() for at in range(12_000)]
    pages = np.flatnonzero(SeriesDetector(1000).update(values).page)
    assert ((pages < 6000).sum(), (pages >= 6000).sum()) == pytest.approx((5, 3), abs=4)
    assert len(pages) < 12


def test_one_record_and_nothing():
    """The smallest series there are."""
    for values in ([], [1.0], [math.nan], [1.0, 1.0], [1e300, -1e300]):
        scored = SeriesDetector(1).update(values)
        assert len(scored.score) == len(values)
        assert not scored.alert.any()


def test_an_expected_range_holds_nine_tenths():
    """Of values that are drawn as expected."""
    random = Random(13)
    past = sorted(random.gauss(0, 1) for _ in range(5000))
    grid = Grid(-2.0, 2.0, 4)
    shares = np.bincount([grid.symbol(value) for value in past], minlength=grid.symbols) / len(past)
    low, high = central(past, grid, shares.tolist())
    assert (low, high) == pytest.approx((-1.645, 1.645), abs=0.1)
