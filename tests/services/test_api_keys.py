"""Keys: shown once, hashed once in minutes, revoked at once, and bad ones cost next to nothing."""

import threading
from collections.abc import Iterator

import pytest

from driftlock.bootstrap import App
from driftlock.errors import NotFound
from driftlock.model import DEMO
from driftlock.services.accounts_rows import SYSTEM, Refused
from driftlock.services.api_keys_rows import parts
from driftlock.services.api_keys_verifying import AT_ONCE, Verifying
from tests.services.people import DATABASES, opened_on


@pytest.fixture(params=DATABASES)
def app(request, tmp_path, clock) -> Iterator[App]:
    yield from opened_on(request.param, request, tmp_path, clock)


@pytest.fixture(autouse=True)
def tenant(app) -> None:
    app.tenants.ensure(DEMO, "Demo", by=SYSTEM)


@pytest.fixture
def counted(app, monkeypatch) -> list[str]:
    """Every hash that is checked, one at a time."""
    checked: list[str] = []
    hasher = app.api_keys._verifying._hasher

    class Counting:
        def verify(self, kept, key):
            checked.append(key)
            return hasher.verify(kept, key)

        def hash(self, key):
            return hasher.hash(key)

    monkeypatch.setattr(app.api_keys._verifying, "_hasher", Counting())
    return checked


def make(app, **given):
    return app.api_keys.make(DEMO, **({"name": "web", "role": "stream", "by": SYSTEM} | given))


def test_a_key_has_its_form_and_says_who_it_is(app):
    made = make(app, stream_id="web")
    key_id, secret = parts(made.key)
    assert key_id == made.id
    assert len(secret) == 32
    found = app.api_keys.verify(made.key, address="192.0.2.1")
    assert (found.tenant, found.key_id, found.role, found.stream_id) == (DEMO, made.id, "stream", "web")


def test_the_hash_is_argon2id_with_64_mib(app):
    stored = app._store.api_keys.find(make(app).id)
    assert stored.hash.startswith("$argon2id$v=19$m=65536,t=1,p=1$")


def test_a_right_key_is_hashed_once(app, counted):
    made = make(app)
    for _ in range(50):
        assert app.api_keys.verify(made.key, address=None)
    assert len(counted) == 1


def test_bad_keys_are_not_hashed(app, counted):
    """Unknown ids, other forms, and a secret that begins differently."""
    made = make(app)
    head, secret = made.key.split(".")
    wrong = [
        "dlk_00000000-0000-4000-8000-000000000000." + secret,
        f"{head}.{'a' * 32 if not secret.startswith('a') else 'b' * 32}",
        f"{head}.{secret}x",
        f"{head}.{secret[:-1]}",
        made.key.upper(),
        f" {made.key}",
        "",
        "dlk_",
    ]
    assert [app.api_keys.verify(key, address=None) for key in wrong] == [None] * len(wrong)
    assert counted == []
    nearly = f"{head}.{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}"
    assert app.api_keys.verify(nearly, address=None) is None
    assert len(counted) == 1


def test_no_more_than_two_are_hashed_at_a_time(app, monkeypatch):
    """Each takes 64 MiB; what comes on top waits."""
    now, most, lock = [0], [0], threading.Lock()
    inside = threading.Semaphore(0)

    class Slow:
        def verify(self, kept, key):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            inside.acquire(timeout=0.05)
            with lock:
                now[0] -= 1
            return True

    verifying = Verifying(memory_kib=8)
    monkeypatch.setattr(verifying, "_hasher", Slow())
    threads = [threading.Thread(target=verifying.verify, args=(f"key-{n}", "kept")) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == AT_ONCE


def test_a_revoked_key_is_refused_at_once_though_it_is_remembered(app):
    made = make(app)
    assert app.api_keys.verify(made.key, address=None)
    app.api_keys.revoke(DEMO, made.id, by=SYSTEM)
    assert app.api_keys.verify(made.key, address=None) is None


def test_a_key_is_over_at_its_time(app, clock):
    made, lasting = make(app, days=2), make(app, days=None)
    clock.advance(days=2, seconds=-1)
    assert app.api_keys.verify(made.key, address=None)
    clock.advance(seconds=1)
    assert app.api_keys.verify(made.key, address=None) is None
    clock.advance(days=5_000)
    assert app.api_keys.verify(lasting.key, address=None)


def test_after_rotation_both_work_for_the_chosen_time(app, clock):
    old = make(app, role="operator", days=30)
    clock.advance(days=10)
    new = app.api_keys.rotate(DEMO, old.id, overlap_hours=6, by=SYSTEM)
    clock.advance(hours=6, seconds=-1)
    assert app.api_keys.verify(old.key, address=None)
    assert app.api_keys.verify(new.key, address=None).role == "operator"
    clock.advance(seconds=1)
    assert app.api_keys.verify(old.key, address=None) is None
    kept = app.api_keys.all(DEMO)[0]
    assert (kept.replaces, (kept.expires_at - kept.created_at).days) == (old.id, 30)
    with pytest.raises(Refused, match="over"):
        app.api_keys.rotate(DEMO, old.id, by=SYSTEM)


def test_rotation_never_lengthens_a_life(app, clock):
    old = make(app, days=1)
    app.api_keys.rotate(DEMO, old.id, overlap_hours=48, by=SYSTEM)
    clock.advance(days=1)
    assert app.api_keys.verify(old.key, address=None) is None


def test_when_it_was_used_is_written_once_a_minute(app, clock, monkeypatch):
    made = make(app)
    written = []
    kept = app._store.api_keys.used
    monkeypatch.setattr(app._store.api_keys, "used", lambda *a, **k: (written.append(1), kept(*a, **k)))
    for _ in range(5):
        app.api_keys.verify(made.key, address="192.0.2.7")
    clock.advance(seconds=61)
    app.api_keys.verify(made.key, address="192.0.2.8")
    assert len(written) == 2
    assert app.api_keys.all(DEMO)[0].used_from == "192.0.2.8"


def test_an_unknown_id_is_not_found(app):
    for act in (app.api_keys.revoke, app.api_keys.rotate):
        with pytest.raises(NotFound):
            act(DEMO, "0" * 32, by=SYSTEM)


@pytest.mark.parametrize(
    "given",
    [
        {"role": "owner"},
        {"role": "king"},
        {"name": ""},
        {"name": "x" * 81},
        {"days": 0},
        {"days": 99_999},
        {"role": "viewer", "stream_id": "web"},
        {"stream_id": "Not a stream"},
    ],
)
def test_what_cannot_be_is_refused(app, given):
    with pytest.raises(Refused):
        make(app, **given)


def test_what_is_remembered_is_no_key(app):
    made = make(app)
    app.api_keys.verify(made.key, address=None)
    assert made.key.encode() not in b"".join(app.api_keys._verifying._known)
    assert len(app.api_keys._verifying._known) == 1
