"""Signing in: the same answer for a wrong password and for nobody, a wait that grows, sessions that end."""

import statistics
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from driftlock.bootstrap import App
from driftlock.model import DEMO
from driftlock.services import accounts_passwords, sign_in
from driftlock.services.accounts_rows import SYSTEM
from driftlock.services.sign_in import FREE_TRIES, NOWHERE, SignInFailed
from driftlock.services.sign_in_attempts import Attempts
from tests.services.people import DATABASES, OWNER, ROAD, member, opened_on, owner


@pytest.fixture(params=DATABASES)
def app(request, tmp_path, clock) -> Iterator[App]:
    yield from opened_on(request.param, request, tmp_path, clock)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen rounds instead of 4,096."""
    monkeypatch.setattr(accounts_passwords, "COST", 4)


def refused(app, email: str, password: str = "not the password", address: str | None = "192.0.2.1") -> str:
    with pytest.raises(SignInFailed) as raised:
        app.sign_in.sign_in(email, password, address=address)
    return str(raised.value)


def test_the_right_password_opens_a_session(app):
    ann = owner(app)
    token = app.sign_in.sign_in(" ANN@example.com ", ROAD, address="192.0.2.1")
    found = app.sessions.check(token)
    assert (found.user_id, found.roles, found.address) == (ann, {DEMO: "owner"}, "192.0.2.1")


def test_nobody_and_a_wrong_password_are_told_the_same_try_after_try(app, clock):
    """Also the waits: how often one may try tells nothing either."""
    owner(app)
    for _ in range(2 * FREE_TRIES):
        assert refused(app, OWNER) == refused(app, "nobody@example.com", address="192.0.2.2")
        clock.advance(seconds=7)


def test_nobody_takes_as_long_as_a_wrong_password(app, monkeypatch):
    """Medians of nine tries with 256 rounds differ by less than a third of the hash; of the processor, which others use too."""
    monkeypatch.setattr(accounts_passwords, "COST", 8)
    monkeypatch.setattr(sign_in, "FREE_TRIES", 1_000)
    owner(app)

    def seconds(email: str) -> float:
        begun = time.thread_time()
        refused(app, email, address=None)
        return time.thread_time() - begun

    refused(app, "warm@example.com")
    known, unknown = zip(*((seconds(OWNER), seconds("nobody@example.com")) for _ in range(9)), strict=True)
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.67 < ratio < 1.5


def test_the_wait_grows_and_is_told(app, clock):
    owner(app)
    for _ in range(FREE_TRIES - 1):
        assert refused(app, OWNER).endswith("Try again.")
    assert refused(app, OWNER).endswith("Try again in 30 s.")
    assert refused(app, OWNER, ROAD).endswith("Try again in 30 s.")  # the right one has to wait too
    clock.advance(seconds=31)
    assert refused(app, OWNER).endswith("Try again in 60 s.")
    clock.advance(seconds=61)
    app.sign_in.sign_in(OWNER, ROAD, address="192.0.2.1")
    assert refused(app, OWNER).endswith("Try again.")  # counted from the beginning


def test_a_hundred_tries_at_once_are_a_hundred_tries(app):
    """A try counts before it is known, so that parallel guesses do not slip past the wait."""
    owner(app)
    barrier = threading.Barrier(20)
    said: list[str] = []

    def guess(number: int) -> None:
        barrier.wait()
        said.append(refused(app, OWNER, address=f"192.0.2.{number}"))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(text.startswith("E-mail and password") for text in said) == FREE_TRIES


def test_one_address_may_not_try_all_accounts(app):
    owner(app)
    for number in range(sign_in.BY_ADDRESS):
        refused(app, f"person-{number}@example.com", address="198.51.100.9")
    assert refused(app, OWNER, ROAD, address="198.51.100.9").startswith("Too many failed tries")
    assert app.sign_in.sign_in(OWNER, ROAD, address="198.51.100.10")


def test_one_connection_has_many_addresses_of_ipv6_and_one_count(app):
    owner(app)
    for number in range(sign_in.BY_ADDRESS):
        refused(app, f"person-{number}@example.com", address=f"2001:db8:0:1::{number:x}")
    assert refused(app, OWNER, ROAD, address="2001:db8:0:1:ffff::1").startswith("Too many failed tries")
    assert app.sign_in.sign_in(OWNER, ROAD, address="2001:db8:0:2::1")


def test_who_belongs_nowhere_is_told_so(app):
    """Else the sign-in page would come again without a word."""
    boss = owner(app)
    bob = member(app, "viewer", by=boss)
    app.accounts.remove_member(DEMO, bob, by=boss)
    assert refused(app, "viewer@example.com", ROAD) == NOWHERE


def test_failures_are_remembered_for_their_time_and_in_bounded_memory(monkeypatch):
    now = [0.0]
    attempts = Attempts(allowed=2, seconds=10, now=lambda: now[0])
    assert [attempts.take("a") for _ in range(3)] == [0, 0, 10]
    now[0] = 4.0
    assert attempts.take("a") == 6
    now[0] = 10.0
    assert attempts.take("a") == 0
    monkeypatch.setattr("driftlock.services.sign_in_attempts.MOST_REMEMBERED", 3)
    for name in "bcdefg":
        attempts.take(name)
    assert len(attempts._failed) == 3


def test_a_session_ends_when_unused_and_in_any_case(app, clock):
    owner(app)
    token = app.sign_in.sign_in(OWNER, ROAD, address=None)
    clock.advance(hours=11)
    assert app.sessions.check(token) is not None
    clock.advance(hours=11)
    assert app.sessions.check(token) is not None  # it was used in between
    clock.advance(hours=12)
    assert app.sessions.check(token) is None
    token = app.sign_in.sign_in(OWNER, ROAD, address=None)
    for _ in range(7 * 4 - 1):
        clock.advance(hours=6)
        assert app.sessions.check(token) is not None
    clock.advance(hours=6)
    assert app.sessions.check(token) is None


def test_signing_in_gives_another_token_and_ends_the_old_one(app):
    owner(app)
    first = app.sign_in.sign_in(OWNER, ROAD, address=None)
    second = app.sign_in.sign_in(OWNER, ROAD, address=None, replaces=first)
    assert first != second
    assert app.sessions.check(first) is None
    assert app.sessions.check(second) is not None


def test_signing_out_here_and_everywhere(app):
    ann = owner(app)
    tokens = [app.sign_in.sign_in(OWNER, ROAD, address=None) for _ in range(3)]
    app.sessions.end(tokens[0])
    assert [app.sessions.check(token) is None for token in tokens] == [True, False, False]
    assert app.sessions.end_all(ann) == 2
    assert [app.sessions.check(token) for token in tokens] == [None] * 3


def test_a_providers_cookie_that_was_ended_opens_nothing_again(app):
    """The cookie lives for 30 days in the browser; the session of ours behind it ends when we say so."""
    ann = owner(app)
    assert app.sessions.adopt("sso:cookie", ann, address=None)
    assert app.sessions.check("sso:cookie").user_id == ann
    app.sessions.end_all(ann)
    assert not app.sessions.adopt("sso:cookie", ann, address=None)
    assert app.sessions.check("sso:cookie") is None


@pytest.mark.parametrize(
    "token", [None, "", "x", "0" * 64, "a" * 100_000, "\0", "é", "\ud800", "' OR 1=1 --"]
)
def test_what_is_no_token_is_nobodys(app, token):
    owner(app)
    assert app.sessions.check(token) is None


def test_sessions_that_are_long_over_are_forgotten(app, clock):
    owner(app)
    app.sign_in.sign_in(OWNER, ROAD, address=None)
    clock.advance(days=29)
    assert app.sessions.sweep() == 0
    clock.advance(days=2)
    assert app.sessions.sweep() == 1


def test_a_chosen_tenant_is_one_of_ones_own(app):
    ann = owner(app)
    app.tenants.add("acme", "Acme", by=SYSTEM)
    token = app.sessions.open(ann, address=None)
    assert not app.sessions.choose(token, "acme")
    assert app.sessions.check(token).tenant is None
    assert timedelta(hours=12) == app.sessions.idle


def test_who_signs_in_stands_in_the_access_log_of_each_tenant(app) -> None:
    """With the address; once for each sign-in."""
    ann = owner(app)
    token = app.sessions.open(ann, address="192.0.2.9")
    [row] = app.accesses.page(DEMO, what="signed_in").rows
    assert (row.actor, row.role, row.object_id, row.address) == (ann, "owner", ann, "192.0.2.9")
    app.sessions.check(token)
    assert app.accesses.page(DEMO, what="signed_in").total == 1


def test_a_wrong_password_of_an_account_stands_in_the_access_log_of_each_of_its_tenants(app) -> None:
    """Whose account, from where; not who, and nothing of what was typed. Of an unknown name nothing at all."""
    ann = owner(app)
    app.tenants.add("acme", "Acme", by=SYSTEM)
    link = app.accounts.invite("acme", email=OWNER, role="viewer", by=SYSTEM)
    app.accounts.join(link.token, app.sign_in.person(OWNER, ROAD, address=None))
    refused(app, OWNER, "a secret of another site", address="198.51.100.7")
    refused(app, "nobody@example.com", address="198.51.100.7")
    for tenant in (DEMO, "acme"):
        [row] = app.accesses.page(tenant).rows
        assert (row.actor, row.role, row.what) == ("unknown", "", "sign_in_refused")
        assert (row.object_kind, row.object_id, row.address) == ("user", ann, "198.51.100.7")
        assert "secret" not in repr(row)


def test_guessing_on_fills_no_log(app, clock) -> None:
    """Four tries, then one row for each time that the account has to wait, however often somebody tries meanwhile."""
    owner(app)
    for number in range(3 * FREE_TRIES):
        refused(app, OWNER, address=f"192.0.2.{number}")
    assert [row.what for row in app.accesses.page(DEMO).rows].count("sign_in_refused") == FREE_TRIES - 1
    for waits in (1, 2, 3):
        assert app.accesses.page(DEMO, what="locked").total == waits
        clock.advance(minutes=5)
        for _ in range(5):
            refused(app, OWNER, address=None)


def test_what_is_done_for_an_account_does_not_show_in_the_time_of_an_answer(app, monkeypatch) -> None:
    """Also while it has to wait and no password is checked: every refusal takes as long as the slowest, and longer."""
    monkeypatch.setattr(sign_in, "least_seconds", lambda: 0.05)
    monkeypatch.setattr(sign_in, "FREE_TRIES", 3)
    owner(app)
    took = []
    for number in range(5):
        for email in (OWNER, "nobody@example.com"):
            begun = time.perf_counter()
            refused(app, email, address=f"192.0.2.{number}")
            took.append(time.perf_counter() - begun)
    assert min(took) >= 0.05
