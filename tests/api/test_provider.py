"""`driftlock serve` and a real OpenID provider, two servers that speak to each other by HTTP."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from driftlock.api.auth_provider import DECLINED, NOT_TAKEN, SILENT
from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO
from driftlock.services.accounts_rows import SYSTEM
from driftlock.services.accounts_vouched import INCOMPLETE, UNKNOWN, UNVERIFIED
from driftlock.services.sessions import COOKIE
from driftlock.settings import Settings
from tests.cli.serving import Server
from tests.identity import FORGED, Identities, free_port, identities
from tests.services.people import OWNER, ROAD, owner

Answer = tuple[int, str, str]  # status, where it leads, text


class _Follows(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Nothing."""


class Browser:
    """Keeps cookies, goes where it is told."""

    def __init__(self, dashboard: str) -> None:
        self._dashboard = dashboard
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(_Follows, urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, address: str, **form: str) -> Answer:
        """The answer to a page, or to the form of one."""
        url = urljoin(self._dashboard, address)
        try:
            answer = self._opener.open(url, urlencode(form).encode() if form else None, timeout=30)
        except urllib.error.HTTPError as other:
            answer = other
        with answer:
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def cookies(self) -> dict[str, str]:
        return {one.name: one.value or "" for one in self.jar}

    def there(self, then: str = "/") -> str:
        """The provider's page."""
        status, leads, _ = self.ask(f"/auth/sso?{urlencode({'next': then})}")
        assert status == 303
        return self.ask(leads)[1]

    def come_back(self, subject: str, then: str = "/", **form: str) -> str:
        """The address that the provider sends somebody back to."""
        return self.ask(self.there(then), sub=subject, **form)[1]


class Place:
    """Both servers, and the application behind one of them."""

    def __init__(self, app: App, provider: Identities, dashboard: str) -> None:
        self.app = app
        self.provider = provider
        self.dashboard = dashboard

    def browser(self) -> Browser:
        return Browser(self.dashboard)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("provider")
    app = open_app(Settings(home=folder / "home", demo_data=False), work=False)
    owner(app)
    owner(app, "acme", "carl@example.com")
    dashboard = f"http://127.0.0.1:{free_port()}"
    with identities() as provider:
        environment = provider.secrets(folder / "user", dashboard)
        server = Server(folder / "home", "--port", str(urlsplit(dashboard).port), environment=environment)
        yield Place(app, provider, dashboard)
        server.stop()
    app.close()


def said(answer: Answer) -> str:
    found = re.search(r'role="alert">([^<]*)<', answer[2])
    return found[1].replace("&#x27;", "'") if found else ""


def test_a_verified_address_signs_in_with_its_role_and_goes_where_it_was_headed(place: Place) -> None:
    """And only once: the same answer opens nothing in this browser or another."""
    place.provider.vouch("carl", email="Carl@Example.com", email_verified=True, name="Carl")
    browser = place.browser()
    assert browser.ask("/anomaly?id=7")[0] == 303
    back = browser.come_back("carl", "/anomaly?id=7&t=acme")
    status, leads, _ = browser.ask(back)
    assert (status, leads) == (303, "/anomaly?id=7&t=acme")
    session = place.app.sessions.check(browser.cookies()[COOKIE])
    assert session.roles == {"acme": "owner"}
    assert browser.ask("/anomaly?id=7")[0] == 200
    [row] = place.app.accesses.page("acme", what="signed_in").rows
    assert row.actor == session.user_id
    assert said(browser.ask(back)) == NOT_TAKEN
    stranger = place.browser()
    assert said(stranger.ask(back)) == NOT_TAKEN
    assert COOKIE not in stranger.cookies()


