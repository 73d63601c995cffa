"""A whole trip with planted secrets: none of them in logs, addresses, answers, error texts or pages."""

import io
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.api import create_app
from driftlock.bootstrap import App
from driftlock.errors import ApplicationError
from driftlock.model import Event
from driftlock.storage.connect import writing
from driftlock.storage.schema import events
from driftlock.ui import session
from driftlock_core.profiles import BALANCED
from tests.api.asking import Answer, Client
from tests.ui.pages import SECONDS

ROOT = Path(__file__).parents[2]
API_KEY = "canary-api-key-5f0c33d1"
# What redaction takes out of events, and what it knows nothing of: that may stand on a page, and nowhere else.
SECRETS = (
    "Canary-Pass-9173",
    "canary.person@example.org",
    "4111111111111111",
    "+14155550173",
    "AKIACANARYCANARY1234",
)
PAYLOAD = "canarypayloadword"


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its script behind as the main module."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("DRIFTLOCK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DRIFTLOCK_DEMO_DATA", "off")
    monkeypatch.setenv("DRIFTLOCK_API_KEY", API_KEY)
    monkeypatch.setenv("DRIFTLOCK_MAX_BATCH_MB", "1")
    st.cache_resource.clear()
    st.cache_data.clear()
    opened = session.app()
    yield opened
    opened.close()
    st.cache_resource.clear()


class Everything(logging.Handler):
    """All that any logger says, with the text of its errors."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@pytest.fixture
def logs() -> Iterator[Everything]:
    handler, root = Everything(), logging.getLogger()
    level = root.level
    named = [logging.getLogger(name) for name in ("driftlock", "uvicorn", "uvicorn.error", "uvicorn.access")]
    before = [(one, one.level, one.propagate) for one in named]
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for one in named:
        one.setLevel(logging.DEBUG)
        one.propagate = True
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
    for one, its_level, propagates in before:
        one.setLevel(its_level)
        one.propagate = propagates


def planted() -> list[bytes]:
    """A shop's log, seed 5, with something of each kind in every tenth line and in all of an unusual stretch."""
    password, address, card, phone, key = SECRETS
    tail = (
        f',"password":"{password}","contact":"{address}","pan":"{card}","tel":"{phone}","aws":"{key}",'
        f'"note":"{PAYLOAD}"}}'
    ).encode()
    lines = generate("app-json", seed=5, events=3_000).data.splitlines()
    return [
        line[:-1] + tail if at % 10 == 3 or 2_200 <= at < 2_260 else line for at, line in enumerate(lines)
    ]


def nowhere(text: str, *, what: tuple[str, ...] = (*SECRETS, PAYLOAD, API_KEY)) -> None:
    for canary in what:
        for form in (canary, quote(canary), canary.encode().hex(), repr(canary)[1:-1]):
            assert form.lower() not in text.lower(), f"a canary of {len(canary)} characters"


def answered(answer: Answer) -> None:
    nowhere(answer.text + str(dict(answer.headers)))
    assert "Traceback" not in answer.text


def trip(app: App, lines: list[bytes]) -> str:
    """Lines sent and judged; the stream's id."""
    client = Client(create_app(app), headers={"X-Tenant-Id": "demo", "Authorization": f"Bearer {API_KEY}"})
    for start in range(0, len(lines), 1_000):
        answer = client.post("/v1/streams/shop/events", content=b"\n".join(lines[start : start + 1_000]))
        assert answer.status_code == 202, answer.text
        answered(answer)
    until = time.monotonic() + 60
    while app._store.pending.waiting("demo", "shop") and time.monotonic() < until:
        app.turn(due_only=False)  # beside the application's own thread
    return "shop"


def test_a_whole_trip_leaves_no_canary_in_logs_and_answers_and_no_secret_in_the_database(
    app: App, logs: Everything, tmp_path: Path
) -> None:
    stream = trip(app, planted())
    rows = app.queries.anomalies("demo", stream)
    assert rows
    for row in rows:
        app.examination.replay("demo", row.id)
    run = app.start_run(
        "demo", source="upload", name="shop.log", open_source=lambda: io.BytesIO(b"\n".join(planted())),
        profile=BALANCED, size_bytes=None,
    )  # fmt: skip
    assert app.wait_for_run("demo", run, seconds=120).state == "done"
    app.retention.run()
    nowhere("\n".join(logs.said))
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in SECRETS:
        assert secret.encode() not in stored
    assert PAYLOAD.encode() in stored  # the rest of the events is there


def test_pages_show_no_secret_and_addresses_show_nothing_of_an_event(app: App, logs: Everything) -> None:
    stream = trip(app, planted())
    row = app.queries.anomalies("demo", stream)[0]
    seen = ""
    for tab in (None, "Evidence", "Record"):
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).switch_page(
            "pages/anomaly.py"
        )
        page.query_params["id"] = row.id
        if tab:
            page.query_params["tab"] = tab
        page.run()
        assert not page.exception
        source = "\n".join(
            str(element.proto) for element in [*page.main, *page.sidebar] if hasattr(element, "proto")
        )
        nowhere(source, what=(*SECRETS, API_KEY))
        nowhere(str(dict(page.query_params)))
        seen += source
    assert "<secret>" in seen  # the events themselves are shown, as they are stored
    for name in ("overview", "analyze"):
        page = (
            AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
            .switch_page(f"pages/{name}.py")
            .run()
        )
        nowhere("\n".join(str(e.proto) for e in page.main if hasattr(e, "proto")), what=(*SECRETS, API_KEY))
    nowhere("\n".join(logs.said))


