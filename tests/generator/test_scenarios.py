"""Scenarios are what their stories say: faults of the asked share, real, and only where the truth is."""

import json
import tracemalloc
from itertools import islice, pairwise
from pathlib import Path

import pytest

from data_generator import UnknownScenario, catalogue, encode, narration, play, truth
from data_generator.__main__ import main
from data_generator.scenarios.event import KINDS, Event
from data_generator.scenarios.story import LEAST_INTERVAL, Episode
from data_generator.scenarios.theatre import perform_scenario
from tests.generator.signs import SIGNS

# Words that would give the truth away to whoever reads the events.
MARKERS = (
    "anomal inject synthetic generated truth fault label faker driftlock attack fraud malicious suspicious "
    'spoof theft aimbot "changed"'
).split()
STRUCK = [scenario for scenario in catalogue() if scenario.kinds]
every_struck = pytest.mark.parametrize("scenario", STRUCK, ids=lambda scenario: scenario.id)
# The scenarios of one kind play in the same shop as the five.
WORLDS = [scenario for scenario in catalogue() if scenario.group != "kind"]
every_world = pytest.mark.parametrize("scenario", WORLDS, ids=lambda scenario: scenario.id)


def sent(scenario_id: str, **options) -> tuple[list[dict], tuple[Episode, ...]]:
    """The events as an outsider gets them, and the truth."""
    performance = perform_scenario(scenario_id, **options)
    data = encode(list(performance.events), "ndjson", "demo")
    return [json.loads(line) for line in data.splitlines()], performance.witness.episodes()


def test_published_ids_stay():
    """An id, once published, keeps its meaning: none disappears."""
    assert [scenario.id for scenario in catalogue()] == (
        "normal-operations anomaly-spike error-storm geographic-anomaly behavioural-anomaly "
        "statistical-change behavioural-change contextual-change collective-change temporal-change "
        "spatial-change graph-change "
        "card-fraud wire-laundering bitcoin-theft login-takeover dns-exfiltration prompt-injection "
        "reactor-coolant smart-grid ventilators order-spoofing bulk-orders game-aimbot pod-crashes "
        "vehicle-sensors"
    ).split()


def test_each_kind_has_a_scenario():
    """Seven kinds, each with one scenario of nothing else, in the published order."""
    assert tuple(s.kinds for s in catalogue() if s.group == "kind") == tuple((kind,) for kind in KINDS)


@every_struck
def test_the_anomaly_rate_is_the_share_of_events_inside(scenario):
    """Intervals of at least 100 events hold the asked share, within a quarter of it (seed 5)."""
    episodes = truth(scenario.id, 5, anomaly_rate=0.08)
    inside = sum(episode.stop - episode.start for episode in episodes)
    assert inside / 12_000 == pytest.approx(0.08, rel=0.25)
    assert min(episode.stop - episode.start for episode in episodes) >= LEAST_INTERVAL


@pytest.mark.parametrize("seed", [7, 1])
@every_struck
def test_half_of_the_affected_events_bear_the_sign(scenario, seed):
    """Seen from outside: inside an interval half of the affected services' events differ, outside few do."""
    events, episodes = sent(scenario.id, seed=seed)
    for name in {episode.fault for episode in episodes}:
        sign = SIGNS[name]
        ours = [episode for episode in episodes if episode.fault == name]
        inside = {at for episode in ours for at in range(episode.start, episode.stop)}
        others = {at for other in episodes if other.fault != name for at in range(other.start, other.stop)}
        # A walk and a wave need all services' events; a metric's half counts those that can move.
        share = {True: [0, 0], False: [0, 0]}
        for at, event in enumerate(events):
            if event["service"] not in ours[0].affected or at in others:
                continue
            counted = share[at in inside]
            counted[0] += sign(events, at)
            counted[1] += 1
        assert share[True][0] / share[True][1] >= 0.4, (name, share)
        assert share[False][0] / share[False][1] <= 0.06, (name, share)


@every_struck
def test_half_of_the_affected_events_are_changed(scenario):
    """What the generator itself says it changed is at least half, in every signal (seed 3)."""
    # "all" of one signal is that signal.
    for signal in (*scenario.shows_in, *(["all"] if len(scenario.signals) > 1 else [])):
        for episode in truth(scenario.id, 3, signal=signal):
            assert episode.changed_events >= episode.affected_events / 2, (signal, episode)


@pytest.fixture(scope="module", params=WORLDS, ids=lambda scenario: scenario.id)
def five_minutes(request) -> list[Event]:
    """Every signal of a scenario for 300 seconds."""
    return list(play(request.param.id, signal="all", duration_s=300))


def test_nothing_in_the_events_gives_the_truth_away(five_minutes):
    """A fault is a change of signal, never a marker word."""
    for data_format in ("ndjson", "otlp"):
        sent = encode(five_minutes, data_format, "demo").decode().lower()
        assert [word for word in MARKERS if word in sent] == []


@every_world
def test_the_rate_is_the_asked_one(scenario):
    """Without faults, 10,000 events take the time they should, within an eighth (seed 2)."""
    for signal in scenario.signals:
        events = list(play(scenario.id, 2, signal=signal, rate=50, duration_s=200, anomaly_rate=0))
        took_s = (events[-1].at_us - events[0].at_us) / 1e6
        assert len(events) / took_s == pytest.approx(50, rel=0.125), signal


