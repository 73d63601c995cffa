"""Live feeds: a real generator's process, received through a pipe, paused, stepped, stopped and kept apart."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_generator import encode, play
from driftlock.bootstrap import App, open_app
from driftlock.errors import NotFound
from driftlock.model import DEMO
from driftlock.services.live import MOST_PLAYING, Feed, InvalidFeed
from driftlock.settings import Settings
from driftlock.storage.connect import writing
from driftlock.storage.schema import runs

SECONDS = 60
USUAL = {"seed": 7, "rate": 200.0, "anomaly_rate": 0.1, "duration_s": 600}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """With its worker; without a demonstration."""
    opened = open_app(Settings(home=tmp_path / "home", demo_data=False))
    yield opened
    opened.close()


def until(condition: Callable[[], bool]) -> None:
    """Wait for it, a minute at most."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not happen within a minute"
        time.sleep(0.05)


def now(app: App, feed: Feed) -> Feed:
    found = app.live.get(DEMO, feed.id)
    assert found is not None
    return found


def run_state(app: App, feed: Feed) -> str:
    run = app.queries.run(DEMO, feed.id)
    assert run is not None
    return run.state


def test_a_feed_is_received_judged_and_what_the_scenario_sends(app):
    """Seed 7, 200 a second for 10 s: the events of the scenario in their order, and windows of them."""
    feed = app.live.start(DEMO, "error-storm", **USUAL | {"duration_s": 10})
    assert feed.state == "running"
    assert feed.stream_ids[0].startswith("live-error-storm-")
    until(lambda: run_state(app, feed) == "done")
    ended = now(app, feed)
    assert (ended.state, ended.error, ended.events_sent) == ("ended", None, 2_000)
    run = app.queries.run(DEMO, feed.id)
    assert run.source == "live"
    assert run.events_analyzed == run.events_received == 2_000
    stream = app.queries.stream(DEMO, feed.stream_ids[0])
    assert stream.windows > 0
    events = play(
        "error-storm",
        7,
        rate=200.0,
        duration_s=10,
        anomaly_rate=0.1,
        start_at=datetime.fromisoformat(run.options["starts_at"]),
    )
    sent = b"".join(line + b"\n" for line in app.queries.stored(DEMO, stream.id, 1, 9_999).values())
    assert sent == encode(list(events), "ndjson", DEMO)


def test_a_paused_feed_sends_nothing_but_steps(app):
    feed = app.live.start(DEMO, "normal-operations", **USUAL)
    until(lambda: now(app, feed).events_sent > 0)
    app.live.pause(DEMO, feed.id)
    until(lambda: now(app, feed).state == "paused")
    time.sleep(1.0)  # what was under way arrives
    held = now(app, feed).events_sent
    time.sleep(1.5)
    assert now(app, feed).events_sent == held
    app.live.step(DEMO, feed.id)
    until(lambda: now(app, feed).events_sent > held)
    time.sleep(0.5)
    assert now(app, feed).events_sent - held <= 500
    app.live.resume(DEMO, feed.id)
    assert now(app, feed).state == "running"
    stepped = now(app, feed).events_sent
    until(lambda: now(app, feed).events_sent > stepped)
    app.live.stop(DEMO, feed.id)
    until(lambda: now(app, feed).state == "ended")
    until(lambda: run_state(app, feed) == "done")
    assert now(app, feed).error is None


def test_a_command_that_comes_before_the_process_is_not_lost(app):
    """Paused in the very moment it is started, it sends nothing."""
    feed = app.live.start(DEMO, "error-storm", **USUAL)
    app.live.pause(DEMO, feed.id)
    assert now(app, feed).state == "paused"
    time.sleep(3)
    assert now(app, feed).events_sent == 0
    app.live.resume(DEMO, feed.id)
    until(lambda: now(app, feed).events_sent > 0)


def test_commands_answer_at_once(app):
    """None of them waits for the generator, which takes a second to begin."""
    begun = time.monotonic()
    feed = app.live.start(DEMO, "error-storm", **USUAL)
    for command in (app.live.pause, app.live.step, app.live.resume, app.live.stop):
        command(DEMO, feed.id)
    app.live.feeds(DEMO)
    assert time.monotonic() - begun < 1.0
    until(lambda: now(app, feed).state == "ended")


def test_feeds_of_one_tenant_are_not_there_for_another(app):
    feed = app.live.start(DEMO, "error-storm", **USUAL)
    assert [one.id for one in app.live.feeds(DEMO)] == [feed.id]
    assert app.live.feeds("acme") == []
    assert app.live.get("acme", feed.id) is None
    for command in (app.live.pause, app.live.resume, app.live.step, app.live.stop):
        with pytest.raises(NotFound):
            command("acme", feed.id)
    assert now(app, feed).state == "running"


