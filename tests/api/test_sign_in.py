"""The sign-in pages and the gate: who is not signed in gets no further, by HTTP or websocket."""

import asyncio
from collections.abc import Iterator

import pytest

from driftlock.api import auth_pages
from driftlock.api.auth_forms import inside
from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO
from driftlock.services import accounts_passwords
from driftlock.services.accounts_rows import SYSTEM
from driftlock.services.sessions import COOKIE
from driftlock.settings import Settings
from driftlock.ui import theme
from tests.api.browsing import Browser, served
from tests.made_home import made_home
from tests.services.people import OTHER_ROAD, OWNER, ROAD, member, owner


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_passwords, "COST", 4)


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    opened = open_app(Settings(home=made_home(tmp_path / "home")), work=False)
    yield opened
    opened.close()


@pytest.fixture
def browser(app) -> Browser:
    return Browser(served(app))


def signed_in(app: App, email: str = OWNER, password: str = ROAD) -> Browser:
    browser = Browser(served(app))
    browser.get("/auth/login")
    assert browser.post("/auth/login", email=email, password=password).status_code == 303
    return browser


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "dashboard:8501"])
def test_until_there_is_an_account_everybody_is_let_in(app, host):
    browser = Browser(served(app), host=host)
    assert browser.get("/analyze").content == b"the dashboard"
    assert browser.get("/auth/login?next=%2Fanalyze").headers["location"] == "/analyze"


def test_a_deep_link_leads_through_the_sign_in_page_and_back(app, browser):
    owner(app)
    asked = browser.get("/anomaly?id=7&t=demo")
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        "/auth/login?next=%2Fanomaly%3Fid%3D7%26t%3Ddemo",
    )
    page = browser.get(asked.headers["location"])
    assert 'value="/anomaly?id=7&amp;t=demo"' in page.text
    done = browser.post("/auth/login", email=OWNER, password=ROAD, next="/anomaly?id=7&t=demo")
    assert (done.status_code, done.headers["location"]) == (303, "/anomaly?id=7&t=demo")
    assert browser.get("/anomaly?id=7&t=demo").content == b"the dashboard"


def test_the_cookie_is_for_no_script_and_no_other_site(app):
    owner(app)
    browser = signed_in(app)
    line = next(line for line in browser.set_cookies if line.startswith(COOKIE))
    assert "HttpOnly" in line
    assert "SameSite=lax" in line
    assert "Secure" not in line  # by http; see the next test
    assert browser.cookies[COOKIE] not in line.partition(";")[2]


def test_by_https_the_cookie_is_secure(app):
    owner(app)
    application = served(app)

    async def by_https(scope, receive, send):
        await application(scope | {"scheme": "https"}, receive, send)

    browser = Browser(by_https)
    browser.get("/auth/login")
    browser.post("/auth/login", email=OWNER, password=ROAD)
    assert all("Secure" in line for line in browser.set_cookies)


def test_a_wrong_password_and_nobody_get_the_same_page(app, browser):
    owner(app)
    browser.get("/auth/login")
    wrong = browser.post("/auth/login", email=OWNER, password="not the password")
    nobody = browser.post("/auth/login", email="nobody@example.com", password="not the password")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text.replace(OWNER, "typed") == nobody.text.replace("nobody@example.com", "typed")
    assert COOKIE not in browser.cookies


def test_what_was_typed_as_address_stays_and_the_password_does_not(app, browser):
    """In the form, as text, and in no address."""
    owner(app)
    browser.get("/auth/login")
    typed = 'ann"><b>@example.com'
    again = browser.post("/auth/login", email=typed, password="not the password")
    assert 'value="ann&quot;&gt;&lt;b&gt;@example.com"' in again.text
    assert "not the password" not in again.text
    assert "location" not in again.headers


def websocket(application, cookies: str = "") -> list[dict]:
    """What a websocket is answered."""
    sent: list[dict] = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    headers = [(b"cookie", cookies.encode())] if cookies else []
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers, "query_string": b""}
    scope |= {
        "scheme": "ws",
        "server": ("driftlock.example", 80),
        "client": ("192.0.2.1", 1),
        "raw_path": b"",
    }
    asyncio.run(application(scope | {"root_path": "", "subprotocols": []}, receive, send))
    return sent


def test_a_websocket_needs_a_session_that_has_not_ended(app):
    owner(app)
    application = served(app)
    browser = signed_in(app)
    cookie = f"{COOKIE}={browser.cookies[COOKIE]}"
    assert websocket(application)[0] == {"type": "websocket.close", "code": 4401}
    assert websocket(application, f"{COOKIE}=made-up")[0]["type"] == "websocket.close"
    assert websocket(application, cookie)[0]["type"] == "websocket.accept"
    app.sessions.end(browser.cookies[COOKIE])
    assert websocket(application, cookie)[0]["type"] == "websocket.close"


@pytest.mark.parametrize(
    "path",
    ["/media/x.bin", "/component/a/index.html", "/_stcore/upload_file/1/2", "/verify/_stcore/health"],
)
def test_what_belongs_to_pages_needs_a_session_too(app, browser, path):
    owner(app)
    assert browser.get(path).status_code == 401


def test_the_page_that_verifies_bundles_is_for_everybody_and_no_other_with_it(app, browser):
    owner(app)
    assert browser.get("/verify").content == b"the dashboard"
    cookie = f"driftlock_guest={browser.cookies['driftlock_guest']}"
    assert websocket(served(app), cookie)[0]["type"] == "websocket.accept"
    forged = cookie[:-1] + ("0" if cookie[-1] != "0" else "1")
    assert websocket(served(app), forged)[0]["type"] == "websocket.close"
    assert browser.get("/analyze").status_code == 303


