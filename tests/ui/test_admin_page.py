"""The page Admin: who gets which tab, people and keys, and what never leaves it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from driftlock.bootstrap import App
from driftlock.services.accounts_rows import SYSTEM, Member
from driftlock.services.api_keys_rows import ApiKey
from driftlock.ui import admin_keys, admin_people
from tests.services.people import OWNER
from tests.ui.admin import (
    ACME,
    ALL_TABS,
    application,
    audited,
    opened,
    plain,
    pressed,
    tabs,
    with_people,
)
from tests.ui.pages import FORBIDDEN, button, rendered

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with application(tmp_path / "home") as opened_app:
        yield opened_app


@pytest.fixture
def acme(app: App) -> App:
    return with_people(app)


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
    """The token is on the page until it is passed on, whatever else is drawn, and nowhere afterwards."""
    page = opened(acme, tab="People")
    page.text_input(key="invite-email").set_value("new@example.com")
    page.selectbox(key="invite-role").set_value("analyst")
    button(page, "Invite").click().run()
    assert not page.exception
    link = next(code.value for code in page.code)
    token = link.rpartition("token=")[2]
    assert acme.accounts.welcome(token).role == "analyst"
    assert "Nothing is mailed" in rendered(page)
    assert next(code.value for code in page.run().code) == link
    pressed(page, "passed-on")
    assert token not in rendered(page)
    assert not page.code
    assert page.text_input(key="invite-email").value == ""
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
    pressed(page, "passed-on")
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
    """It works; once it is stored, neither page, session, address nor audit log holds its secret."""
    page = opened(acme, tab="API keys")
    page.text_input(key="key-name").set_value("Shipper")
    button(page, "Make the key").click().run()
    assert not page.exception
    made = page.code[0].value
    secret = made.rpartition(".")[2]
    assert acme.api_keys.verify(made, address="10.0.0.7") is not None
    pressed(page, "stored-it")
    key = acme.api_keys.all(ACME)[0]
    assert not page.code
    assert admin_keys.masked(key) in rendered(page)
    assert "used less than a minute ago from 10\\.0\\.0\\.7" in rendered(page)
    assert secret not in rendered(page)
    assert secret not in repr(page.session_state)
    assert secret not in repr(page.query_params)
    assert secret not in json.dumps(list(acme.audit.export(ACME)))


def test_a_key_stands_there_until_it_is_stored_and_is_made_once(acme: App) -> None:
    """Neither another run takes it away nor the second click of a double click, which makes no other."""
    page = opened(acme, tab="API keys")
    page.text_input(key="key-name").set_value("Shipper")
    button(page, "Make the key").click().run()
    made = page.code[0].value
    assert page.run().code[0].value == made
    button(page, "Make the key").click().run()
    assert page.code[0].value == made
    assert len(acme.api_keys.all(ACME)) == 1


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
