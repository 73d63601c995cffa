"""Pages of somebody who signed in: asked at each run, stopped at the next one, kept apart by tenant."""

import io
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.errors import InvalidSettings
from driftlock.model import DEMO
from driftlock.services import accounts_passwords
from driftlock.services.accounts_rows import SYSTEM
from driftlock.services.sign_in import SignInFailed
from driftlock.ui import admin_accesses, session, sign_in_provider
from driftlock.ui.sign_in import NO_TENANT
from driftlock_core.profiles import BALANCED
from tests.services.people import OWNER, ROAD, owner
from tests.ui.conftest import ROOT
from tests.ui.pages import SECONDS, rendered


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With an owner of two tenants, and one of a third; each tenant holds a run of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("DRIFTLOCK_DEMO_DATA", "off")
        patch.setattr(accounts_passwords, "COST", 4)
        patch.setattr(session, "KEPT_SECONDS", 0.0)  # asked anew each time
        st.cache_resource.clear()
        st.cache_data.clear()
        opened = session.app()
        owner(opened)
        owner(opened, "acme", "carl@example.com")
        opened.tenants.add("second", "Second", by=SYSTEM)
        link = opened.accounts.invite("second", email=OWNER, role="auditor", by=SYSTEM)
        opened.accounts.join(link.token, opened.sign_in.person(OWNER, ROAD, address=None))
        yield opened
        opened.close()
        st.cache_resource.clear()


@pytest.fixture(scope="module")
def anomalies(app: App) -> dict[str, str]:
    """The strongest anomaly of each tenant, by tenant."""
    found = {}
    data = generate("web-logs", events=3_000).data
    for tenant in (DEMO, "acme"):
        run_id = app.start_run(
            tenant, source="paste", name=tenant, open_source=lambda: io.BytesIO(data), profile=BALANCED
        )
        assert app.wait_for_run(tenant, run_id, seconds=SECONDS).state == "done"
        found[tenant] = app.queries.anomalies(tenant, app.queries.streams(tenant, run_id)[0].id)[0].id
    return found


def token(app: App, email: str = OWNER, tenant: str = DEMO) -> str:
    return app.sessions.open(app.accounts.named(tenant, email).user_id, address="192.0.2.1")