def test_signing_out_ends_the_session_not_only_the_cookie(app):
    owner(app)
    browser = signed_in(app)
    token = browser.cookies[COOKIE]
    browser.get("/auth/logout")
    assert browser.post("/auth/logout").headers["location"] == "/auth/login"
    assert COOKIE not in browser.cookies
    assert app.sessions.check(token) is None


def test_signing_out_everywhere_ends_the_others(app):
    owner(app)
    browser, other = signed_in(app), signed_in(app)
    browser.get("/auth/logout")
    browser.post("/auth/logout", everywhere="yes")
    assert other.get("/analyze").status_code == 303


@pytest.mark.parametrize("path", ["login", "explore", "logout", "accept", "reset"])
def test_a_form_of_another_site_is_refused(app, path):
    """Without the hidden field, without the cookie, with another page's field, from another origin."""
    ann = owner(app)
    browser = signed_in(app)
    browser.get("/auth/logout")
    form, cookies = browser.form, dict(browser.cookies)
    browser.form = ""
    assert browser.post(f"/auth/{path}").status_code == 403
    browser.form, browser.cookies = form, {COOKIE: cookies[COOKIE]}
    assert browser.post(f"/auth/{path}").status_code == 403
    other = Browser(served(app))
    other.get("/auth/login")
    browser.form, browser.cookies = other.form, dict(cookies)
    assert browser.post(f"/auth/{path}").status_code == 403
    browser.form, browser.cookies = form, dict(cookies)
    assert browser.post(f"/auth/{path}", headers={"Origin": "https://evil.example"}).status_code == 403
    browser.form, browser.cookies = form, dict(cookies)
    sister = {"Origin": "null", "Sec-Fetch-Site": "same-site"}
    assert browser.post(f"/auth/{path}", headers=sister).status_code == 403
    assert len(app.sessions.of_user(ann)) == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie: a=b\r\nX: y",
        "/auth/logout",
        "evil.example",
        "/\tx",
        "\\\\evil.example",
        "/" + "a" * 3_000,
    ],
)
def test_nobody_is_led_elsewhere(app, browser, elsewhere):
    assert inside(elsewhere) == "/"
    owner(app)
    browser.get("/auth/login")
    done = browser.post("/auth/login", email=OWNER, password=ROAD, next=elsewhere)
    assert done.headers["location"] == "/"


def test_an_invitation_is_answered_in_the_browser(app, browser):
    link = app.accounts.invite(DEMO, email="bob@example.com", role="analyst", by=owner(app))
    page = browser.get(link.path)
    assert "analyst" in page.text
    assert "bob@example.com" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert browser.post("/auth/accept", token=link.token, name="Bob", password="short").status_code == 400
    assert browser.post("/auth/accept", token=link.token, name="Bob", password=ROAD).status_code == 303
    assert browser.get("/").content == b"the dashboard"
    assert browser.get(link.path).status_code == 404


def test_with_an_account_an_invitation_asks_for_its_password(app, browser):
    owner(app)
    owner(app, "acme", "carl@example.com")
    link = app.accounts.invite("acme", email=OWNER, role="viewer", by=SYSTEM)
    browser.get(link.path)
    assert browser.post("/auth/accept", token=link.token, name="Eve", password=OTHER_ROAD).status_code == 400
    assert browser.post("/auth/accept", token=link.token, password=ROAD).status_code == 303
    assert set(app.sessions.check(browser.cookies[COOKIE]).roles) == {DEMO, "acme"}


def test_a_new_password_is_set_in_the_browser(app, browser):
    ann = owner(app)
    link = app.accounts.reset_link(DEMO, ann, by=SYSTEM)
    browser.get(link.path)
    assert browser.post("/auth/reset", token=link.token, password=OTHER_ROAD).status_code == 303
    assert signed_in(app, password=OTHER_ROAD).cookies[COOKIE]


def test_a_visitor_explores_without_a_form_and_may_sign_in_later(app, browser):
    owner(app)
    page = browser.get("/auth/login")
    assert page.text.index("Explore with demo data") < page.text.index("E-mail")
    assert browser.post("/auth/explore").headers["location"] == "/"
    visit = browser.cookies[COOKIE]
    assert browser.get("/").content == b"the dashboard"
    assert browser.get("/auth/login").status_code == 200
    browser.post("/auth/login", email=OWNER, password=ROAD)
    assert app.sessions.check(visit) is None
    assert app.sessions.check(browser.cookies[COOKIE]).roles == {DEMO: "owner"}


def test_the_pages_run_no_script_and_load_nothing_from_elsewhere(app, browser):
    owner(app)
    page = browser.get("/auth/login")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    assert page.headers["cache-control"] == "no-store"


def test_their_colours_are_those_of_the_pages_behind():
    for inks, tokens in ((auth_pages.LIGHT, theme.LIGHT), (auth_pages.DARK, theme.DARK)):
        assert {name: inks[name] for name in ("text", "muted", "border", "hairline", "action", "error")} == {
            name: getattr(tokens, name) for name in ("text", "muted", "border", "hairline", "action", "error")
        }


def test_no_secret_is_logged(app, browser, caplog):
    caplog.set_level("DEBUG")
    link = app.accounts.invite(DEMO, email="bob@example.com", role="viewer", by=owner(app))
    browser.get(link.path)
    browser.post("/auth/accept", token=link.token, name="Bob", password=ROAD)
    browser.post("/auth/login", email="bob@example.com", password="not the password")
    for secret in (link.token, ROAD, "bob@example.com", browser.cookies[COOKIE]):
        assert secret not in caplog.text
    assert member(app, "viewer")
