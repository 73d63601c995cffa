"""The page Admin: who gets which tab, what each does, and what never leaves it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.decode.redaction import RULES
from driftlock.model import Event
from driftlock.services import accounts_passwords
from driftlock.services.accounts_rows import SYSTEM, Member
from driftlock.services.api_keys_rows import ApiKey
from driftlock.ui import admin_keys, admin_log_files, admin_people, admin_settings, session
from driftlock_core.profiles import BALANCED
from tests.services.people import OWNER, member, owner
from tests.ui.conftest import ROOT
from tests.ui.pages import FORBIDDEN, button, rendered

ACME = "acme"
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def app(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """With a tenant, its owner and one of each other role."""
    monkeypatch.setenv("DRIFTLOCK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DRIFTLOCK_DEMO_DATA", "off")
    monkeypatch.setattr(accounts_passwords, "COST", 4)
    monkeypatch.setattr(session, "KEPT_SECONDS", 0.0)
    st.cache_resource.clear()
    st.cache_data.clear()
    opened = session.app()
    yield opened
    opened.close()
    st.cache_resource.clear()


@pytest.fixture
def acme(app: App) -> App:
    owner(app, ACME)
    for role in ("viewer", "auditor", "admin"):
        member(app, role, tenant=ACME)
    return app


def opened(app: App, email: str | None = OWNER, **address: str) -> AppTest:
    """The page as somebody of the tenant sees it, run; by itself, so that further runs stay on it."""
    page = AppTest.from_file(str(ROOT / "pages" / "admin.py"), default_timeout=60)
    for name, value in address.items():
        page.query_params[name] = value
    if email is not None:
        page.session_state["framed"] = True
        page.session_state[session.TOKEN] = app.sessions.open(
            app.accounts.named(ACME, email).user_id, address="192.0.2.1"
        )
    return page.run()


def pressed(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def audited(app: App, action: str) -> list[tuple[object, object]]:
    """Before and after of each record of an action, newest first."""
    return [(row.before, row.after) for row in app.audit.page(ACME, action=action).rows]


def plain(text: str) -> str:
    """As a reader sees it: without the strokes that keep Markdown from taking signs for its own."""
    return text.replace("\\", "")


def tabs(page: AppTest) -> list[str]:
    return [tab.label for tab in page.tabs]


ALL_TABS = ["People", "API keys", "Audit log", "Access log", "Retention", "Data", "Settings", "Tenant"]


def test_where_nobody_signs_in_it_says_so_and_how_that_ends(app: App) -> None:
    """The visitor of an open installation may none of it; no refusal is noted against everybody."""
    page = opened(app, None)
    assert not page.exception
    assert "Nobody has an account here" in rendered(page)
    assert [code.value for code in page.code] == ["driftlock users add --owner EMAIL"]
    assert not page.tabs
    assert app.accesses.page("demo", what="refused").total == 0


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        (OWNER, ALL_TABS),
        ("admin@example.com", ALL_TABS),
        ("auditor@example.com", ["Audit log", "Access log"]),
    ],
)
def test_a_role_gets_its_tabs(acme: App, email: str, expected: list[str]) -> None:
    page = opened(acme, email)
    assert not page.exception
    assert tabs(page) == expected


@pytest.mark.parametrize("tab", ALL_TABS)
def test_every_tab_opens_by_its_address_and_claims_nothing(acme: App, tab: str) -> None:
    page = opened(acme, tab=tab)
    assert not page.exception
    assert not page.error
    assert not any(word in rendered(page).lower() for word in FORBIDDEN)


def test_a_viewer_is_refused_and_that_is_noted(acme: App) -> None:
    page = opened(acme, "viewer@example.com")
    assert "needs the role auditor or admin; yours is viewer" in rendered(page)
    assert not page.tabs
    rows = acme.accesses.page(ACME, what="refused").rows
    assert [(row.role, row.object_id) for row in rows] == [("viewer", "admin")]


def test_an_auditor_is_refused_the_tabs_of_others_by_their_address(acme: App) -> None:
    page = opened(acme, "auditor@example.com", tab="API keys")
    assert not page.tabs
    rows = acme.accesses.page(ACME, what="refused").rows
    assert [(row.role, row.object_id) for row in rows] == [("auditor", "admin api keys")]
    seen = set()
    for tab in ("Audit log", "Access log"):
        page = opened(acme, "auditor@example.com", tab=tab)
        assert not page.exception
        seen |= {one.label for one in page.button}
    assert seen == {"Check chain"}


def test_somebody_is_asked_in_by_a_link_that_is_shown_once(acme: App) -> None:
    """The token is on the page of that one run, and nowhere after the next."""
    page = opened(acme, tab="People")
    page.text_input(key="invite-email").set_value("new@example.com")
    page.selectbox(key="invite-role").set_value("analyst")
    button(page, "Invite").click().run()
    assert not page.exception
    link = next(code.value for code in page.code)
    token = link.rpartition("token=")[2]
    assert acme.accounts.welcome(token).role == "analyst"
    assert "Nothing is mailed" in rendered(page)
    page.run()
    assert token not in rendered(page)
    assert not page.code
    assert token not in repr(page.session_state)
    invitation = acme.accounts.invitations(ACME)[0]
    pressed(page, f"withdraw-{invitation.id[:16]}")
    assert acme.accounts.invitations(ACME) == []


def test_what_is_no_address_is_said_and_invites_nobody(acme: App) -> None:
    page = opened(acme, tab="People")
    page.text_input(key="invite-email").set_value("nobody at all")
    button(page, "Invite").click().run()
    assert "no e\\-mail address" in page.error[0].value
    assert acme.accounts.invitations(ACME) == []


def test_a_role_is_changed_with_what_stood_before(acme: App) -> None:
    user = acme.accounts.named(ACME, "viewer@example.com").user_id
    page = opened(acme, tab="People")
    page.selectbox(key=f"role-{user}").set_value("operator").run()
    pressed(page, f"save-role-{user}")
    assert acme.accounts.member(ACME, user).role == "operator"
    assert audited(acme, "member.role") == [({"role": "viewer"}, {"role": "operator"})]
    assert "Viewer is operator now" in page.success[0].value


def test_the_last_owner_stays(acme: App) -> None:
    """In the words of the rule itself."""
    user = acme.accounts.named(ACME, OWNER).user_id
    page = opened(acme, tab="People")
    page.selectbox(key=f"role-{user}").set_value("viewer").run()
    pressed(page, f"save-role-{user}")
    assert "needs an owner" in page.error[0].value
    page.checkbox(key=f"sure-{user}").check().run()
    pressed(page, f"remove-{user}")
    assert acme.accounts.member(ACME, user).role == "owner"


def test_an_admin_is_not_offered_to_make_owners(acme: App) -> None:
    user = acme.accounts.named(ACME, "viewer@example.com").user_id
    page = opened(acme, "admin@example.com", tab="People")
    assert "owner" not in page.selectbox(key=f"role-{user}").options
    assert "owner" not in page.selectbox(key="invite-role").options


def test_disabled_enabled_removed(acme: App) -> None:
    user = acme.accounts.named(ACME, "viewer@example.com").user_id
    page = opened(acme, tab="People")
    pressed(page, f"disable-{user}")
    assert acme.accounts.member(ACME, user).state == "disabled"
    pressed(page, f"enable-{user}")
    assert acme.accounts.member(ACME, user).state == "active"
    assert page.button(key=f"remove-{user}").disabled
    page.checkbox(key=f"sure-{user}").check().run()
    pressed(page, f"remove-{user}")
    assert user not in acme.accounts.names(ACME)


def test_a_link_for_a_new_password_is_shown_once(acme: App) -> None:
    user = acme.accounts.named(ACME, "viewer@example.com").user_id
    page = opened(acme, tab="People")
    pressed(page, f"reset-{user}")
    assert "/auth/reset?token=" in page.code[0].value
    page.run()
    assert not page.code


def test_ten_thousand_members_are_found_by_what_is_typed_and_come_in_pages() -> None:
    """Nothing is drawn for those that are not on the page."""
    members = [
        Member(
            user_id=f"{number:032x}", email=f"p{number}@example.com", name=None,
            role="analyst" if number % 2 else "viewer", state="active", since=NOW, seen_at=None, locked_until=None,
            has_password=True,
        )
        for number in range(10_000)
    ]  # fmt: skip
    found = [one for one in members if admin_people.matches(one, " P999@ ", "all")]
    assert [one.email for one in found] == ["p999@example.com"]
    assert sum(admin_people.matches(one, "", "viewer") for one in members) == 5_000


def test_what_is_typed_to_find_people_or_keys_stays_out_of_the_address(acme: App) -> None:
    page = opened(acme, tab="People")
    page.text_input(key="find-people").set_value("viewer@example.com").run()
    assert "1 of them found" in rendered(page)
    assert "viewer" not in repr(page.query_params)
    page = opened(acme, tab="API keys", q="anything")
    assert not page.exception


def test_a_key_is_shown_once_then_masked(acme: App) -> None:
    """It works, and neither the next page, the session, the address nor the audit log holds its secret."""
    page = opened(acme, tab="API keys")
    page.text_input(key="key-name").set_value("Shipper")
    button(page, "Make the key").click().run()
    assert not page.exception
    made = page.code[0].value
    secret = made.rpartition(".")[2]
    assert acme.api_keys.verify(made, address="10.0.0.7") is not None
    page.run()
    key = acme.api_keys.all(ACME)[0]
    assert not page.code
    assert admin_keys.masked(key) in rendered(page)
    assert "used less than a minute ago from 10\\.0\\.0\\.7" in rendered(page)
    assert secret not in rendered(page)
    assert secret not in repr(page.session_state)
    assert secret not in repr(page.query_params)
    assert secret not in json.dumps(list(acme.audit.export(ACME)))


def test_a_key_without_a_name_is_refused_with_the_reason(acme: App) -> None:
    page = opened(acme, tab="API keys")
    button(page, "Make the key").click().run()
    assert "1 to 80 characters" in page.error[0].value
    assert acme.api_keys.all(ACME) == []


def test_a_key_is_rotated_and_the_old_one_lives_on(acme: App) -> None:
    old = acme.api_keys.make(ACME, name="Shipper", role="stream", by=SYSTEM)
    page = opened(acme, tab="API keys")
    pressed(page, f"rotate-go-{old.id}")
    made = page.code[0].value
    assert made != old.key
    assert acme.api_keys.verify(made, address=None)
    assert acme.api_keys.verify(old.key, address=None)


def test_revoking_says_its_effect_first(acme: App) -> None:
    made = acme.api_keys.make(ACME, name="Shipper", role="stream", by=SYSTEM)
    page = opened(acme, tab="API keys")
    assert "Never used. Whoever sends it is refused from the next request on" in rendered(page)
    pressed(page, f"revoke-go-{made.id}")
    assert acme.api_keys.verify(made.key, address=None) is None
    assert "Revoked: Shipper" in plain(page.success[0].value)
    assert f"rotate-go-{made.id}" not in [one.key for one in page.button]


def test_how_a_key_ended_and_was_used_in_words() -> None:
    key = ApiKey(
        id="1c1f7b1e000040008000000000000000", name="x", role="viewer", stream_id=None, hint="ab3d", by="u",
        created_at=NOW, expires_at=NOW + timedelta(days=1), used_at=NOW, used_from="10.0.0.7", revoked_at=None,
        replaces=None,
    )  # fmt: skip
    assert admin_keys.used(key, NOW + timedelta(minutes=3)) == "used 3 min ago from 10.0.0.7"
    assert admin_keys.over(key, NOW) is None
    assert admin_keys.over(key, NOW + timedelta(days=1)) == "expired"


def test_the_chain_is_checked_and_a_changed_record_is_named(acme: App) -> None:
    for days in (10, 20, 30):
        session_desk(acme).tenant_settings.retention(ACME, days=days, by="x")
    page = opened(acme, tab="Audit log")
    button(page, "Check chain").click().run()
    total = acme.audit.page(ACME).total
    assert f"{total} records, unbroken; head " in page.success[0].value.replace("\\", "")
    frame = page.dataframe[0].value
    assert list(frame["No."]) == list(range(total, 0, -1))
    assert frame["Before → after"][0] == "retention_days: 20 → 30"


def session_desk(app: App) -> App:
    from driftlock.services.acting import Actor

    return app.acting(Actor(tenant=ACME, user=app.accounts.named(ACME, OWNER).user_id, role="owner"))


def test_the_audit_log_is_filtered_by_what_the_address_says(acme: App) -> None:
    """A word without a dot stands for all actions that begin with it; what is none is nothing."""
    desk = session_desk(acme)
    desk.tenant_settings.retention(ACME, days=10, by="x")
    desk.api_keys.make(ACME, name="k", role="viewer", by="x")
    page = opened(acme, tab="Audit log", q="key")
    assert set(page.dataframe[0].value["Action"]) == {"key.make"}
    page.selectbox(key="audit-action").set_value("settings.retention").run()
    assert set(page.dataframe[0].value["Action"]) == {"settings.retention"}
    assert "settings.retention" in page.query_params["q"]
    page = opened(acme, tab="Audit log", q="dlk_secret")
    assert not page.exception
    assert page.selectbox(key="audit-action").value == "all"


def test_both_logs_as_files_hold_what_is_kept(acme: App) -> None:
    """The rows of the audit log as they are hashed, oldest first, so that anybody can follow the chain."""
    desk = session_desk(acme)
    for days in range(1, 8):
        desk.tenant_settings.retention(ACME, days=days, by="x")
    desk.accesses.exported(ACME, "log", "audit_log")
    lines = admin_log_files._audit_ndjson(ACME, desk).splitlines()
    assert [json.loads(line) for line in lines] == list(acme.audit.export(ACME))
    assert admin_log_files._audit_csv(ACME, desk).count(b"\n") == len(lines) + 1
    header, first = admin_log_files._audit_csv(ACME, desk).decode().splitlines()[:2]
    assert header.split(",")[:5] == ["at", "tenant", "seq", "at_us", "actor"]
    assert first.split(",")[1:3] == [ACME, "1"]
    exported = admin_log_files._access_ndjson(ACME, desk).splitlines()
    assert json.loads(exported[0])["object_id"] == "audit_log"
    assert admin_log_files._access_csv(ACME, desk).count(b"\n") == len(exported) + 1


def test_the_access_log_shows_who_was_refused_what(acme: App) -> None:
    opened(acme, "viewer@example.com")
    page = opened(acme, tab="Access log", q="refused")
    frame = page.dataframe[0].value
    assert (frame["Who"][0], frame["What"][0], frame["Id"][0]) == ("Viewer", "refused", "admin")


def test_days_of_the_tenant_are_set_and_what_they_remove_is_counted(acme: App) -> None:
    stream = acme.create_stream(ACME, name="orders", kind="logs", profile=BALANCED.with_sizes(20))
    page = opened(acme, tab="Retention")
    assert "it sets no days" in rendered(page)
    page.number_input(key="tenant-days-value").set_value(30)
    button(page, "Keep these days").click().run()
    assert not page.exception
    assert acme.tenant_settings.get(ACME).retention_days == 30
    assert audited(acme, "settings.retention") == [({"retention_days": None}, {"retention_days": 30})]
    del stream


def test_a_stream_is_deleted_after_its_name_is_typed(acme: App) -> None:
    stream = acme.create_stream(ACME, name="orders", kind="logs", profile=BALANCED.with_sizes(20))
    acme.receive(ACME, stream, [Event(b"a line", "logs", b"1", None, None)])
    page = opened(acme, tab="Data")
    page.selectbox(key="delete-stream").set_value(stream).run()
    assert "This would go: 1 detector states, 1 events" in plain(rendered(page))
    assert page.button(key="delete-stream-go").disabled
    page.text_input(key="delete-stream-typed").set_value("orders").run()
    pressed(page, "delete-stream-go")
    assert acme.overview.streams(ACME) == []
    assert "Deleted: 1 events" in plain(page.success[0].value)


def test_one_persons_data_are_taken_out_and_the_term_is_nowhere(acme: App) -> None:
    """Neither in the address, nor in the audit log, nor in the page after it."""
    term = "customer-canary-7781"
    stream = acme.create_stream(ACME, name="orders", kind="logs", profile=BALANCED.with_sizes(20))
    events = [Event(f"order {n} of {term}".encode(), "logs", bytes([n]), None, None) for n in range(3)]
    acme.receive(ACME, stream, [*events, Event(b"another line", "logs", b"x", None, None)])
    page = opened(acme, tab="Data")
    page.text_area(key="person-terms").set_value(term)
    button(page, "Search").click().run()
    assert "orders: 3 events" in rendered(page)
    page.text_input(key="person-word").set_value("delete").run()
    pressed(page, "person-go")
    assert "Taken out: 3 events" in plain(page.success[0].value)
    assert term not in rendered(page)
    assert term not in repr(page.query_params)
    assert term not in json.dumps(list(acme.audit.export(ACME)))
    assert acme.forgetting.find_person(ACME, [term]).events == 0


def test_too_short_a_term_is_refused(acme: App) -> None:
    page = opened(acme, tab="Data")
    page.text_area(key="person-terms").set_value("ab")
    button(page, "Search").click().run()
    assert "at least 4 characters" in page.error[0].value


def test_the_tenant_is_deleted_after_its_name_is_typed(acme: App) -> None:
    page = opened(acme, tab="Data")
    assert page.button(key="delete-tenant-go").disabled
    page.text_input(key="delete-tenant-typed").set_value("Acme").run()
    page.button(key="delete-tenant-go").click().run()
    with pytest.raises(Exception, match="no tenant"):
        acme.tenants.get(ACME)


def test_the_time_zone_is_that_of_this_page(acme: App) -> None:
    page = opened(acme, tab="Settings")
    page.selectbox(key="settings-zone").set_value("Europe/Berlin")
    button(page, "Keep the time zone").click().run()
    assert not page.exception
    assert audited(acme, "settings.time_zone") == [({"time_zone": None}, {"time_zone": "Europe/Berlin"})]
    page = opened(acme, tab="Audit log")
    assert "Time (Europe/Berlin)" in page.dataframe[0].value.columns


def test_a_colour_that_cannot_be_read_is_refused_with_its_contrast(acme: App) -> None:
    page = opened(acme, tab="Settings")
    page.color_picker(key="settings-accent").set_value("#888888")
    page.checkbox(key="settings-own-colour").uncheck()
    button(page, "Keep name and colour").click().run()
    assert "contrast of 3.54 to 1" in page.error[0].value.replace("\\", "")
    assert acme.tenant_settings.get(ACME).accent is None
    page.color_picker(key="settings-accent").set_value("#7A1F5C")
    page.checkbox(key="settings-own-colour").uncheck()
    page.text_input(key="settings-name").set_value("Northwind Watch")
    button(page, "Keep name and colour").click().run()
    held = acme.tenant_settings.get(ACME)
    assert (held.product_name, held.accent) == ("Northwind Watch", "#7A1F5C")
    assert audited(acme, "settings.look") == [
        ({"product_name": None, "accent": None}, {"product_name": "Northwind Watch", "accent": "#7A1F5C"})
    ]


def test_rules_of_redaction_hold_for_streams_without_their_own(acme: App) -> None:
    assert set(admin_settings.TAKES) == set(RULES)
    page = opened(acme, tab="Settings")
    page.checkbox(key="settings-phones").uncheck()
    page.text_input(key="settings-fields").set_value("customer_ref")
    button(page, "Keep these rules").click().run()
    assert not page.exception
    stream = acme.create_stream(ACME, name="orders", kind="logs", profile=BALANCED.with_sizes(20))
    acme.receive(
        ACME,
        stream,
        [
            Event(
                b'{"customer_ref":"A-1","to":"+14155550173","mail":"x@example.com"}', "logs", b"1", None, None
            )
        ],
    )
    kept = acme._store.events.after(ACME, stream, 0, 1)[0].payload
    assert kept == b'{"customer_ref":"<personal>","to":"+14155550173","mail":"<email>"}'


def test_the_tenant_is_renamed(acme: App) -> None:
    page = opened(acme, tab="Tenant")
    page.text_input(key="tenant-name").set_value("Acme North")
    button(page, "Rename").click().run()
    assert acme.tenants.get(ACME).name == "Acme North"


def test_nothing_of_another_tenant_is_shown(acme: App) -> None:
    owner(acme, "other", "carl@example.com")
    acme.api_keys.make("other", name="foreign-key", role="viewer", by=SYSTEM)
    for tab in ALL_TABS:
        text = rendered(opened(acme, tab=tab))
        assert "carl@example.com" not in text.replace("\\", "")
        assert "foreign-key" not in text.replace("\\", "")