def opened(page: str, held: str | None, **query: str) -> AppTest:
    """A fresh session on *page*, run. Of all but the front page, later runs are of the page without its frame."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if page != "overview":
        test = test.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        test.query_params[name] = value
    if held is not None:
        test.session_state[session.TOKEN] = held
    return test.run()


@pytest.mark.parametrize("page", ["overview", "analyze", "anomaly", "tuning", "scenarios"])
def test_without_a_session_a_page_shows_the_two_doors_and_nothing_else(app, page):
    shown = opened(page, None)
    assert not shown.exception
    assert [one.label for one in shown.text_input] == ["E-mail", "Password"]
    assert not shown.sidebar.children


def test_with_one_the_page_is_there_with_name_and_role(app):
    shown = opened("analyze", token(app))
    assert not shown.exception
    assert shown.title[0].value == "Analyze"
    assert any("Role owner" in caption.value for caption in shown.sidebar.caption)


def _form_or_name() -> None:
    import streamlit as st

    from driftlock.ui import session, sign_in_form

    if (me := session.look()) is None:
        sign_in_form.show()
    else:
        st.title(me.name)


def test_the_form_signs_in_and_a_wrong_password_does_not(app):
    shown = AppTest.from_function(_form_or_name, default_timeout=30).run()
    for password, said in (("not the password", "do not match"), (ROAD, "")):
        shown.text_input[0].set_value(OWNER)
        shown.text_input[1].set_value(password)
        next(one for one in shown.button if one.label == "Sign in").click()
        shown.run()
        assert not shown.exception
        assert said in "".join(error.value for error in shown.error)
        if said:
            assert shown.text_input[0].value == OWNER
    assert shown.title[0].value == "Ann"


def test_an_ended_session_stops_at_the_next_run(app):
    held = token(app)
    shown = opened("analyze", held)
    app.sessions.end(held)
    shown.run()
    assert [one.label for one in shown.text_input] == ["E-mail", "Password"]
    assert "Analyze" not in rendered(shown)


def _sign_out() -> None:
    from driftlock.ui import sign_in

    sign_in.sign_out(everywhere=False)


def test_signing_out_ends_other_tabs_of_the_same_browser(app):
    held, elsewhere = token(app), token(app)
    other_tab = opened("scenarios", held)
    shown = AppTest.from_function(_sign_out)
    shown.session_state[session.TOKEN] = held
    shown.run()
    assert app.sessions.check(held) is None
    assert app.sessions.check(elsewhere) is not None
    other_tab.run()
    assert [one.label for one in other_tab.text_input] == ["E-mail", "Password"]


def _signed_out_there_and_drawn_anew() -> None:
    import streamlit as st

    from driftlock.ui import sign_in

    sign_in.sign_out(everywhere=False)
    st.rerun()


def test_the_way_to_the_provider_is_the_last_thing_of_a_run(app, monkeypatch):
    """Another run begun at once takes back what the browser was not yet sent."""
    left = []
    monkeypatch.setattr(sign_in_provider, "known_there", lambda: True)
    monkeypatch.setattr("streamlit.logout", lambda: left.append("there"))
    AppTest.from_function(_signed_out_there_and_drawn_anew).run()
    assert left == ["there"]


def test_a_disabled_person_is_out_at_the_next_run(app):
    link = app.accounts.invite("acme", email="dora@example.com", role="viewer", by=SYSTEM)
    dora = app.accounts.accept(link.token, name="Dora", password=ROAD)
    shown = opened("analyze", app.sessions.open(dora, address=None))
    assert shown.title[0].value == "Analyze"
    app.accounts.disable_member("acme", dora, by=SYSTEM)
    shown.run()
    assert [one.label for one in shown.text_input] == ["E-mail", "Password"]


def test_a_foreign_anomaly_answers_as_an_unknown_one(app, anomalies):
    held = token(app)
    own = opened("anomaly", held, id=anomalies[DEMO])
    foreign = opened("anomaly", held, id=anomalies["acme"])
    unknown = opened("anomaly", held, id="0" * 32)
    assert not own.info
    assert rendered(foreign) == rendered(unknown)
    assert foreign.info[0].value.startswith("There is no flagged window of this id")


def test_a_foreign_tenant_in_the_address_answers_as_an_unknown_one(app):
    held = token(app)
    foreign, unknown = (opened("overview", held, t=name) for name in ("acme", "nobody"))
    assert foreign.error[0].value == NO_TENANT
    assert rendered(foreign) == rendered(unknown)


def test_ones_tenants_can_be_switched_and_the_address_names_the_one_shown(app):
    shown = opened("overview", token(app))
    assert shown.query_params["t"] in (DEMO, [DEMO])
    shown.selectbox(key="tenant-switch").set_value("second").run()
    assert not shown.exception
    assert shown.query_params["t"] in ("second", ["second"])
    assert any("Role auditor" in caption.value for caption in shown.sidebar.caption)


def test_nothing_of_a_run_of_one_tenant_is_shown_in_another(app, anomalies):
    """Names of runs are those of their tenants here."""
    for tenant, email, foreign in ((DEMO, OWNER, "acme"), ("acme", "carl@example.com", "demo")):
        run_id = app.queries.runs(foreign, limit=1)[0].id
        shown = opened("analyze", token(app, email, tenant), run=run_id)
        assert anomalies[foreign] not in rendered(shown)
        assert not shown.exception


def test_outside_a_page_nobody_is_guessed(app):
    """What is downloaded later must be given whose it is."""
    with pytest.raises(RuntimeError, match="hand it on"):
        session.who()


def test_asking_who_looks_costs_little(app):
    """One question by index: the median of fifty is below 20 ms on a busy machine."""
    held = token(app)
    took = []
    for _ in range(50):
        begun = time.perf_counter()
        assert app.sessions.check(held) is not None
        took.append(time.perf_counter() - begun)
    assert sorted(took)[25] < 0.02


def vouched(app: App, monkeypatch: pytest.MonkeyPatch, nonce: str = "first", **said: object) -> object:
    """The session of whom a provider vouches for with these words."""
    person = {"is_logged_in": True, "iss": "https://id.example", "sub": "1", "iat": int(time.time())}
    given = SimpleNamespace(
        user=person | {"nonce": nonce} | said,
        context=SimpleNamespace(cookies={}, ip_address=None),
        session_state={},
    )
    monkeypatch.setattr(sign_in_provider, "st", given)
    monkeypatch.setattr(sign_in_provider, "ready", lambda: True)
    return sign_in_provider.session(app)


def test_a_provider_lets_in_whom_we_know_by_a_verified_address(app, monkeypatch):
    ann = app.accounts.named(DEMO, OWNER).user_id
    for unverified in ({"email": OWNER}, {"email": OWNER, "email_verified": False}, {"email_verified": True}):
        assert vouched(app, monkeypatch, **unverified) is None
    assert vouched(app, monkeypatch, email="eve@example.com", email_verified=True) is None
    said = {"email": "Ann@Example.com", "email_verified": True, "iat": int(time.time())}
    found = vouched(app, monkeypatch, **said)
    assert found.user_id == ann
    assert vouched(app, monkeypatch, **said).id == found.id


def test_a_providers_sign_in_ends_with_our_session_and_with_its_age(app, monkeypatch):
    """Whatever its cookie looks like: a signature can be written in several ways."""
    said = {"email": OWNER, "email_verified": True, "iat": int(time.time())}
    found = vouched(app, monkeypatch, nonce="second", **said)
    app.sessions.end_id(found.id)
    assert vouched(app, monkeypatch, nonce="second", **said, picture="another") is None
    assert vouched(app, monkeypatch, nonce="third", **said).id != found.id
    week = time.time() - 8 * 24 * 3600
    assert vouched(app, monkeypatch, nonce="fourth", **said | {"iat": week}) is None


def test_the_access_log_says_whose_account_was_tried_and_not_by_whom(app):
    ann = app.accounts.named(DEMO, OWNER).user_id
    with pytest.raises(SignInFailed):
        app.sign_in.sign_in(OWNER, "not the password", address="192.0.2.7")
    rows = app.accesses.page(DEMO, what="sign_in_refused", object_id=ann).rows
    shown = admin_accesses.table(rows[:1], app.accounts.names(DEMO), "UTC")
    assert (shown["Who"], shown["Object"], shown["Id"]) == (["not known"], ["user Ann"], [ann])


def test_a_provider_without_its_packages_is_said_with_what_to_install(monkeypatch):
    monkeypatch.setattr(sign_in_provider, "ready", lambda: True)
    monkeypatch.setattr(sign_in_provider, "is_authlib_installed", lambda: False)
    with pytest.raises(InvalidSettings, match=r"pip install 'driftlock\[sso\]'"):
        sign_in_provider.address()


def test_the_checklist_that_somebody_put_away_stays_away_for_them_alone(app, anomalies):
    """In every browser of theirs, until they take it back; another person's is there."""

    def shown(email: str, tenant: str) -> AppTest:
        return opened("overview", token(app, email, tenant), r="All")

    def named(page: AppTest, key: str) -> list:
        return [one for one in page.button if one.key == key]

    page = shown(OWNER, DEMO)
    named(page, "dismiss-start")[0].click().run()
    assert not page.exception
    assert not named(shown(OWNER, DEMO), "dismiss-start")
    assert named(shown("carl@example.com", "acme"), "dismiss-start")
    named(page, "undo-start")[0].click().run()
    assert named(page, "dismiss-start")
    assert named(shown(OWNER, DEMO), "dismiss-start")
