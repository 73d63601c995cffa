"""What stands before the pages: names and sites it answers to, and room for files of people without an account."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import HTTPConnection

from driftlock.api import auth_uploads
from driftlock.bootstrap import App, open_app
from driftlock.services import accounts_passwords
from driftlock.services.sessions import COOKIE
from driftlock.settings import Settings
from tests.api.browsing import Browser, served
from tests.services.people import OWNER, ROAD, owner

UPLOAD = "/_stcore/upload_file/page-1/file-1"


def aside(work):
    """The answer of *work*, in a thread of its own: this one may hold a browser's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_passwords, "COST", 4)


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    opened = open_app(Settings(home=tmp_path / "home"), work=False)
    yield opened
    opened.close()


def signed_in(app: App, application) -> Browser:
    browser = Browser(application)
    browser.get("/auth/login")
    assert browser.post("/auth/login", email=OWNER, password=ROAD).status_code == 303
    return browser


def websocket(application, *headers: tuple[bytes, bytes]) -> dict:
    """The first thing that a websocket is answered."""
    sent: list[dict] = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/_stcore/stream", "query_string": b"", "scheme": "ws"}
    scope |= {"headers": headers, "server": ("driftlock.example", 80), "client": ("192.0.2.1", 1)}
    aside(application(scope | {"root_path": "", "subprotocols": [], "raw_path": b""}, receive, send))
    return sent[0]


@pytest.mark.parametrize(
    ("origin", "answer"),
    [
        (b"https://driftlock.example", "websocket.accept"),
        (b"https://evil.example", "websocket.close"),
        (b"http://driftlock.example:9999", "websocket.close"),  # cookies do not tell ports apart
        (b"http://notes.driftlock.example", "websocket.close"),
        (b"null", "websocket.close"),
    ],
)
def test_a_websocket_is_opened_by_our_own_pages_alone(app, origin, answer):
    owner(app)
    application = served(app)
    cookie = f"{COOKIE}={signed_in(app, application).cookies[COOKIE]}".encode()
    sent = (b"cookie", cookie), (b"host", b"driftlock.example"), (b"origin", origin)
    assert websocket(application, *sent)["type"] == answer


def test_a_page_of_another_site_sends_no_file(app):
    owner(app)
    browser = signed_in(app, served(app))
    assert browser.post(UPLOAD, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post(UPLOAD, headers={"Origin": "https://driftlock.example"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "1.2.3"])
def test_without_an_account_another_sites_name_leads_nowhere(app, host):
    """A page of that site, whose name was led to this machine, would read and change everything."""
    application = served(app)
    assert Browser(application, host=host).get("/").status_code == 403
    assert websocket(application, (b"host", host.encode()))["type"] == "websocket.close"
    owner(app)  # from then on a cookie is asked for, which such a page does not have
    assert Browser(application, host=host).get("/").status_code == 303


def test_whoever_guards_it_otherwise_may_give_it_any_name(tmp_path):
    opened = open_app(Settings(home=tmp_path / "home", sign_in="off"), work=False)
    try:
        assert Browser(served(opened), host="logs.example").get("/").content == b"the dashboard"
    finally:
        opened.close()


def test_no_page_is_shown_in_a_frame_of_another_site_or_read_as_something_else(app):
    owner(app)
    answer = signed_in(app, served(app)).get("/analyze")
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def sent(browser: Browser, size: int | None, page: str = "page-1") -> int:
    """The status of an upload that says it is so large."""
    length = {} if size is None else {"Content-Length": str(size)}
    kind = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    path = f"/_stcore/upload_file/{page}/file-1"
    if size is None:
        return browser._client.post(path, content=iter([b"x"]), headers=kind).status_code

    async def put() -> int:
        answers: list[dict] = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            answers.append(message)

        headers = [
            (b"host", b"driftlock.example"),
            *((n.lower().encode(), v.encode()) for n, v in (length | kind).items()),
        ]
        scope = {"type": "http", "method": "PUT", "path": path, "headers": headers, "query_string": b""}
        scope |= {
            "scheme": "http",
            "server": ("x", 80),
            "client": ("192.0.2.1", 1),
            "raw_path": b"",
            "root_path": "",
        }
        await browser._client._application(scope, receive, send)
        return answers[0]["status"]

    return aside(put())


def test_files_of_one_tenant_fill_no_memory_and_leave_room_for_others(app, monkeypatch):
    """A person with an account may open any number of pages; what was taken stays, what comes is told the number."""
    monkeypatch.setattr(auth_uploads, "TENANT_BYTES", 210_000_000)
    monkeypatch.setattr(auth_uploads, "MEMBERS_BYTES", 250_000_000)
    held = {"page-1": 0}
    room = auth_uploads.Uploads(lambda page: held.get(page, 0))

    def asked(whose, size, page="page-1"):
        scope = {"type": "http", "method": "PUT", "path": f"/_stcore/upload_file/{page}/f"}
        scope["headers"] = [(b"content-length", str(size).encode())]
        return room.room(HTTPConnection(scope), 200_000_000, whose)

    with (
        asked("acme", 150_000_000),
        pytest.raises(auth_uploads.NoRoom, match="150 MB of files of your tenant"),
    ):
        asked("acme", 100_000_000, "page-2").__enter__()
    held["page-1"] = 150_000_000
    with pytest.raises(auth_uploads.NoRoom, match="Close pages that hold files"):
        asked("acme", 100_000_000, "page-2").__enter__()
    with pytest.raises(auth_uploads.NoRoom, match="of all tenants"):
        asked("other", 120_000_000, "page-3").__enter__()
    with asked("other", 90_000_000, "page-3"), asked(auth_uploads.STRANGER, 300_000, "page-4"):
        pass
    held["page-1"] = 0
    with asked("acme", 190_000_000, "page-2"):
        pass


@pytest.mark.parametrize("door", ["guest", "visitor"])
def test_files_of_people_without_an_account_fill_no_memory(app, door, monkeypatch):
    """Without a bound anybody could upload until the process is killed: nothing is freed while the page is open."""
    monkeypatch.setattr(auth_uploads, "STRANGERS_BYTES", 150_000_000)
    held = {"page-1": 0}
    owner(app)
    application = served(app, held=lambda page: held.get(page, 0))
    browser = Browser(application)
    if door == "guest":
        browser.get("/verify")
    else:
        browser.get("/auth/login")
        assert browser.post("/auth/explore").status_code == 303
    assert sent(browser, None) == 411
    assert sent(browser, 300_000_000) == 413
    assert sent(browser, 60_000_000) == 200
    held["page-1"] = 100_000_000
    assert sent(browser, 60_000_000) == 503
    assert sent(browser, 60_000_000, page="page-2") == 503  # another page has no room of its own
    assert sent(signed_in(app, application), 60_000_000, page="page-3") == 200
    held["page-1"] = 0  # it was closed
    assert sent(browser, 60_000_000) == 200
