"""People and tenants: who may invite, lower, disable and remove whom, on both databases."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from driftlock.bootstrap import App
from driftlock.errors import NotFound
from driftlock.model import DEMO, ROLES
from driftlock.services import accounts_passwords
from driftlock.services.accounts_rows import SYSTEM, Refused
from driftlock.services.sign_in import SignInFailed
from driftlock.storage.connect import reading
from tests.services.people import DATABASES, OTHER_ROAD, OWNER, ROAD, member, opened_on, owner


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen rounds instead of 4,096: what is tested here is who, not how long."""
    monkeypatch.setattr(accounts_passwords, "COST", 4)


@pytest.fixture(params=DATABASES)
def app(request, tmp_path, clock) -> Iterator[App]:
    yield from opened_on(request.param, request, tmp_path, clock)


def test_without_an_account_nobody_has_to_sign_in(app):
    assert not app.signing_in
    owner(app)
    assert app.signing_in


def test_an_invitation_is_answered_once(app):
    boss = owner(app)
    link = app.accounts.invite(DEMO, email="Bob@Example.com", role="analyst", by=boss)
    assert app.accounts.welcome(link.token).email == "bob@example.com"
    bob = app.accounts.accept(link.token, name="Bob", password=ROAD)
    assert app.accounts.member(DEMO, bob).role == "analyst"
    with pytest.raises(NotFound):
        app.accounts.accept(link.token, name="Eve", password=ROAD)


def test_an_invitation_ends_after_seven_days(app, clock):
    owner(app)
    link = app.accounts.invite(DEMO, email="bob@example.com", role="viewer", by=SYSTEM)
    clock.advance(days=7, seconds=-1)
    assert app.accounts.invitations(DEMO)
    clock.advance(seconds=1)
    assert not app.accounts.invitations(DEMO)
    with pytest.raises(NotFound):
        app.accounts.welcome(link.token)


def test_a_withdrawn_and_a_replaced_invitation_let_nobody_in(app):
    boss = owner(app)
    first = app.accounts.invite(DEMO, email="bob@example.com", role="viewer", by=boss)
    second = app.accounts.invite(DEMO, email="bob@example.com", role="viewer", by=boss)
    app.accounts.withdraw(DEMO, app.accounts.invitations(DEMO)[0].id, by=boss)
    for link in (first, second):
        with pytest.raises(NotFound):
            app.accounts.welcome(link.token)


def test_no_token_and_no_password_is_stored(app):
    link = app.accounts.invite(DEMO, email="bob@example.com", role="viewer", by=owner(app))
    session = app.sessions.open(app.accounts.named(DEMO, OWNER).user_id, address=None)
    key = app.api_keys.make(DEMO, name="web", role="stream", by=SYSTEM).key
    with reading(app._store.engine, DEMO) as connection:
        held = "".join(
            str(tuple(row))
            for table in ("users", "sessions", "invitations", "api_keys", "audit_log")
            for row in connection.execute(sa.text(f"SELECT * FROM {table}"))
        )
    assert OWNER in held
    for secret in (link.token, session, key, key.partition(".")[2], ROAD):
        assert secret not in held


def test_who_has_an_account_joins_a_second_tenant_with_it(app):
    """The invitation of one tenant never sets a new password for the account of another."""
    ann = owner(app)
    owner(app, "acme", "carl@example.com")
    link = app.accounts.invite("acme", email=OWNER, role="auditor", by=SYSTEM)
    assert app.accounts.welcome(link.token).known
    with pytest.raises(NotFound):
        app.accounts.accept(link.token, name="Eve", password=OTHER_ROAD)
    person = app.sign_in.person(OWNER, ROAD, address=None)
    app.accounts.join(link.token, person)
    assert app.sessions.check(app.sessions.open(ann, address=None)).roles == {
        DEMO: "owner",
        "acme": "auditor",
    }


def test_a_link_of_somebody_else_is_not_joined(app):
    owner(app)
    member(app, "viewer")
    link = app.accounts.invite(DEMO, email="carl@example.com", role="admin", by=SYSTEM)
    eve = app.sign_in.person("viewer@example.com", ROAD, address=None)
    with pytest.raises(NotFound):
        app.accounts.join(link.token, eve)


