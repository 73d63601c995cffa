"""`driftlock serve`: dashboard and events in one process, which may be killed at any moment."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_generator import encode, play
from driftlock.bootstrap import App, open_app
from driftlock.cli import serve
from driftlock.model import DEMO
from driftlock.settings import Settings
from tests.cli.calling import driftlock
from tests.cli.serving import ROOT, Server, batches

KEY = "0123456789abcdef"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("serve") / "home")
    yield started
    started.stop()


def test_both_answer_at_one_address(server):
    assert server.ask("/healthz") == (200, {"status": "ok"})
    assert server.ask("/_stcore/health")[0] == 200
    for page in ("/", "/anomaly?id=abc", "/analyze?src=Live+generator"):
        status, text = server.ask(page)
        assert status == 200
        assert "<html" in text


def test_a_real_generator_sends_and_the_events_are_judged(server):
    """Seed 7: 2,500 events in five batches; each stored once, and judged while they come."""
    asked = [sys.executable, "-m", "data_generator", "error-storm", "--seed", "7", "--events", "2500"]
    sent = subprocess.run(
        [*asked, "--stream", "storm", "--to", server.address],
        cwd=ROOT,
        timeout=120,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (sent.returncode, sent.stderr) == (0, "")
    again, answer = server.ask("/v1/streams/storm/events", body=b'{"message":"one more"}\n')
    assert (again, answer["last_seq"]) == (202, 2_501)


def test_nothing_that_was_sent_is_in_the_log(server):
    server.ask("/v1/streams/secret/events", body=b'{"message":"4111111111111111"}\n')
    server.ask("/v1/streams/secret/events", body=b'{"message":"4111111111111111\n')
    assert "4111" not in server.log.read_text()


def test_it_ends_in_good_order_when_asked_to(tmp_path):
    server = Server(tmp_path / "home")
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "some.host"])
def test_other_machines_need_a_key(host, monkeypatch):
    monkeypatch.delenv("DRIFTLOCK_API_KEY", raising=False)
    ended = driftlock("serve", "--host", host)
    assert ended.exit_code == 2
    assert "DRIFTLOCK_API_KEY" in ended.stderr


def test_with_a_key_it_listens_everywhere_and_asks_for_it(tmp_path):
    """The key comes from a file; it stands in no answer and no log."""
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    server = Server(tmp_path / "home", "--host", "0.0.0.0", environment={"DRIFTLOCK_API_KEY_FILE": str(file)})
    try:
        body = b'{"message":"tick"}\n'
        assert server.ask("/v1/streams/a/events", body=body)[0] == 401
        held = {"Authorization": f"Bearer {KEY}"}
        assert server.ask("/v1/streams/a/events", body=body, headers=held)[0] == 202
        assert KEY not in server.log.read_text()
    finally:
        server.stop()


def test_a_taken_port_is_said(server):
    port = server.address.rsplit(":", 1)[1]
    environment = os.environ | {"DRIFTLOCK_HOME": str(server.log.parent / "other")}
    ended = subprocess.run(
        [sys.executable, "-m", "driftlock", "serve", "--port", port],
        cwd=ROOT,
        env=environment,
        timeout=60,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"driftlock: 127.0.0.1:{port} cannot be listened at:")
    assert not (server.log.parent / "other").exists()


def test_the_second_part_of_an_answer_does_not_wait_for_the_first_to_be_acknowledged():
    """Each connection takes over that small packets are sent at once."""
    with serve._listening("127.0.0.1", 0) as listening:
        with socket.create_connection(listening.getsockname()[:2]):
            accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def judged(app: App, stream_id: str) -> tuple:
    """All that a stream was judged to be."""
    stream = app.queries.stream(DEMO, stream_id)
    columns = app.queries.scores(DEMO, stream_id)
    rows = app.queries.anomalies(DEMO, stream_id, limit=10_000)
    return (
        (stream.events, stream.windows, stream.flagged, stream.incidents, stream.expected_by_chance),
        list(app.queries.stored(DEMO, stream_id, 1, 10**6).values()),
        [getattr(columns, name).tobytes() for name in ("ncd", "p_stream", "p_perm", "flagged", "chance")],
        [(row.id, row.window, row.severity, row.incident, row.sentence) for row in rows],
    )


def test_killed_again_and_again_nothing_is_lost_and_nothing_doubled(tmp_path):
    """
    Seed 5: 4,000 events in batches of 80 while the process is killed four times at moments of chance.

    A sender repeats a batch under its key until it is taken. In the end there is
    what an undisturbed run gives, to the last bit.
    """
    lines = encode(list(play("error-storm", 5, rate=40.0, duration_s=100)), "ndjson", DEMO).splitlines()
    parts = batches(lines, 80)
    calm = open_app(Settings(home=tmp_path / "calm", demo_data=False), work=False)
    for number, part in enumerate(parts):
        calm.ingest(DEMO, "storm", part, delivery=f"s-{number}")
    while calm.turn(due_only=False):
        pass
    dice = random.Random(5)
    home = tmp_path / "home"
    server = Server(home)
    kills, tries, number = 4, 0, 0
    dying: threading.Timer | None = None
    while number < len(parts):
        if dying is None and kills:
            kills -= 1
            dying = threading.Timer(dice.uniform(0.02, 0.5), server.process.kill)
            dying.start()
        tries += 1
        try:
            status, _ = server.ask(
                "/v1/streams/storm/events", body=parts[number], headers={"Idempotency-Key": f"s-{number}"}
            )
            assert status == 202
            number += 1
        except OSError:
            assert dying is not None
            dying.join()
            dying = None
            server.kill()
            server = Server(home)
    assert tries > len(parts)
    if dying is not None:
        dying.join()
        server.kill()
        server = Server(home)
    shown = open_app(Settings(home=home, demo_data=False), work=False)
    end = time.monotonic() + 60
    while shown._store.pending.waiting(DEMO, "storm"):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert server.stop() == 0
    assert judged(shown, "storm") == judged(calm, "storm")
    assert shown.queries.stream(DEMO, "storm").flagged > 0
    shown.close()
    calm.close()


def test_its_folder_is_where_app_py_is(tmp_path, monkeypatch):
    """Somebody else's app.py in the present folder is not what is served."""
    from driftlock.cli import serve

    (tmp_path / "app.py").write_text("raise SystemExit")
    (tmp_path / "pages").mkdir()
    monkeypatch.chdir(tmp_path)
    assert serve._script() == Path(ROOT / "app.py")
