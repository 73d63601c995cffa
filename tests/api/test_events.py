"""POST /v1/streams/{stream_id}/events: all of a batch or nothing, once or as often as it was meant."""

import asyncio
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from driftlock.api import create_app
from driftlock.errors import StoreUnavailable
from driftlock.model import DEMO
from driftlock_core.profiles import BALANCED

EVENTS = "/v1/streams/web/events"
LINES = b"".join(b'{"timestamp":"2026-01-05T12:00:%02dZ","message":"GET /%d"}\n' % (n, n) for n in range(60))
SPAN = b'{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"%016x","parent_span_id":null,"name":"GET","duration_us":5}\n'


def stored(app, stream_id="web"):
    return list(app.queries.stored(DEMO, stream_id, 1, 1_000_000).values())


def test_a_batch_is_stored_when_the_answer_comes(client, app):
    """The receipt names stream, events, second deliveries and the last number."""
    answer = client.post(EVENTS, content=LINES)
    assert answer.status_code == 202
    assert answer.json() == {"stream_id": "web", "accepted": 60, "duplicates": 0, "last_seq": 60}
    assert stored(app) == LINES.splitlines()


def test_a_stream_is_made_at_its_first_batch(client, app):
    """It has no run, the limits of the balanced profile, and kind and sizes by what the lines look like."""
    client.post(EVENTS, content=LINES)
    made = app.queries.stream(DEMO, "web")
    assert (made.name, made.kind, made.run_id) == ("web", "logs", None)
    assert made.configuration == BALANCED.configuration()
    client.post("/v1/streams/spans-1/events", content=b"".join(SPAN % n for n in range(30)))
    spans = app.queries.stream(DEMO, "spans-1")
    assert spans.kind == "traces"
    assert spans.configuration["window"] == 20


def test_what_is_sent_later_keeps_the_kind_of_the_stream(client, app):
    client.post(EVENTS, content=LINES)
    client.post(EVENTS, content=b"".join(SPAN % n for n in range(30)))
    assert app.queries.stream(DEMO, "web").kind == "logs"
    assert len(stored(app)) == 90


@pytest.mark.parametrize("announced", [True, False])
def test_gzip_is_unpacked(client, app, packed, announced):
    headers = {"Content-Encoding": "gzip"} if announced else {}
    assert client.post(EVENTS, content=packed(LINES), headers=headers).status_code == 202
    assert stored(app) == LINES.splitlines()


