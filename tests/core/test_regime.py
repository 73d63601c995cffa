"""The rank among recent units, for streams that have left their baseline."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core.regime import POOL, STRETCH, Regime, annotated
from tests.core import naive_regime

CALM, UNLIKE = 0.5, 0.01


def stream(seed: int, parts: list[tuple[int, float, float]]) -> list[tuple[float, float]]:
    """Units of several stretches (units, level of the scores, chance of p ≤ 0.10); scores have ties."""
    random = Random(seed)
    return [
        (float(round(random.gauss(level, 2))), UNLIKE if random.random() < chance else CALM)
        for count, level, chance in parts
        for _ in range(count)
    ]


PARTS = st.lists(
    st.tuples(
        st.integers(1, 260), st.sampled_from([0.0, 10.0, 30.0]), st.sampled_from([0.05, 0.3, 0.72, 1.0])
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), parts=PARTS)
def test_agrees_with_the_slow_twin(seed: int, parts: list[tuple[int, float, float]]) -> None:
    """Each standing is what counting over rebuilt lists gives."""
    units = stream(seed, parts)
    assert naive_regime.standings(units) == [
        (one.p_regime, one.regime, one.alarm, one.left) for one in annotated(units)
    ]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), parts=PARTS, later=PARTS)
def test_nothing_depends_on_later_units(
    seed: int, parts: list[tuple[int, float, float]], later: list[tuple[int, float, float]]
) -> None:
    """A stream that goes on leaves what was said of its beginning."""
    units = stream(seed, parts)
    assert annotated(units + stream(seed + 1, later))[: len(units)] == annotated(units)


@pytest.mark.parametrize("cut", [0, 40, 99, 100, 250, 399, 700])
def test_goes_on_from_a_saved_state(cut: int) -> None:
    """A trip through JSON in the middle of a stream changes no standing."""
    units = stream(4, [(90, 0, 0.05), (300, 20, 1.0), (200, 60, 1.0), (200, 0, 0.0)])
    regime = Regime()
    before = [regime.take(*unit) for unit in units[:cut]]
    regime = Regime.restored(json.loads(json.dumps(regime.state())))
    assert before + [regime.take(*unit) for unit in units[cut:]] == annotated(units)


def test_a_stream_like_its_baseline_has_no_regime() -> None:
    """One unit in ten with p ≤ 0.10 is what chance does; even four in ten raise no alarm."""
    for chance in (0.1, 0.4):
        assert not any(one.regime or one.alarm for one in annotated(stream(1, [(3000, 0, chance)])))


def test_less_than_a_stretch_decides_nothing() -> None:
    """99 units, all unlike the baseline, are too few for an alarm."""
    assert not any(one.alarm for one in annotated([(9.0, UNLIKE)] * (STRETCH - 1)))
    assert annotated([(9.0, UNLIKE)] * STRETCH)[-1].alarm


def test_seventy_of_a_hundred_are_no_alarm_and_seventy_one_are() -> None:
    """The alarm wants more than 70 % of the stretch."""
    for unlike in (70, 71):
        alarms = annotated([(0.0, CALM)] * (STRETCH - unlike) + [(9.0, UNLIKE)] * unlike)
        assert alarms[-1].alarm is (unlike == 71)


def test_a_unit_is_judged_before_it_is_learned() -> None:
    """The first unit beyond everything seen gets the smallest p-value there is, not a rank with itself."""
    standing = annotated([(9.0, UNLIKE)] * STRETCH + [(10.0, UNLIKE)])[-1]
    assert standing.p_regime == 1 / (1 + STRETCH)


def test_after_the_alarm_ordinary_units_are_ordinary_again() -> None:
    """In a new regime about one unit in twenty has p_regime ≤ 0.05, while all have p ≤ 0.10."""
    after = [
        one for one in annotated([(score, UNLIKE) for score, _ in stream(2, [(2100, 20, 1.0)])]) if one.regime
    ]
    assert len(after) == 2000
    assert (
        0.02 <= sum(one.p_regime is not None and one.p_regime <= 0.05 for one in after) / len(after) <= 0.08
    )


def test_a_further_change_raises_a_further_alarm() -> None:
    """Scores that rise once more are a regime of their own: the pool begins anew behind it."""
    standings = annotated(stream(3, [(300, 20, 1.0), (300, 60, 1.0)]))
    assert [at for at, one in enumerate(standings) if one.alarm] == [99, 368]
    ranks = [one.p_regime for one in standings[380:] if one.p_regime is not None]
    assert sum(ranks) / len(ranks) > 0.4


def test_the_regime_ends_where_units_are_like_the_baseline_again() -> None:
    """Back in the old regime p_regime falls silent within a stretch, and it may begin again."""
    standings = annotated([(9.0, UNLIKE)] * 200 + [(0.0, CALM)] * 200 + [(9.0, UNLIKE)] * 100)
    assert [at for at, one in enumerate(standings) if one.left] == [270]
    assert [at for at, one in enumerate(standings) if one.alarm] == [99, 470]
    assert not any(one.regime for one in standings[271:471])


def test_memory_is_bounded() -> None:
    """However long the regime, at most 400 scores and two stretches are kept."""
    regime = Regime()
    for score, p in stream(5, [(3000, 20, 1.0)]):
        regime.take(score, p)
    assert {name: len(kept) for name, kept in regime.state().items() if name != "inside"} == {
        "recent": STRETCH,
        "unlike_pool": STRETCH,
        "pool": POOL,
    }