def test_the_last_owner_stays(app):
    boss = owner(app)
    admin = member(app, "admin")
    for act in (
        lambda: app.accounts.change_role(DEMO, boss, "admin", by=boss),
        lambda: app.accounts.remove_member(DEMO, boss, by=boss),
        lambda: app.accounts.disable_member(DEMO, boss, by=SYSTEM),
        lambda: app.accounts.forget_member(DEMO, boss, by=boss),
    ):
        with pytest.raises(Refused, match="owner"):
            act()
    app.accounts.change_role(DEMO, admin, "owner", by=boss)
    app.accounts.change_role(DEMO, boss, "viewer", by=boss)
    assert {each.user_id: each.role for each in app.accounts.members(DEMO)} == {
        boss: "viewer",
        admin: "owner",
    }


def test_the_last_admin_of_a_tenant_without_owner_stays(app):
    app.tenants.add("acme", "Acme", by=SYSTEM)
    admin = member(app, "admin", tenant="acme")
    with pytest.raises(Refused, match="manages"):
        app.accounts.change_role("acme", admin, "viewer", by=admin)
    second = member(app, "admin", tenant="acme", email="second@example.com")
    app.accounts.disable_member("acme", second, by=admin)
    with pytest.raises(Refused, match="manages"):
        app.accounts.change_role("acme", admin, "viewer", by=admin)


def test_an_admin_makes_no_owner_and_lowers_none(app):
    boss = owner(app)
    admin = member(app, "admin")
    with pytest.raises(Refused, match="Only an owner"):
        app.accounts.invite(DEMO, email="x@example.com", role="owner", by=admin)
    for act in (app.accounts.remove_member, app.accounts.disable_member, app.accounts.reset_link):
        with pytest.raises(Refused, match="Only an owner"):
            act(DEMO, boss, by=admin)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("admin", "owner")])
def test_who_manages_nothing_changes_nobody(app, role):
    owner(app)
    someone = member(app, role)
    for act in (
        lambda: app.accounts.invite(DEMO, email="x@example.com", role="viewer", by=someone),
        lambda: app.accounts.change_role(DEMO, someone, "admin", by=someone),
        lambda: app.accounts.reset_link(DEMO, someone, by=someone),
    ):
        with pytest.raises(Refused, match="admin or an owner"):
            act()


def test_nobody_of_another_tenant_is_found(app):
    """A foreign id answers as an unknown one, for every verb."""
    boss = owner(app)
    stranger = owner(app, "acme", "carl@example.com")
    key = app.api_keys.make("acme", name="k", role="stream", by=SYSTEM).id
    app.accounts.invite("acme", email="x@example.com", role="viewer", by=stranger)
    invitation = app.accounts.invitations("acme")[0].id

    def answers(person: str) -> list[str]:
        said = []
        for act in (
            lambda: app.accounts.member(DEMO, person),
            lambda: app.accounts.change_role(DEMO, person, "viewer", by=boss),
            lambda: app.accounts.remove_member(DEMO, person, by=boss),
            lambda: app.accounts.disable_member(DEMO, person, by=boss),
            lambda: app.accounts.enable_member(DEMO, person, by=boss),
            lambda: app.accounts.reset_link(DEMO, person, by=boss),
            lambda: app.accounts.forget_member(DEMO, person, by=boss),
        ):
            with pytest.raises(NotFound) as raised:
                act()
            said.append(str(raised.value))
        return said

    assert answers(stranger) == answers("0" * 32)
    for act in (
        lambda: app.accounts.withdraw(DEMO, invitation, by=boss),
        lambda: app.api_keys.revoke(DEMO, key, by=boss),
        lambda: app.api_keys.rotate(DEMO, key, by=boss),
    ):
        with pytest.raises(NotFound):
            act()
    assert app.accounts.member("acme", stranger).role == "owner"
    assert app.api_keys.all(DEMO) == []


def test_an_account_of_two_tenants_is_not_one_tenants_to_decide_over(app):
    """An admin of one tenant could otherwise set the password of a person, and read the other tenant."""
    ann = owner(app)
    carl = owner(app, "acme", "carl@example.com")
    link = app.accounts.invite("acme", email=OWNER, role="viewer", by=carl)
    app.accounts.join(link.token, app.sign_in.person(OWNER, ROAD, address=None))
    for act in (app.accounts.reset_link, app.accounts.disable_member, app.accounts.forget_member):
        with pytest.raises(Refused, match="not of this tenant alone"):
            act("acme", ann, by=carl)
    app.accounts.remove_member("acme", ann, by=carl)
    assert app.accounts.member(DEMO, ann).state == "active"


def test_a_person_who_is_disabled_or_removed_is_out_at_once(app):
    boss = owner(app)
    for act in (app.accounts.disable_member, app.accounts.remove_member):
        someone = member(app, "analyst", email=f"{act.__name__}@example.com")
        token = app.sessions.open(someone, address=None)
        assert app.sessions.check(token) is not None
        act(DEMO, someone, by=boss)
        assert app.sessions.check(token) is None