def test_time_never_goes_back(five_minutes):
    """Events come in order of time, each with a service."""
    times = [event.at_us for event in five_minutes]
    assert times == sorted(times)
    assert len(times) == 6_000


def test_events_come_one_by_one_in_bounded_memory():
    """A stream of ten thousand million events starts at once, and 20,000 of them need under 2 MB."""
    stream = play("normal-operations", rate=1_000, duration_s=1e7, anomaly_rate=0)
    next(stream)
    tracemalloc.start()
    assert sum(1 for _ in islice(stream, 20_000)) == 20_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_requests_are_counted_not_invented():
    """The gateway's request rate is the number of its log records between two scrapes."""
    events = list(play("normal-operations", signal="all", duration_s=900))
    scrapes = [
        event
        for event in events
        if event.record.get("metric") == "http.server.request_rate"
        and event.record["service"] == "API Gateway"
    ]
    counted = sum(
        after.record["value"] * (after.at_us - before.at_us) / 1e6 for before, after in pairwise(scrapes)
    )
    logged = sum(
        event.signal == "logs" and "path" in event.record and event.record["service"] == "API Gateway"
        for event in events
        if scrapes[0].at_us < event.at_us <= scrapes[-1].at_us
    )
    assert counted == pytest.approx(logged, rel=0.03)


def test_logs_and_spans_tell_of_the_same_requests():
    """A request's records and spans share the trace id, and a span's parent is a span of its trace."""
    events = list(play("normal-operations", signal="all", duration_s=300))
    logged = {event.record.get("trace_id") for event in events[:4_000] if event.signal == "logs"} - {None}
    spans = {event.record["span_id"]: event.record for event in events if event.signal == "traces"}
    assert logged <= {span["trace_id"] for span in spans.values()}
    children = [
        event.record
        for event in events[:4_000]
        if event.signal == "traces" and event.record["parent_span_id"]
    ]
    assert len(children) > 800
    assert all(spans[child["parent_span_id"]]["trace_id"] == child["trace_id"] for child in children)


def test_ordinary_traffic_has_what_real_traffic_has():
    """Five operations, three outcomes, retries, releases, personal data, durations with a long tail."""
    events, _ = sent("normal-operations")
    assert {e.get("operation") for e in events} >= {"GET", "POST", "PUT", "DELETE", "PATCH"}
    assert {e.get("outcome") for e in events} >= {"success", "error", "timeout"}
    assert any(e.get("attempt") == 2 for e in events)
    assert any(e["message"] == "release starts" for e in events)
    assert any(isinstance(e.get("user"), dict) and "@" in e["user"]["email"] for e in events)
    durations = sorted(
        e["duration_ms"] for e in events if e["service"] == "Catalog Service" and "duration_ms" in e
    )
    assert durations[int(0.99 * len(durations))] > 10 * durations[len(durations) // 2]


def test_an_hour_at_night_is_calmer():
    """The rate holds for the hour of the start; twelve hours later the night is calmer (seed 7)."""
    first_us, hours = None, [0] * 15
    for event in play("normal-operations", rate=2, duration_s=14 * 3_600, anomaly_rate=0):
        first_us = first_us or event.at_us
        hours[min(14, (event.at_us - first_us) // 3_600_000_000)] += 1
    assert max(hours[12:14]) < hours[0] / 2


@every_struck
def test_captions_stand_where_the_faults_are(scenario):
    """One caption at the beginning and the end of every fault, each at its event's own moment."""
    captions = narration(scenario.id)
    performance = perform_scenario(scenario.id)
    at_us = {n: event.at_us for n, event in enumerate(performance.events)}
    episodes = performance.witness.episodes()
    assert all(caption.at_us == at_us[caption.position] for caption in captions)
    positions = [caption.position for caption in captions]
    assert positions == sorted(positions)
    assert {e.start for e in episodes} | {e.stop - 1 for e in episodes} <= set(positions)
    assert len(captions) == 3 + 2 * len(episodes)


def test_quiet_scenarios_have_no_truth():
    """Nothing is hidden in normal operations, whatever the anomaly rate."""
    assert truth("normal-operations", anomaly_rate=0.3) == ()
    assert truth("error-storm", anomaly_rate=0) == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed=-1"),
        ({"rate": 0}, "rate=0"),
        ({"anomaly_rate": 0.9}, "between 0 and 0.4"),
        ({"duration_s": 20}, "too few for one interval of 100"),
        ({"signal": "llm"}, "do not show in llm"),
    ],
)
def test_impossible_arguments_are_refused_with_the_numbers(arguments, message):
    with pytest.raises(ValueError, match=message):
        play("error-storm", **arguments)


def test_an_unknown_id_names_those_there_are():
    with pytest.raises(UnknownScenario, match="no scenario is called 'calm'; there are normal-operations"):
        truth("calm")


def test_a_signal_that_a_scenario_does_not_send_is_refused():
    with pytest.raises(ValueError, match="card-fraud sends logs, not traces"):
        play("card-fraud", signal="traces")


@every_world
def test_the_page_about_scenarios_shows_counted_figures(scenario, capsys):
    """What docs/how-to/scenarios.md says a fault moves is what the events say."""
    page = (Path(__file__).parents[2] / "docs/how-to/scenarios.md").read_text()
    assert f"`{scenario.id}`" in page
    if scenario.kinds:
        assert main([scenario.id, "--figures"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] in page
