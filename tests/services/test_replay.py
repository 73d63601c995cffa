"""Plays of scenarios: the same bits every time, in the database and without one."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from data_generator import UnknownScenario, truth
from driftlock.bootstrap import App, open_app
from driftlock.services.replay import Replay, replay
from driftlock.services.replay import digest as digest_of
from driftlock.services.scenario_digests import DIGESTS
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED, SENSITIVE, STRICT
from tests.made_home import made_home
from tests.services.conftest import TENANT, ToldClock

FIVE = ("normal-operations", "anomaly-spike", "error-storm", "geographic-anomaly", "behavioural-anomaly")


def _flagged(one: Replay) -> list[int]:
    return one.columns.window[one.columns.flagged].tolist()


@pytest.fixture(scope="module")
def storm() -> Replay:
    return replay("error-storm", 7)


@pytest.fixture(scope="module")
def quiet() -> Replay:
    return replay("normal-operations", 7)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, ToldClock]]:
    """The storm was played once, where no upload could be as large."""
    clock = ToldClock()
    home = made_home(tmp_path_factory.mktemp("played") / "home")
    settings = Settings(home=home, max_upload_mb=1, max_events=100)
    app = open_app(settings, clock=clock, work=False)
    _play(app)
    yield app, clock
    app.close()


def _play(app: App) -> str:
    """Id of the run."""
    run = app.scenarios.play(TENANT, "error-storm", 7)
    while app.work():
        pass
    return run.id


def test_ux27_the_same_seed_twice_gives_the_same_windows_and_digest(storm: Replay):
    again = replay("error-storm", 7)
    assert _flagged(again) == _flagged(storm) != []
    assert again.digest == storm.digest
    assert np.array_equal(again.columns.p_stream, storm.columns.p_stream)


def test_ux27_normal_operations_stay_within_what_chance_may_flag(quiet: Replay):
    """
    No more flags than 95 in 100 streams would have by the stated expectation.

    Windows overlap by four fifths, so flags come in clusters of up to five: the variance of their
    number is at most about five times the expectation.
    """
    expected = quiet.expected_by_chance
    assert 0 < quiet.flagged <= expected + 1.645 * np.sqrt(5 * expected)


@pytest.mark.parametrize("scenario", FIVE)
def test_results_are_those_of_the_reference(scenario: str, storm: Replay, quiet: Replay):
    """The digests that the page compares with; after a change of the engine they are written anew."""
    known = {"error-storm": storm, "normal-operations": quiet}
    assert (known.get(scenario) or replay(scenario, 7)).digest == DIGESTS[scenario]


def test_another_seed_is_another_play(storm: Replay):
    assert replay("error-storm", 8).digest != storm.digest


def test_the_storm_is_flagged_where_it_is(storm: Replay):
    (episode,) = truth("error-storm", 7)
    ends = storm.columns.last_seq[storm.columns.flagged]
    assert ((ends > episode.start) & (ends <= episode.stop)).any()


def test_ux27_a_stored_play_is_its_replay(played: tuple[App, ToldClock], storm: Replay):
    """Same windows, same scores, same digest, whether the engine or the database is asked."""
    app, _ = played
    (stream,) = app.queries.streams(TENANT, _play(app))
    columns = app.queries.scores(TENANT, stream.id)
    assert digest_of(columns) == storm.digest
    assert columns.flagged.tolist() == storm.columns.flagged.tolist()
    assert np.array_equal(columns.ncd, storm.columns.ncd)
    assert stream.incidents == storm.incidents
    assert stream.expected_by_chance == pytest.approx(storm.expected_by_chance)


def test_limits_of_uploads_do_not_hold_for_plays(played: tuple[App, ToldClock]):
    """A play is larger than the smallest upload limit, and made here."""
    app, _ = played
    ended = app.queries.run(TENANT, _play(app))
    assert ended is not None
    assert ended.events_received > app.settings.max_events
    assert (ended.state, ended.error) == ("done", None)


def test_a_play_is_kept_until_its_time_is_past_and_made_anew_then(played: tuple[App, ToldClock]):
    """
    The same scenario and seed is one run, with the same anomalies, also after it was forgotten and remade.

    Past its time it begins anew, also where nobody has removed it yet.
    """
    app, clock = played
    first = _play(app)
    run = app.queries.run(TENANT, first)
    assert run is not None
    assert run.source == "scenario"
    ids = _ids(app, first)
    assert _play(app) == first
    assert not app.work()
    clock.advance(hours=25)
    again = app.scenarios.play(TENANT, "error-storm", 7)
    assert again.state == "queued"
    assert app.queries.run(TENANT, first) is not None
    app.cancel_run(TENANT, first)
    clock.advance(hours=25)
    app.remove_expired()
    assert app.queries.run(TENANT, first) is None
    assert _ids(app, _play(app)) == ids != []


def _ids(app: App, run_id: str) -> list[str]:
    (stream,) = app.queries.streams(TENANT, run_id)
    return [row.id for row in app.queries.anomalies(TENANT, stream.id, limit=200)]


def test_a_play_that_was_called_off_begins_anew(app: App):
    run = app.scenarios.play(TENANT, "normal-operations", 7)
    app.cancel_run(TENANT, run.id)
    assert app.scenarios.play(TENANT, "normal-operations", 7).state == "queued"


def test_plays_of_two_tenants_are_two_runs(app: App):
    ours, theirs = (app.scenarios.play(tenant, "error-storm", 7) for tenant in (TENANT, "other"))
    assert ours.id != theirs.id
    assert app.queries.run("other", ours.id) is None


def test_the_placebo_holds_the_same_events_at_the_same_moments(
    storm: Replay, monkeypatch: pytest.MonkeyPatch
):
    """Lines are the same but for their order, times are the same with their order."""
    seen = []

    class Listening:
        def __init__(self, *_: object, **__: object) -> None: ...

        def update(self, lines: list[bytes], times: np.ndarray) -> object:
            seen.append((lines, times))
            raise InterruptedError

    monkeypatch.setattr("driftlock.services.replay.Detector", Listening)
    for placebo in (False, True):
        with pytest.raises(InterruptedError):
            replay("error-storm", 7, placebo=placebo)
    (lines, times), (shuffled, slots) = seen
    assert lines != shuffled
    assert Counter(lines) == Counter(shuffled)
    assert np.array_equal(times, slots)


def test_the_placebo_is_the_same_every_time_and_flags_no_more_than_chance_may():
    first, second = (replay("error-storm", 7, placebo=True) for _ in range(2))
    assert first.digest == second.digest
    expected = first.expected_by_chance
    assert first.flagged <= expected + 1.645 * np.sqrt(5 * expected)


def test_other_limits_judge_the_same_windows(storm: Replay):
    """Only what is flagged differs: a stricter profile flags fewer."""
    sensitive, strict = replay("error-storm", 7, SENSITIVE), replay("error-storm", 7, STRICT)
    assert sensitive.tested == storm.tested == strict.tested
    assert strict.flagged < storm.flagged < sensitive.flagged
    assert storm.profile == BALANCED


def test_what_cannot_be_replayed_is_said():
    with pytest.raises(UnknownScenario, match="no scenario is called 'storm'"):
        replay("storm", 7)
    with pytest.raises(ValueError, match="judged one by one"):
        replay("reactor-coolant", 7)
    with pytest.raises(ValueError, match="seed=-1"):
        replay("error-storm", -1)