def test_damaged_gzip_is_refused(client, app, packed):
    answer = client.post(EVENTS, content=packed(LINES)[:-9], headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 400
    assert "breaks off before its end" in answer.json()["detail"]
    assert app.queries.stream(DEMO, "web") is None


def test_a_line_that_cannot_be_read_is_named_and_nothing_is_stored(client, app):
    answer = client.post(EVENTS, content=LINES + b'{"message":"half\n[1]\n')
    assert answer.status_code == 400
    assert answer.json() == {
        "detail": "Line 61: missing quote. 1 more line is like that. "
        "Nothing of this batch was stored: correct it and send it again.",
        "line": 61,
        "reason": "missing quote",
    }
    assert app.queries.stream(DEMO, "web") is None


def test_a_batch_of_nothing_but_wrong_lines_names_the_first(client):
    answer = client.post(EVENTS, content=b'{"a":\nhello\n')
    assert (answer.status_code, answer.json()["line"]) == (400, 1)


def test_no_error_repeats_what_was_sent(client, caplog):
    secret = b'{"card":"4111111111111111"'
    answer = client.post(EVENTS, content=secret)
    assert answer.status_code == 400
    assert "4111" not in answer.text + caplog.text


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\x00\x01\x02" * 50])
def test_no_lines_are_no_batch(client, app, body):
    answer = client.post(EVENTS, content=body)
    assert answer.status_code == 400
    assert app.queries.stream(DEMO, "web") is None


def test_the_same_batch_under_the_same_key_is_stored_once(client, app):
    headers = {"Idempotency-Key": "a-1"}
    assert client.post(EVENTS, content=LINES, headers=headers).json()["accepted"] == 60
    again = client.post(EVENTS, content=LINES, headers=headers)
    assert again.status_code == 202
    assert again.json() == {"stream_id": "web", "accepted": 0, "duplicates": 60, "last_seq": 60}
    assert stored(app) == LINES.splitlines()


def test_equal_lines_of_other_batches_are_stored_again(client, app):
    """Under another key, without any, and twice within a batch: all of them are events of their own."""
    line = b'{"message":"tick"}\n'
    for headers in ({"Idempotency-Key": "a-1"}, {"Idempotency-Key": "a-2"}, {}, {}):
        client.post(EVENTS, content=line * 2, headers=headers)
    assert len(stored(app)) == 8


def test_a_key_used_again_for_other_lines_swallows_none(client, app):
    for number in range(3):
        client.post(EVENTS, content=b'{"n":%d}\n' % number, headers={"Idempotency-Key": "always"})
    assert stored(app) == [b'{"n":0}', b'{"n":1}', b'{"n":2}']


def test_too_much_is_refused_as_sent_and_unpacked(client, app, packed):
    """The limit is 1 MB in this test, for what is sent and for what it unpacks to."""
    line = b'{"message":"' + b"x" * 988 + b'"}\n'
    assert client.post(EVENTS, content=line * 1_000).status_code == 413
    answer = client.post(EVENTS, content=packed(line * 1_000), headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.json()["detail"]
    assert app.queries.stream(DEMO, "web") is None
    assert client.post(EVENTS, content=line * 990).status_code == 202


def test_a_stream_of_unknown_length_is_cut_off_at_the_limit(client):
    def endless():
        for _ in range(10_000):
            yield b'{"message":"' + b"x" * 988 + b'"}\n'

    assert client.post(EVENTS, content=endless()).status_code == 413


@pytest.mark.parametrize("wrong", ["Web", "-web", "a" * 33, "a_b", "a.b", "%C3%A4"])
def test_an_id_that_is_none_is_refused_with_what_is_allowed(client, wrong):
    answer = client.post(f"/v1/streams/{wrong}/events", content=LINES)
    assert answer.status_code == 400
    assert "small letters, digits and hyphens" in answer.json()["detail"]


def test_a_stream_of_an_analysis_takes_nothing_from_outside(client, app):
    run_id = app.start_run(
        DEMO, source="upload", name="a", open_source=lambda: io.BytesIO(LINES), profile=BALANCED
    )
    app.work()
    stream = app.queries.streams(DEMO, run_id)[0]
    answer = client.post(f"/v1/streams/{stream.id}/events", content=LINES)
    assert answer.status_code == 409
    assert app.queries.stream(DEMO, stream.id).events == 60


def test_ids_of_live_streams_are_not_given_from_outside(client, app):
    assert client.post("/v1/streams/live-mine/events", content=LINES).status_code == 404
    assert app.queries.stream(DEMO, "live-mine") is None


def test_a_busy_store_says_when_to_come_again(client, app, monkeypatch):
    def busy(*_, **__):
        raise StoreUnavailable("The database is busy; send the same again a little later.", retry_after_s=1)

    monkeypatch.setattr(app._store.events, "append", busy)
    answer = client.post(EVENTS, content=LINES)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


def test_an_error_of_the_program_is_logged_without_its_message(client, app, monkeypatch, caplog):
    def broken(*_, **__):
        raise RuntimeError("payload " + "41" * 2 + "1" * 12)

    monkeypatch.setattr(app._store.events, "append", broken)
    answer = client.post(EVENTS, content=LINES)
    assert answer.status_code == 500
    assert "RuntimeError" in caplog.text
    assert "41411" not in answer.text + caplog.text
    assert answer.json()["detail"].split("error id ")[1][:8] in caplog.text


def test_more_than_can_be_stored_at_once_is_asked_to_wait(client, app, monkeypatch):
    """Sixteen batches are held in the store; the seventeenth is answered at once with 429."""
    held, entered = threading.Event(), threading.Semaphore(0)
    taken = app.ingest

    def slow(*given, **named):
        entered.release()
        assert held.wait(60)
        return taken(*given, **named)

    monkeypatch.setattr(app, "ingest", slow)
    answers = []
    senders = [
        threading.Thread(target=lambda: answers.append(client.post(EVENTS, content=LINES).status_code))
        for _ in range(16)
    ]
    for sender in senders:
        sender.start()
    for _ in senders:
        assert entered.acquire(timeout=60)
    refused = client.post(EVENTS, content=LINES)
    held.set()
    for sender in senders:
        sender.join(60)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert answers == [202] * 16
    assert app.queries.stream(DEMO, "web").events == 16 * 60


def test_first_batches_at_once_make_one_stream(client, app):
    answers = []
    senders = [
        threading.Thread(target=lambda: answers.append(client.post(EVENTS, content=LINES).status_code))
        for _ in range(6)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert answers == [202] * 6
    assert app.queries.stream(DEMO, "web").events == 360
    assert sorted(map(json.dumps, map(json.loads, stored(app)))) == sorted(
        map(json.dumps, map(json.loads, LINES.splitlines() * 6))
    )


def test_a_sender_who_goes_away_in_the_middle_is_no_error_of_the_program(app, caplog):
    """Nothing is stored, and nothing is logged."""
    answers = []
    messages = iter([{"type": "http.request", "body": b'{"message": "half', "more_body": True}])

    async def receive():
        return next(messages, {"type": "http.disconnect"})

    async def send(message):
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/streams/shop/events", "raw_path": b"/v1/streams/shop/events", "query_string": b"",
        "headers": [(b"x-tenant-id", b"demo")], "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, create_app(app)(scope, receive, send)).result()
    assert answers == [400]
    assert caplog.records == []
    assert app.queries.stream("demo", "shop") is None