def test_a_new_password_ends_every_session_and_the_old_password(app):
    boss = owner(app)
    bob = member(app, "analyst", email="bob@example.com")
    token = app.sessions.open(bob, address=None)
    link = app.accounts.reset_link(DEMO, bob, by=boss)
    app.accounts.reset(link.token, password=OTHER_ROAD)
    assert app.sessions.check(token) is None
    assert app.sign_in.person("bob@example.com", OTHER_ROAD, address=None).id == bob
    with pytest.raises(NotFound):
        app.accounts.reset(link.token, password=ROAD)


def test_of_a_forgotten_person_the_id_is_all_that_stays(app):
    boss = owner(app)
    bob = member(app, "analyst", email="bob@example.com", by=boss)
    app.sessions.open(bob, address="192.0.2.7")
    assert app.accounts.forget_member(DEMO, bob, by=boss) >= 4
    with reading(app._store.engine, DEMO) as connection:
        row = connection.execute(sa.text("SELECT * FROM users WHERE id = :id"), {"id": bob}).mappings().one()
        sessions = connection.scalar(sa.text("SELECT count(*) FROM sessions"))
    assert {name: row[name] for name in ("email", "name", "password", "subject")} == dict.fromkeys(
        ("email", "name", "password", "subject")
    )
    assert sessions == 0
    assert [each.user_id for each in app.accounts.members(DEMO)] == [boss]
    member(app, "viewer", email="bob@example.com")  # may be invited again, as somebody new


def test_a_suspended_tenant_lets_nobody_in(app):
    token = app.sessions.open(owner(app), address=None)
    key = app.api_keys.make(DEMO, name="k", role="stream", by=SYSTEM).key
    app.tenants.suspend(DEMO, by=SYSTEM)
    assert app.sessions.check(token) is None
    assert app.api_keys.verify(key, address=None) is None
    app.tenants.resume(DEMO, by=SYSTEM)
    assert app.sessions.check(token).roles == {DEMO: "owner"}
    assert app.api_keys.verify(key, address=None) is not None


def test_a_removed_tenants_id_is_never_given_again(app):
    app.tenants.add("acme", "Acme", by=SYSTEM)
    app.tenants.remove("acme", by=SYSTEM)
    with pytest.raises(Refused, match="or was one"):
        app.tenants.add("acme", "Acme again", by=SYSTEM)
    with pytest.raises(NotFound):
        app.tenants.get("acme")


@pytest.mark.parametrize("wrong", ["Acme", "-acme", "a" * 49, "a_b", "", "visit-1", "ä", "*", "../x"])
def test_a_tenants_id_is_checked(app, wrong):
    with pytest.raises(Refused):
        app.tenants.add(wrong, "Acme", by=SYSTEM)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("short", "at least 12"),
        ("ä" * 37, "72 bytes"),
        ("ann@example.com", "e-mail"),
        ("ANN@example.com", "e-mail"),
        ("Password1234", "first passwords"),
        ("aaaaaaaaaaaab", "first passwords"),
        (" a road nobody takes", "white space"),
        ("ｐａｓｓｗｏｒｄ１２３４", "first passwords"),  # the same characters, wide
    ],
)
def test_a_password_that_is_no_good_is_refused_with_the_rule(app, wrong, said):
    with pytest.raises(Refused, match=said):
        app.accounts.first(DEMO, email=OWNER, name="Ann", password=wrong, role="owner")


def test_the_same_characters_composed_differently_are_the_same_password(app):
    owner(app)
    link = app.accounts.reset_link(DEMO, app.accounts.named(DEMO, OWNER).user_id, by=SYSTEM)
    app.accounts.reset(link.token, password="cafe\u0301 at the corner")
    assert app.sign_in.person(OWNER, "caf\u00e9 at the corner", address=None).email == OWNER


def test_an_answer_that_fails_leaves_the_invitation_open(app, monkeypatch):
    """One transaction: the link is used where somebody has become a member, and nowhere else."""
    boss = owner(app)
    link = app.accounts.invite(DEMO, email="bob@example.com", role="viewer", by=boss)
    app.tenants.add("acme", "Acme", by=SYSTEM)
    app.accounts.first("acme", email="bob@example.com", name="Bob", password=ROAD, role="viewer")
    with monkeypatch.context() as patch:
        patch.setattr(type(app.accounts._table), "by_email", lambda *_: None)  # made a moment later
        with pytest.raises(Refused, match="There is an account"):
            app.accounts.accept(link.token, name="Bob", password=OTHER_ROAD)
    assert app.accounts.welcome(link.token).known
    bob = app.sign_in.person("bob@example.com", ROAD, address=None)
    app.accounts.join(link.token, bob)
    with pytest.raises(NotFound):
        app.accounts.join(link.token, bob)


