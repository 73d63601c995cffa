"""Signing in, staying in, and what two tenants see of each other, in a real browser."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from data_generator import generate
from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO
from driftlock.services.accounts_rows import SYSTEM
from driftlock.services.accounts_vouched import UNKNOWN
from driftlock.settings import Settings
from driftlock.ui.sign_in_provider import NOT_SIGNED_IN
from driftlock_core.profiles import BALANCED
from tests.cli.serving import Server
from tests.e2e.complaints import complaints
from tests.e2e.conftest import forgetting, serving, tab
from tests.identity import Identities, identities
from tests.services.people import OWNER, ROAD, owner

pytestmark = pytest.mark.browser
PATIENCE = 60_000
CARL = "carl@example.com"


@dataclass
class Place:
    address: str
    anomalies: dict[str, str]  # the strongest of each tenant


def strongest(app: App, tenant: str) -> str:
    """Of a run named after its tenant."""
    data = generate("web-logs", events=3_000).data
    run_id = app.start_run(
        tenant,
        source="upload",
        name=f"shop of {tenant}",
        open_source=lambda: io.BytesIO(data),
        profile=BALANCED,
    )
    while app.work():
        pass
    return app.queries.anomalies(tenant, app.queries.streams(tenant, run_id)[0].id)[0].id


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """`driftlock serve` for two tenants with a person each; Ann belongs to a third one as well."""
    home = tmp_path_factory.mktemp("people") / "home"
    app = open_app(Settings(home=home, demo_data=False), work=False)
    owner(app)
    owner(app, "acme", CARL)
    app.tenants.add("second", "Second", by=SYSTEM)
    link = app.accounts.invite("second", email=OWNER, role="auditor", by=SYSTEM)
    app.accounts.join(link.token, app.sign_in.person(OWNER, ROAD, address=None))
    anomalies = {tenant: strongest(app, tenant) for tenant in (DEMO, "acme")}
    app.close()
    server = Server(home, environment={"DRIFTLOCK_DEMO_DATA": "on"})
    yield Place(server.address, anomalies)
    server.stop()


@pytest.fixture
def windows(warm: BrowserContext, another: BrowserContext) -> Iterator[list[BrowserContext]]:
    """Two browsers that share nothing, and know nobody."""
    with forgetting(warm), forgetting(another):
        yield [warm, another]


def sign_in(page: Page, email: str = OWNER) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(ROAD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def heading(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible(timeout=PATIENCE)


def test_ux06_a_deep_link_leads_through_sign_in_and_a_refresh_keeps_login_tenant_and_page(
    place: Place, windows: list[BrowserContext]
) -> None:
    page = tab(windows[0])
    errors = complaints(page)
    page.goto(f"{place.address}/tuning?t=second")
    expect(page.get_by_role("button", name="Explore with demo data")).to_be_visible()
    sign_in(page)
    heading(page, "Tuning lab")
    for _ in range(2):
        assert page.url.startswith(f"{place.address}/tuning")
        assert "t=second" in page.url
        expect(page.get_by_text("Role auditor")).to_be_visible(timeout=PATIENCE)
        assert OWNER not in page.url
        page.reload()
        heading(page, "Tuning lab")
    assert errors == []


def test_ux31_two_browsers_in_two_tenants_never_see_each_others_results(
    place: Place, windows: list[BrowserContext]
) -> None:
    """A foreign anomaly's id is answered as one that nobody has."""
    missing = "There is no flagged window of this id, or it is not kept any more."
    for context, email, own, other in (
        (windows[0], OWNER, DEMO, "acme"),
        (windows[1], CARL, "acme", DEMO),
    ):
        page = tab(context)
        page.goto(f"{place.address}/anomaly?id={place.anomalies[own]}")
        sign_in(page, email)
        found = page.get_by_role("heading", level=1).filter(has_text=f"shop of {own}")
        expect(found).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text(missing)).to_have_count(0)
        said = []
        for anomaly_id in (place.anomalies[other], "0" * 32):
            page.goto(f"{place.address}/anomaly?id={anomaly_id}")
            expect(page.get_by_text(missing)).to_be_visible(timeout=PATIENCE)
            expect(page.get_by_test_id("stMain").get_by_text("Go to Overview")).to_be_visible(
                timeout=PATIENCE
            )
            expect(page.get_by_test_id("stMain").get_by_text("Go to Analyze")).to_be_visible(timeout=PATIENCE)
            said.append(page.get_by_test_id("stMain").inner_text())
        assert said[0] == said[1]
        page.goto(f"{place.address}/analyze")
        heading(page, "Analyze")
        expect(page.get_by_text(f"shop of {own}").first).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text(f"shop of {other}")).to_have_count(0)