def test_an_invitation_is_answered_by_signing_in_there(place: Place) -> None:
    place.app.accounts.invite(DEMO, email="dora@example.com", role="auditor", by=SYSTEM)
    place.provider.vouch("dora", email="dora@example.com", email_verified=True, name="Dora")
    browser = place.browser()
    assert browser.ask(browser.come_back("dora"))[:2] == (303, "/")
    assert place.app.sessions.check(browser.cookies()[COOKIE]).roles == {DEMO: "auditor"}
    assert not place.app.accounts.named(DEMO, "dora@example.com").has_password


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"email_verified": False}, UNVERIFIED),
        ({"email_verified": "true"}, UNVERIFIED),
        ({"email_verified": None}, UNVERIFIED),
        ({"email": "eve@example.com"}, UNKNOWN),
        ({"email": None}, INCOMPLETE),
        ({"nonce": "of another sign-in"}, NOT_TAKEN),
        ({"aud": "another client"}, NOT_TAKEN),
        ({"iss": "https://id.example"}, NOT_TAKEN),
        ({"exp": 1_000_000_000}, NOT_TAKEN),
    ],
    ids=lambda given: "" if isinstance(given, str) else str(given),
)
def test_whom_it_does_not_vouch_for_properly_is_refused_with_a_sentence(
    place: Place, claims: dict[str, object], sentence: str
) -> None:
    """Each is the right token but for one claim; nothing of it is kept, and its answer opens nothing later."""
    place.provider.vouch("eve", **{"email": OWNER, "email_verified": True, "name": "Ann"} | claims)
    browser = place.browser()
    back = browser.come_back("eve")
    assert said(browser.ask(back)) == sentence
    assert set(browser.cookies()) <= {"driftlock_then"}
    assert said(browser.ask(back)) == NOT_TAKEN
    assert browser.ask("/analyze")[0] == 303
    assert place.app.accounts.named(DEMO, OWNER).has_password


def test_a_token_signed_with_another_key_is_refused(place: Place) -> None:
    """It says all that is right, under the name of the provider's own key."""
    place.provider.vouch(FORGED, email=OWNER, email_verified=True, name="Ann")
    browser = place.browser()
    assert said(browser.ask(browser.come_back(FORGED))) == NOT_TAKEN
    assert set(browser.cookies()) <= {"driftlock_then"}
    assert browser.ask("/analyze")[0] == 303


def test_an_answer_with_another_state_is_refused(place: Place) -> None:
    """Else somebody could be signed in as another without knowing."""
    place.provider.vouch("carl", email="carl@example.com", email_verified=True)
    browser, other = place.browser(), place.browser()
    browser.there()
    assert said(browser.ask(other.come_back("carl"))) == NOT_TAKEN
    back = urlsplit(browser.come_back("carl"))
    changed = urlencode({"code": parse_qs(back.query)["code"][0], "state": "made up"})
    assert said(browser.ask(f"{back.path}?{changed}")) == NOT_TAKEN
    assert COOKIE not in browser.cookies()


def test_who_declines_there_is_told_so(place: Place) -> None:
    browser = place.browser()
    assert said(browser.ask(browser.come_back("carl", action="deny"))) == DECLINED


def test_a_providers_cookie_alone_passes_no_gate(place: Place) -> None:
    """Neither one that is made up nor a real one whose session has ended."""
    place.provider.vouch("carl", email="carl@example.com", email_verified=True)
    browser = place.browser()
    browser.ask(browser.come_back("carl"))
    assert browser.ask("/analyze")[0] == 200
    place.app.sessions.end(browser.cookies()[COOKIE])
    assert "_streamlit_user" in browser.cookies()
    assert browser.ask("/analyze")[0] == 303


def test_signing_out_ends_the_session_here_and_then_there(place: Place) -> None:
    place.provider.vouch("carl", email="carl@example.com", email_verified=True)
    browser = place.browser()
    browser.ask(browser.come_back("carl"))
    token = browser.cookies()[COOKIE]
    form = re.search(r'name="form" value="([^"]+)"', browser.ask("/auth/logout")[2])
    status, _, text = browser.ask("/auth/logout", form=form[1])
    assert status == 200
    assert "Sign out there too" in text
    assert place.app.sessions.check(token) is None
    status, leads, _ = browser.ask("/auth/logout")
    assert status == 302
    assert leads.startswith(f"{place.provider.address}/oauth2/end_session?")
    assert parse_qs(urlsplit(leads).query)["post_logout_redirect_uri"] == [
        f"{place.dashboard}/oauth2callback"
    ]
    assert "_streamlit_user" not in browser.cookies()
    assert browser.ask("/oauth2callback")[:2] == (303, "/auth/login")


def test_a_password_from_before_ends(place: Place) -> None:
    place.app.accounts.first("acme", email="zoe@example.com", name="Zoe", password=ROAD, role="viewer")
    place.provider.vouch("zoe", email="zoe@example.com", email_verified=True)
    browser = place.browser()
    browser.ask(browser.come_back("zoe"))
    assert not place.app.accounts.named("acme", "zoe@example.com").has_password


def test_a_provider_that_is_gone_is_said(place: Place) -> None:
    """The last test here: it ends the provider. The sign-in page is left to those who have a password."""
    place.provider.stop()
    browser = place.browser()
    _, leads, _ = browser.ask("/auth/sso")
    assert said(browser.ask(leads)) == SILENT
    assert "/auth/sso" in browser.ask("/auth/login")[2]
