"""Numeric series: the detector against its slow twin, and the laws it keeps."""

import doctest
import math
from pathlib import Path
from random import Random

import naive_series
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core import series_state
from driftlock_core.errors import StateMismatch
from driftlock_core.series import ALERT_SCORE, READINGS, SeriesDetector, excess, folded
from driftlock_core.views import newest
from driftlock_core.views.newest import Newest
from driftlock_core.views.numbers import Grid, bounded
from driftlock_core.views.value_dictionary import ValueDictionary

odd = st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, 0.0, -0.0])
streams = st.lists(st.integers(-9, 9).map(float) | odd | st.floats(), max_size=150)


def daily(count, seed, jump_at=None):
    """A noisy daily curve of 48 records; from *jump_at* on, 30 records lie far above it."""
    random = Random(seed)
    values = [math.sin(at * math.tau / 48) + random.gauss(0, 0.1) for at in range(count)]
    if jump_at is not None:
        values[jump_at : jump_at + 30] = [value + 6 for value in values[jump_at : jump_at + 30]]
    return values


def counted(count, seed):
    """A counter that is set back to nothing twice."""
    random, total, values = Random(seed), 0.0, []
    for at in range(count):
        total = 0.0 if at in (count // 2, 3 * count // 4) else total + random.randrange(5, 30)
        values.append(total)
    return values


def all_of(scored):
    return np.column_stack([scored.surprise, scored.score, scored.p_value, scored.alert, scored.page])


@pytest.mark.parametrize(
    ("values", "warmup"),
    [
        (daily(700, 1, jump_at=500), 150),
        ([float(Random(at).randrange(5)) for at in range(400)], 60),
        ([round(value, 1) for value in daily(500, 2, jump_at=300)], 100),
        ([7.0] * 200 + [7.5, 7.0, 90.0] + [7.0] * 50, 120),
        ([float(at) for at in range(300)], 40),
        (counted(400, 8), 80),
        (daily(300, 9) + [0.25] * 60 + daily(90, 10), 120),
        ([value * (at % 48 > 9) for at, value in enumerate(daily(500, 11))], 100),
    ],
    ids=["daily", "few values", "rounded", "constant", "climbing", "counter", "hanging", "nights"],
)
def test_agrees_with_its_slow_twin(values, warmup):
    """Every surprise, score, p-value and alert is what the formulas give from the whole past."""
    expected = naive_series.judged(values, warmup)
    scored = SeriesDetector(warmup).update(values)
    assert [row[3] for row in expected] == scored.alert.tolist()
    assert [row[4] for row in expected] == scored.page.tolist()
    np.testing.assert_allclose(scored.surprise, [row[0] for row in expected], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(excess(scored.surprise), [row[1] for row in expected], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(scored.p_value, [row[2] for row in expected], rtol=1e-9)


@given(values=streams, later=streams, warmup=st.integers(1, 60))
@settings(deadline=None)
def test_scores_never_change_when_later_records_do(values, later, warmup):
    """Causality: what is said of the first records holds whatever follows them."""
    alone = all_of(SeriesDetector(warmup).update(values))
    followed = all_of(SeriesDetector(warmup).update(values + later))[: len(values)]
    assert alone.tobytes() == followed.tobytes()


def test_scores_of_a_long_start_never_change_either():
    """Causality after the warm-up too, at every twentieth cut, with a jump or a silence coming."""
    values = daily(600, 3)
    whole = all_of(SeriesDetector(100).update(values))
    for cut in range(20, 600, 20):
        other = values[:cut] + [99.0] * 10 + [math.nan] * 10
        assert all_of(SeriesDetector(100).update(other))[:cut].tobytes() == whole[:cut].tobytes()


@given(values=streams, cut=st.integers(0, 150), warmup=st.integers(1, 60))
@settings(deadline=None)
def test_a_saved_detector_goes_on_as_if_it_had_not_been(values, cut, warmup):
    """Two calls with the state put away between them give the bytes of one call."""
    detector = SeriesDetector(warmup)
    first = all_of(detector.update(values[:cut]))
    second = all_of(series_state.load(series_state.save(detector)).update(values[cut:]))
    whole = all_of(SeriesDetector(warmup).update(values))
    assert np.concatenate([first, second]).tobytes() == whole.tobytes()


@given(values=streams, warmup=st.integers(1, 60))
@settings(deadline=None)
def test_any_numbers_give_finite_scores(values, warmup):
    """Scores are finite and not negative, p-values in (0, 1], nothing is said during the warm-up."""
    scored = SeriesDetector(warmup).update(values)
    assert np.isfinite(all_of(scored)).all()
    assert (scored.score >= 0).all()
    assert ((scored.p_value > 0) & (scored.p_value <= 1)).all()
    assert not scored.score[:warmup].any()
    assert not scored.alert[:warmup].any()
    assert (scored.p_value[:warmup] == 1).all()


def test_a_jump_raises_one_alert_at_once():
    """The first record above everything seen alerts; for a fifth of the warm-up no other does."""
    scored = SeriesDetector(300).update(daily(1000, 4, jump_at=700))
    assert np.flatnonzero(scored.alert[660:760]).tolist() == [40]
    assert scored.score[700] > 4
    assert (excess(scored.surprise[701:730]) > ALERT_SCORE).any()
    assert (scored.score[701:761] < ALERT_SCORE).all()


def test_a_score_reaches_the_limit_exactly_where_there_is_an_alert():
    """Whoever puts the same limit on the scores finds the same records."""
    scored = SeriesDetector(100).update(daily(3000, 5, jump_at=1500))
    assert scored.alert.any()
    assert (scored.alert == (scored.score >= ALERT_SCORE)).all()


def test_folding_keeps_the_order():
    """A larger excess is a larger score, and none reaches the limit."""
    scores = [folded(number / 10) for number in range(900)]
    assert scores == sorted(set(scores))
    assert scores[-1] < ALERT_SCORE


def test_a_missing_value_teaches_nothing():
    """Records between two gaps are judged as without the gaps; the gaps score 0."""
    values = daily(400, 6)
    gaps = values[:300] + [math.nan] * 3 + values[300:]
    scored = all_of(SeriesDetector(100).update(gaps))
    assert scored[300:303].tolist() == [[0.0] * 5 + [0.0, 1.0, 0.0, 0.0]] * 3
    expected = all_of(SeriesDetector(100).update(values))
    np.testing.assert_array_equal(np.delete(scored, range(300, 303), axis=0)[:, :3], expected[:, :3])


def test_a_warmup_without_numbers_waits_for_one():
    """The range comes from the first number there is, and that record is not judged."""
    detector = SeriesDetector(10)
    detector.update([math.nan] * 25)
    assert detector.readings is None
    detector.update([3.0])
    assert detector.readings is not None
    assert detector.waiting == []


def test_calm_noise_rarely_looks_rare():
    """On noise alone about 1 record in 100, not more, has a surprise of two decades, in each reading."""
    random = Random(7)
    scored = SeriesDetector(500).update([random.gauss(0, 1) for _ in range(8000)])
    shares = (scored.surprise[500:] >= 2).mean(axis=0)
    assert dict(zip(READINGS, shares <= 0.012, strict=True)) == dict.fromkeys(READINGS, True)


def test_a_memory_forgets_its_oldest(monkeypatch):
    """With room for five, six values later the first are gone, and a copy forgets in the same order."""
    monkeypatch.setattr(newest, "MEMORY", 5)
    memory = Newest()
    for number in (9.0, 1.0, 9.0, 4.0, 2.0, 3.0, 8.0):
        memory.add([number])
    assert memory.arrived() == ([9.0, 4.0, 2.0, 3.0, 8.0], 0)
    assert Newest(*memory.arrived()).ranks([9.5]) == [1 / 6]
    assert [Newest(*memory.arrived()).ranks([number]) for number in (9.0, 4.0, 1.0)] == [
        [2 / 6],
        [4 / 6],
        [1.0],
    ]
    copy = Newest(*memory.arrived())
    for one in (memory, copy):
        one.add([0.0])
        assert one.arrived() == ([4.0, 2.0, 3.0, 8.0, 0.0], 0)


@pytest.mark.parametrize("count", [3, 31, 32, 40, 63, 130, 3000])
def test_a_memory_is_its_copy(count):
    """Also between two times that new numbers are put in order, where the tail is still the old one."""
    random = Random(13)
    memory = Newest()
    for _ in range(count):
        memory.add([random.gauss(0, 1)])
    copy = Newest(*memory.arrived())
    for _ in range(200):
        number = random.gauss(0, 2)
        assert memory.surprises([number]) == copy.surprises([number])


def test_a_full_memory_stays_bounded(monkeypatch):
    """Whatever comes, it holds no more than its room and what waits to be put in order."""
    monkeypatch.setattr(newest, "MEMORY", 640)
    memory = Newest()
    for at in range(3000):
        memory.add([float(at)])
        assert len(memory) < 640 + 640 // newest.FRESH_PART
    assert min(memory.arrived()[0]) >= 3000 - 660


@given(numbers_seen=st.lists(st.floats(-1e6, 1e6), max_size=60))
def test_the_nearest_value_is_the_nearest(numbers_seen):
    """Agrees with looking at every earlier value."""
    dictionary = ValueDictionary()
    found = dictionary.costs(numbers_seen)
    assert found == [naive_series.nearest(numbers_seen, at) for at in range(len(numbers_seen))]


@given(value=st.floats(), low=st.floats(allow_nan=False), width=st.floats(0, 1e300))
def test_every_number_has_a_symbol(value, low, width):
    """Any number falls into the alphabet, however wide or narrow the grid."""
    low = bounded(low)
    grid = Grid(low, bounded(low + width), 4)
    if not math.isnan(value):
        assert 0 <= grid.symbol(bounded(value)) < grid.symbols == 12


@pytest.mark.parametrize(
    "state", [b"", b"DLS1x", b"DLN1x", b"DLN2", b"DLN2damaged", series_state.save(SeriesDetector(5))[:-3]]
)
def test_foreign_and_damaged_states_are_refused(state):
    """Nothing goes on from bytes that are not whole."""
    with pytest.raises(StateMismatch):
        series_state.load(state)


def test_a_warmup_holds_a_record():
    """Without one there is no range."""
    with pytest.raises(ValueError, match="warmup=0"):
        SeriesDetector(0)


def test_the_worked_example_of_its_page_runs():
    """What docs/measures/numbers.md shows is what comes out."""
    page = Path(__file__).parents[3] / "docs" / "measures" / "numbers.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert (failed, tried > 5) == (0, True)
