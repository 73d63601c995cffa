"""Events reach a server, which may be busy, away, or strict."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data_generator.__main__ import main
from data_generator.delivery import ATTEMPTS, LONGEST_WAIT_S, DeliveryFailed, HttpSink


class Server:
    """A small real server that answers what it is told to, then 202, and keeps what it took."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers = outer.answers.pop(0) if outer.answers else (202, {})
                if status < 300:
                    outer.taken.append((self.path, dict(self.headers), body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def waits() -> list[float]:
    return []


def test_a_scenario_arrives_whole_and_in_order(server, tmp_path):
    """What the server takes is, batch after batch, what a file holds; the key and tenant come along."""
    file = tmp_path / "events.jsonl"
    asked = ["error-storm", "--events", "2100", "--tenant", "acme", "--batch", "400"]
    assert main([*asked, "--to", str(file)]) == 0
    assert main([*asked, "--to", f"{server.url}/"]) == 0
    assert [path for path, _, _ in server.taken] == ["/v1/streams/error-storm/events"] * 6
    assert b"".join(body for _, _, body in server.taken) == file.read_bytes()
    assert {headers["X-Tenant-Id"] for _, headers, _ in server.taken} == {"acme"}
    assert {headers["Content-Type"] for _, headers, _ in server.taken} == {"application/x-ndjson"}


def test_each_signal_has_a_stream_of_its_own(server):
    """With several signals the stream is named after scenario and signal."""
    assert main(["normal-operations", "--signal", "all", "--duration", "60s", "--to", server.url]) == 0
    names = {path.split("/")[3] for path, _, _ in server.taken}
    assert names >= {"normal-operations-logs", "normal-operations-metrics", "normal-operations-traces"}
    for path, _, body in server.taken:
        metrics = {"metric" in json.loads(line) for line in body.splitlines()}
        assert metrics == {"-metrics/" in path}


def test_a_busy_server_is_asked_again(server, waits):
    """429 waits as long as it says, 503 twice as long each time; then the batch is taken once."""
    server.answers = [(429, {"Retry-After": "3"}), (503, {}), (503, {}), (429, {"Retry-After": "999"})]
    HttpSink(server.url, tenant="acme", wait=waits.append).write(b"{}\n", "calm")
    assert waits == [3.0, 1.0, 2.0, LONGEST_WAIT_S]
    assert [body for _, _, body in server.taken] == [b"{}\n"]


def test_a_server_that_is_away_is_waited_for_and_then_reported(server, waits):
    """Connection refused: every attempt but the last is followed by a longer wait."""
    server.stop()
    sink = HttpSink(server.url, tenant="acme", wait=waits.append)
    with pytest.raises(DeliveryFailed, match=rf"cannot be reached .* {ATTEMPTS} times after 0 accepted"):
        sink.write(b"{}\n", "calm")
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    server._http.shutdown = lambda: None  # already stopped


def test_a_refusal_ends_at_once_and_tells_no_secret(server, monkeypatch, capsys):
    """401 is not tried again; the message names the next step, and neither key nor events."""
    monkeypatch.setenv("API_KEY", "very-secret")
    server.answers = [(401, {})]
    assert main(["normal-operations", "--duration", "10s", "--to", server.url]) == 1
    said = capsys.readouterr().err
    assert "answered 401 after 0 accepted batches; give a key of this tenant in API_KEY" in said
    assert "very-secret" not in said
    assert "trace_id" not in said


def test_the_key_goes_into_the_header(server, monkeypatch):
    monkeypatch.setenv("API_KEY", "very-secret")
    assert main(["normal-operations", "--duration", "10s", "--to", server.url]) == 0
    assert server.taken[0][1]["Authorization"] == "Bearer very-secret"


def test_the_environment_gives_defaults(server, monkeypatch):
    """API_URL, TENANT_ID, EVENTS_PER_SECOND and ANOMALY_RATE stand in for options."""
    for name, value in {
        "API_URL": server.url, "TENANT_ID": "acme", "EVENTS_PER_SECOND": "5", "ANOMALY_RATE": "0",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert main(["error-storm", "--duration", "1m"]) == 0
    assert sum(body.count(b"\n") for _, _, body in server.taken) == 300
    assert server.taken[0][1]["X-Tenant-Id"] == "acme"


def test_live_events_come_in_their_own_time(server, monkeypatch):
    """Batches wait until their last event is due, and carry the present time."""
    slept: list[float] = []
    monkeypatch.setattr("data_generator.delivery.time.sleep", slept.append)
    monkeypatch.setattr("data_generator.delivery.time.monotonic", lambda: 100.0)
    monkeypatch.setattr("data_generator.delivery.time.time", lambda: 1_790_000_000.4)
    assert main(["normal-operations", "--live", "--rate", "50", "--duration", "6s", "--to", server.url]) == 0
    first = json.loads(server.taken[0][2].splitlines()[0])
    assert first["timestamp"].startswith("2026-09-21T")
    assert slept == sorted(slept)
    assert 2 < slept[-1] < 12
    assert len(slept) == len(server.taken) >= 3


def test_a_password_in_the_address_is_not_taken_and_not_shown():
    with pytest.raises(DeliveryFailed, match="holds a user name") as refused:
        HttpSink("http://me:very-secret@127.0.0.1:1", tenant="acme")
    assert "very-secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["http://", "https://:80", "http://127.0.0.1:port", "http://[::1"])
def test_an_address_without_a_host_is_refused(address):
    with pytest.raises(DeliveryFailed, match="is no address of a server"):
        HttpSink(address, tenant="acme")