def test_signing_out_in_one_tab_ends_the_other_at_its_next_click(
    place: Place, windows: list[BrowserContext]
) -> None:
    first = tab(windows[0])
    first.goto(f"{place.address}/tuning")
    sign_in(first)
    heading(first, "Tuning lab")
    second = tab(windows[0])
    second.goto(f"{place.address}/scenarios")
    heading(second, "Scenarios")
    first.get_by_role("button", name="Ann").click()
    first.get_by_role("button", name="Sign out", exact=True).click()
    heading(first, "You are signed out")
    second.get_by_role("link", name="Analyze", exact=True).click()
    heading(second, "You are signed out")
    second.get_by_role("link", name="Sign in").click()
    expect(second.get_by_label("E-mail")).to_be_visible(timeout=PATIENCE)


def test_a_visitor_explores_without_a_form(place: Place, windows: list[BrowserContext]) -> None:
    page = tab(windows[0])
    errors = complaints(page)
    page.goto(place.address)
    page.get_by_role("button", name="Explore with demo data").click()
    heading(page, "Overview")
    expect(page.get_by_text("Demo data, deleted after 24 h")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("payments").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("shop of")).to_have_count(0)
    assert errors == []


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Identities]]:
    """`streamlit run app.py`, and an identity provider that it asks."""
    folder = tmp_path_factory.mktemp("alone")
    app = open_app(Settings(home=folder / "home", demo_data=False), work=False)
    owner(app)
    owner(app, "acme", CARL)
    app.close()
    with pytest.MonkeyPatch.context() as patch, identities() as provider:
        for name, value in provider.secrets(folder / "user", "http://127.0.0.1:{port}").items():
            patch.setenv(name, value)
        with serving(folder / "home", demo_data="off") as address:
            yield address, provider


def test_where_no_server_stands_in_front_the_form_signs_in_and_a_refresh_keeps_it(
    windows: list[BrowserContext], alone: tuple[str, Identities]
) -> None:
    """Sent the moment it can be filled in; the cookie is written all the same."""
    address, _ = alone
    page = tab(windows[0])
    page.goto(f"{address}/tuning")
    expect(page.get_by_label("E-mail")).to_be_visible(timeout=PATIENCE)
    sign_in(page)
    heading(page, "Tuning lab")
    page.reload()
    heading(page, "Tuning lab")
    expect(page.get_by_label("E-mail")).to_have_count(0)
    assert page.url.startswith(f"{address}/tuning")


def vouched_for(page: Page, subject: str) -> None:
    """There and back, as *subject*."""
    page.get_by_role("button", name="Sign in with your identity provider").click(timeout=PATIENCE)
    page.get_by_placeholder("sub").fill(subject, timeout=PATIENCE)
    page.get_by_role("button", name="Authorize", exact=True).click()


def test_where_no_server_stands_in_front_an_identity_provider_signs_in_and_out(
    windows: list[BrowserContext], alone: tuple[str, Identities]
) -> None:
    """First those it may not: a token of another sign-in, an address that nobody knows."""
    address, provider = alone
    provider.vouch("replayed", email=CARL, email_verified=True, nonce="of another sign-in")
    provider.vouch("eve", email="eve@example.com", email_verified=True)
    provider.vouch("carl", email=CARL, email_verified=True, name="Carl")
    page = tab(windows[1])
    page.goto(address)
    for subject, sentence in (("replayed", NOT_SIGNED_IN), ("eve", UNKNOWN)):
        vouched_for(page, subject)
        expect(page.get_by_text(sentence)).to_be_visible(timeout=PATIENCE)
    vouched_for(page, "carl")
    heading(page, "Overview")
    expect(page.get_by_text("Role owner")).to_be_visible(timeout=PATIENCE)
    assert "code=" not in page.url
    page.reload()
    heading(page, "Overview")
    page.get_by_role("button", name="Ann").click()  # as she is called here, whatever they call her there
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="End session").click(timeout=PATIENCE)
    expect(page.get_by_label("E-mail")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(NOT_SIGNED_IN)).to_have_count(0)


def test_a_stranger_reaches_the_page_that_verifies_and_no_other(
    place: Place, windows: list[BrowserContext]
) -> None:
    page = tab(windows[0])
    page.goto(f"{place.address}/verify")
    heading(page, "Verify a bundle")
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)
    page.goto(f"{place.address}/analyze")
    expect(page.get_by_label("E-mail")).to_be_visible()