def test_who_has_just_come_in_by_a_link_was_seen(app, clock):
    bob = member(app, "viewer", by=owner(app))
    assert app.accounts.member(DEMO, bob).seen_at is None
    app.sessions.open(bob, address=None)
    assert app.accounts.member(DEMO, bob).seen_at == clock.now()


def test_an_identity_provider_brings_in_nobody_who_was_not_invited(app):
    owner(app)
    assert app.accounts.matched(subject="s-1", email="eve@example.com", name="Eve") is None
    app.accounts.invite(DEMO, email="bob@example.com", role="analyst", by=SYSTEM)
    bob = app.accounts.matched(subject="s-2", email="Bob@example.com", name="Bob")
    assert app.accounts.member(DEMO, bob.id).role == "analyst"
    assert not app.accounts.member(DEMO, bob.id).has_password
    # From then on by what the provider calls the person, whatever the address becomes.
    assert app.accounts.matched(subject="s-2", email="robert@example.com", name=None).id == bob.id
    app.accounts.disable_member(DEMO, bob.id, by=SYSTEM)
    assert app.accounts.matched(subject="s-2", email="bob@example.com", name=None) is None


def test_an_invitation_sets_no_password_for_an_account_of_the_identity_provider(app):
    """Whoever invites sees the link: with it the admin of one tenant would sign in as the owner of another."""
    owner(app)
    eve = owner(app, "acme", "eve@example.com")
    app.accounts.invite(DEMO, email="bob@example.com", role="owner", by=SYSTEM)
    bob = app.accounts.matched(subject="s-1", email="bob@example.com", name="Bob")
    link = app.accounts.invite("acme", email="bob@example.com", role="viewer", by=eve)
    with pytest.raises(NotFound, match="identity provider"):
        app.accounts.welcome(link.token)
    with pytest.raises(NotFound):
        app.accounts.accept(link.token, name="Bob", password=OTHER_ROAD)
    with pytest.raises(SignInFailed):
        app.sign_in.person("bob@example.com", OTHER_ROAD, address=None)
    # Bob answers it himself, by signing in there.
    assert app.accounts.matched(subject="s-1", email="bob@example.com", name="Bob").id == bob.id
    assert app.accounts.member("acme", bob.id).role == "viewer"


def test_who_took_an_address_first_loses_it_to_whom_the_identity_provider_vouches_for(app):
    owner(app)
    eve = owner(app, "acme", "eve@example.com")
    squatted = member(app, "viewer", tenant="acme", email="bob@example.com", by=eve)
    session = app.sessions.open(squatted, address=None)
    app.accounts.invite(DEMO, email="bob@example.com", role="owner", by=SYSTEM)
    bob = app.accounts.matched(subject="s-1", email="bob@example.com", name="Bob")
    assert app.accounts.member(DEMO, bob.id).role == "owner"
    assert app.sessions.check(session) is None
    with pytest.raises(SignInFailed):
        app.sign_in.person("bob@example.com", ROAD, address=None)


def test_who_comes_in_stands_in_the_audit_log(app):
    boss = owner(app)
    bob = member(app, "analyst", by=boss)
    arrived = [row for row in app.audit.export(DEMO) if row["action"] == "member.arrive"]
    assert [(row["actor"], row["after"]["role"]) for row in arrived] == [(boss, "owner"), (bob, "analyst")]
    assert app.audit.check(DEMO).unbroken


def test_of_two_owners_who_lower_each_other_at_once_one_stays(app):
    ann = owner(app)
    carl = member(app, "owner", email="carl@example.com")
    barrier, refused = threading.Barrier(2), []

    def lower(by: str, whom: str) -> None:
        barrier.wait()
        try:
            app.accounts.change_role(DEMO, whom, "viewer", by=by)
        except Refused as error:
            refused.append(str(error))

    for _ in range(5):
        threads = [threading.Thread(target=lower, args=pair) for pair in ((ann, carl), (carl, ann))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        roles = {one.user_id: one.role for one in app.accounts.members(DEMO)}
        assert list(roles.values()).count("owner") == 1
        assert len(refused) == 1
        refused.clear()
        app.accounts.change_role(
            DEMO, next(one for one, role in roles.items() if role != "owner"), "owner", by=SYSTEM
        )