def test_a_deleted_or_cancelled_run_ends_its_feed(app):
    deleted = app.live.start(DEMO, "error-storm", **USUAL)
    cancelled = app.live.start(DEMO, "error-storm", **USUAL)
    until(lambda: all(feed.events_sent > 0 for feed in app.live.feeds(DEMO)))
    app.delete_run(DEMO, deleted.id)
    app.cancel_run(DEMO, cancelled.id)
    until(lambda: all(feed.state in ("ended", "failed") for feed in app.live.feeds(DEMO)))
    assert app.queries.stream(DEMO, deleted.stream_ids[0]) is None
    assert app.queries.stream(DEMO, cancelled.stream_ids[0]).events > 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"scenario": "no-such"}, "o scenario is called"),
        ({"rate": 501.0}, "1 to 500"),
        ({"rate": 0.5}, "1 to 500"),
        ({"anomaly_rate": 0.3}, "0 to 0.2"),
        ({"duration_s": 9}, "10 to 86,400"),
        ({"seed": -1}, "must be 0 or more"),
        ({"signal": "llm"}, "do not show in llm"),
        ({"signal": "smoke"}, "not smoke"),
        ({"rate": 1.0, "duration_s": 60}, "choose a longer duration"),
    ],
)
def test_what_cannot_be_played_is_said_before_anything_begins(app, changed, said):
    wanted = {"scenario": "error-storm"} | USUAL | changed
    with pytest.raises(InvalidFeed, match=said):
        app.live.start(DEMO, wanted.pop("scenario"), **wanted)
    assert app.live.feeds(DEMO) == []
    assert app.queries.runs(DEMO) == []


def test_only_a_few_play_at_a_time(app):
    feeds = [app.live.start(DEMO, "error-storm", **USUAL) for _ in range(MOST_PLAYING)]
    with pytest.raises(InvalidFeed, match="stop one first"):
        app.live.start(DEMO, "error-storm", **USUAL)
    app.live.stop(DEMO, feeds[0].id)
    until(lambda: now(app, feeds[0]).state == "ended")
    assert app.live.start(DEMO, "error-storm", **USUAL).state == "running"


def test_a_generator_that_fails_is_told(app):
    """It is sent to an address where nothing listens, and ended from outside."""
    app.live.address = "http://127.0.0.1:9"
    feed = app.live.start(DEMO, "error-storm", **USUAL)
    playing = app.live._of(DEMO, feed.id)
    until(lambda: playing._process is not None)
    playing._process.kill()
    until(lambda: run_state(app, feed) == "failed")
    assert now(app, feed).state == "failed"
    assert "The generator failed" in now(app, feed).error


def test_a_generator_that_waits_for_its_server_can_be_stopped(app):
    app.live.address = "http://127.0.0.1:9"
    feed = app.live.start(DEMO, "error-storm", **USUAL)
    app.live.stop(DEMO, feed.id)
    until(lambda: now(app, feed).state == "ended")
    assert now(app, feed).error is None


def test_closing_the_application_ends_its_feeds(tmp_path):
    app = open_app(Settings(home=tmp_path / "home", demo_data=False))
    feed = app.live.start(DEMO, "error-storm", **USUAL)
    playing = app.live._of(DEMO, feed.id)
    until(lambda: now(app, feed).events_sent > 0)
    app.close()
    assert playing._process.poll() is not None
    again = open_app(Settings(home=tmp_path / "home", demo_data=False), work=False)
    assert again.queries.run(DEMO, feed.id).state == "done"
    again.close()


PLAYS = """
import sys, time
from pathlib import Path
from driftlock.bootstrap import open_app
from driftlock.settings import Settings
from driftlock.storage.connect import writing
from driftlock.storage.schema import runs
app = open_app(Settings(home=Path(sys.argv[1]), demo_data=False))
feed = app.live.start("demo", "error-storm", seed=7, rate=50.0, anomaly_rate=0.1, duration_s=600)
playing = app.live._of("demo", feed.id)
while not app.live.get("demo", feed.id).events_sent:
    time.sleep(0.05)
print(playing._process.pid, feed.id, flush=True)
time.sleep(600)
"""


def test_the_generator_ends_with_a_process_that_is_killed(tmp_path):
    """Nothing can run at SIGKILL; the closed pipe ends the generator, and a later worker closes the run."""
    home = tmp_path / "home"
    with subprocess.Popen([sys.executable, "-c", PLAYS, str(home)], stdout=subprocess.PIPE) as starter:
        pid, feed_id = starter.stdout.readline().split()
        os.kill(starter.pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{int(pid)}").exists() or _is_dead(int(pid)))
    again = open_app(Settings(home=home, demo_data=False), work=False)
    run = again.queries.run(DEMO, feed_id.decode())
    assert run.state == "running"
    assert not again.work()  # its worker may still be there
    with writing(again._store.engine, DEMO) as connection:
        connection.execute(sa.update(runs).values(heartbeat_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert again.work()
    closed = again.queries.run(DEMO, feed_id.decode())
    assert closed.state == "failed"
    assert "The program ended while this was sent" in closed.error
    again.close()


def _is_dead(pid: int) -> bool:
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
