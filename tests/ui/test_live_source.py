"""The fourth source of Analyze: a scenario that plays while it is watched."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.services.live import Feed
from driftlock.services.streams import blank_stream
from driftlock.ui import live_source
from driftlock.ui.session import tenant
from driftlock_core.profiles import BALANCED
from tests.ui.pages import FORBIDDEN, button, rendered

SECONDS = 60


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def live(dashboard: AppTest) -> AppTest:
    """Analyze with the live generator chosen."""
    dashboard.query_params["src"] = "Live generator"
    return dashboard.run()


@pytest.fixture
def playing(app: App, live: AppTest) -> Iterator[Feed]:
    """Error storm, seed 7, 200 events a second; stopped at the end."""
    live.number_input(key="live-rate").set_value(200).run()
    button(live, "Start").click().run()  # type: ignore[attr-defined]
    assert not live.exception
    feed = app.live.feeds(tenant())[0]
    yield feed
    app.live.stop(tenant(), feed.id)
    until(lambda: app.live.get(tenant(), feed.id).state == "ended")


def test_the_form_says_what_would_be_played_and_starts_nothing(app, live):
    assert not live.exception
    assert live.selectbox(key="live-scenario").value == "error-storm"
    assert (live.number_input(key="live-rate").min, live.number_input(key="live-rate").max) == (1, 500)
    assert (live.slider(key="live-share").min, live.slider(key="live-share").max) == (0, 20)
    assert app.live.feeds(tenant()) == []


def test_a_kind_narrows_the_scenarios_to_those_that_show_there(live):
    live.selectbox(key="live-kind").set_value("llm").run()
    assert set(live.selectbox(key="live-scenario").options) == {"Normal operations", "Prompt injection"}


def test_what_cannot_be_played_is_said(app, live):
    """One event a second for a minute: too few for a fault of 100."""
    live.number_input(key="live-rate").set_value(1)
    live.selectbox(key="live-duration").set_value(60).run()
    button(live, "Start").click().run()  # type: ignore[attr-defined]
    assert "choose a longer duration" in live.error[0].value.replace("\\", "")
    assert app.live.feeds(tenant()) == []


def test_counts_are_those_of_the_stream_and_chance_stands_beside_them(app, live, playing):
    until(lambda: app.queries.stream(tenant(), playing.stream_ids[0]).windows > 0)
    app.live.pause(tenant(), playing.id)
    until(lambda: app._store.pending.waiting(tenant(), playing.stream_ids[0]) == 0)
    time.sleep(1)
    until(lambda: app._store.pending.waiting(tenant(), playing.stream_ids[0]) == 0)
    live.run()
    assert not live.exception
    stream = app.queries.stream(tenant(), playing.stream_ids[0])
    shown = {metric.label: metric.value for metric in live.metric}
    assert shown["Windows judged"] == f"{stream.windows}"
    assert shown["Flagged"] == f"{stream.flagged}"
    assert shown["Expected by chance"].startswith("≤ ")
    assert not any(word in rendered(live).lower() for word in FORBIDDEN)


def test_pause_resume_and_stop(app, live, playing):
    button(live, "Pause").click().run()  # type: ignore[attr-defined]
    assert app.live.get(tenant(), playing.id).state == "paused"
    assert {"Resume", "Step", "Stop"} <= {element.label for element in live.button}
    button(live, "Resume").click().run()  # type: ignore[attr-defined]
    assert app.live.get(tenant(), playing.id).state == "running"
    button(live, "Stop").click().run()  # type: ignore[attr-defined]
    until(lambda: app.live.get(tenant(), playing.id).state == "ended")


def test_the_truth_is_told_on_request_only(app, live, playing):
    """Before the first fault nothing is said of it, asked for or not."""
    until(lambda: app.live.get(tenant(), playing.id).events_sent > 0)
    live.run()
    assert "acquirer" not in rendered(live)
    live.toggle(key=f"live-truth-{playing.id}").set_value(True).run()
    assert "No fault began in the first" in rendered(live)
    assert "acquirer" not in rendered(live)


def test_its_result_can_be_opened_while_it_plays(app, live, playing):
    until(lambda: app.queries.stream(tenant(), playing.stream_ids[0]).windows > 0)
    live.run()
    next(one for one in live.button if one.key == f"live-open-{playing.id}").click().run()
    assert playing.id in live.query_params["run"]
    assert not live.exception
    assert "Error storm, live" in rendered(live).replace("\\", "")


@pytest.mark.parametrize(
    ("sent", "windows", "needed", "status", "said"),
    [
        (0, 0, 450, "warming_up", "450 more events needed, about 23 s at 20 a second"),
        (100, 0, 450, "warming_up", "350 more events needed, about 18 s at 20 a second"),
        (449, 0, 250, "warming_up", "1 more event needed, about 1 s at 20 a second"),
        (600, 0, 450, "warming_up", "there are enough events, which are being judged"),
        (600, 16, 120, "calibrating", "Calibrating: 120 more events needed, about 6 s"),
        (900, 46, 0, "ready", "Ready"),
    ],
)
def test_the_warm_up_is_counted_down(sent, windows, needed, status, said):
    """450 events until the first verdict of the balanced profile, at 20 a second."""
    now = datetime(2026, 3, 2, tzinfo=UTC)
    feed = Feed(
        id="a", scenario="error-storm", signal="logs", seed=7, rate=20.0, anomaly_rate=0.05, duration_s=600,
        stream_ids=("b",), state="running", events_sent=sent, events_planned=12_000, started_at=now, error=None,
    )  # fmt: skip
    blank = blank_stream("demo", name="a", kind="logs", profile=BALANCED, created_at=now)
    stream = replace(blank, events=sent, windows=windows, events_needed=needed, status=status)
    assert said in live_source.waiting(feed, stream, series=False)