@pytest.mark.parametrize("secret", [*SECRETS, PAYLOAD])
def test_what_cannot_be_read_is_refused_without_being_repeated(
    app: App, logs: Everything, secret: str
) -> None:
    client = Client(create_app(app), headers={"X-Tenant-Id": "demo", "Authorization": f"Bearer {API_KEY}"})
    good = b'{"message":"ordinary"}'
    bad = [
        f'{{"password":"{secret}"'.encode(),
        f'{{"a":{secret}}}'.encode(),
        f'["{secret}"]'.encode(),
        f'{{"{secret}":1}} {secret}'.encode(),
        secret.encode(),
        secret.encode("utf-16"),
        b"\x00\xff" + secret.encode(),
    ]
    for line in bad:
        answered(client.post("/v1/streams/shop/events", content=good + b"\n" + line))
    answered(client.post("/v1/streams/shop/events", content=secret.encode() * 200_000))
    answered(
        client.post("/v1/streams/shop/events", content=secret.encode(), headers={"Content-Encoding": "gzip"})
    )
    answered(
        client.post("/v1/streams/shop/events", content=secret.encode(), headers={"Content-Encoding": secret})
    )
    answered(client.post("/v1/streams/shop/events", content=good, headers={"Idempotency-Key": secret * 50}))
    answered(
        client.post("/v1/streams/shop/events", content=good, headers={"Authorization": f"Bearer {secret}"})
    )
    answered(client.post(f"/v1/streams/{quote(secret)}!/events", content=good))
    answered(client.get(f"/v1/nothing?of={quote(secret)}"))
    for name, data in (
        ("broken.json", f'[{{"a":"{secret}"'.encode()),
        ("broken.csv", f'a,b\n"{secret}'.encode()),
        ("empty", b""),
        ("binary", b"\x7fELF\x00\x01" + secret.encode() * 9),
        ("bomb.gz", b"\x1f\x8b\x08\x00" + secret.encode()),
    ):
        try:
            app.look("demo", lambda data=data: io.BytesIO(data), name=name)
        except ApplicationError as error:
            nowhere(str(error))
        with suppress(ApplicationError):
            run = app.start_run(
                "demo",
                source="upload",
                name=name,
                open_source=lambda data=data: io.BytesIO(data),
                profile=BALANCED,
            )
            ended = app.wait_for_run("demo", run, seconds=60)
            nowhere(f"{ended.error} {ended.step}")
    nowhere("\n".join(logs.said))


def test_faults_of_the_program_say_where_and_not_what(
    app: App, logs: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors whose own text quotes an event, in receiving, in judging and in the database."""
    quoting = f"cannot store {PAYLOAD} of {SECRETS[1]}"

    def fails(*_given: object, **_named: object) -> None:
        raise RuntimeError(quoting) from ValueError(SECRETS[0])

    client = Client(create_app(app), headers={"X-Tenant-Id": "demo", "Authorization": f"Bearer {API_KEY}"})
    assert client.post("/v1/streams/shop/events", content=b"\n".join(planted()[:600])).status_code == 202
    with monkeypatch.context() as patch:
        patch.setattr(app._store.events, "append", fails)
        answer = client.post("/v1/streams/shop/events", content=planted()[3])
        assert answer.status_code == 500
        answered(answer)
    with monkeypatch.context() as patch:
        patch.setattr(app._store.events, "after", fails)
        app.turn(due_only=False)
        run = app.start_run(
            "demo",
            source="paste",
            name="x",
            open_source=lambda: io.BytesIO(b"\n".join(planted())),
            profile=BALANCED,
        )
        ended = app.wait_for_run("demo", run, seconds=60)
        assert ended.state == "failed"
        nowhere(str(ended.error))
    assert any("RuntimeError" in line for line in logs.said)
    nowhere("\n".join(logs.said))


def test_errors_of_the_database_hide_what_was_to_be_stored(app: App) -> None:
    with pytest.raises(sa.exc.IntegrityError) as caught, writing(app._store.engine, "demo") as connection:
        connection.execute(
            sa.insert(events).values(tenant="demo", stream_id="no", seq=1, key=None, payload=PAYLOAD.encode())
        )
    nowhere(str(caught.value))


def test_an_event_object_that_is_refused_is_not_written_out(app: App, logs: Everything) -> None:
    with pytest.raises(ApplicationError) as caught:
        app.receive("demo", "unknown", [Event(SECRETS[0].encode(), "logs", b"k")])
    nowhere(str(caught.value))
    nowhere("\n".join(logs.said))


def test_the_scan_finds_what_is_there(logs: Everything) -> None:
    """The test of the tests."""
    logging.getLogger("driftlock.anything").debug("read %s", PAYLOAD)
    with pytest.raises(AssertionError, match="canary of"):
        nowhere("\n".join(logs.said))
