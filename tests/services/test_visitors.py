"""Looking around without an account: a tenant of one's own, for a day, not too many."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest

from driftlock.bootstrap import App
from driftlock.errors import MalformedPayload
from driftlock.model import DEMO
from driftlock.services import runs, visitors
from driftlock.services.accounts_rows import SYSTEM, Refused
from driftlock_core.profiles import BALANCED
from tests.services.people import DATABASES, opened_on


@pytest.fixture(params=DATABASES)
def app(request, tmp_path, clock) -> Iterator[App]:
    yield from opened_on(request.param, request, tmp_path, clock)


def test_each_visitor_has_a_tenant_of_its_own_with_demonstration_data_and_is_analyst(app):
    first, second = (app.sessions.check(app.visitors.open("192.0.2.1")) for _ in range(2))
    assert len({first.tenant, second.tenant, DEMO}) == 3
    assert first.roles == {first.tenant: "analyst"}
    assert first.user_id is None
    assert app.demo.shown(first.tenant)
    assert not app.demo.shown(DEMO)


def test_a_visit_is_over_after_a_day_and_its_tenant_says_so(app, clock):
    token = app.visitors.open(None)
    tenant = app.sessions.check(token).tenant
    assert app.tenants.get(tenant).expires_at == clock.moment + timedelta(hours=24)
    clock.advance(hours=23, minutes=59)
    assert app.sessions.check(token) is not None
    clock.advance(minutes=1)
    assert app.sessions.check(token) is None


def test_visitors_are_no_tenants_of_the_list(app):
    app.visitors.open(None)
    app.tenants.add("acme", "Acme", by=SYSTEM)
    assert {row.tenant for row in app.tenants.all()} - {DEMO} == {"acme"}


def test_there_are_limits_for_an_address_and_for_all(app, clock, monkeypatch):
    monkeypatch.setattr(visitors, "MOST", 7)
    for _ in range(visitors.MOST_OF_ADDRESS):
        app.visitors.open("192.0.2.1")
    with pytest.raises(Refused, match="your address"):
        app.visitors.open("192.0.2.1")
    app.visitors.open("192.0.2.2")
    app.visitors.open("192.0.2.3")
    with pytest.raises(Refused, match="look around already"):
        app.visitors.open("192.0.2.4")
    clock.advance(hours=24)
    app.visitors.open("192.0.2.1")


def test_files_of_visitors_fill_a_share_of_the_disk_and_the_next_is_told_how_much(app, monkeypatch):
    """What waits already stays; who has an account is not kept from sending."""
    monkeypatch.setattr(runs, "VISITORS_BYTES", 5_000)
    first, second = (app.sessions.check(app.visitors.open(None)).tenant for _ in range(2))

    def send(tenant, size):
        data = b"x\n" * (size // 2)
        return app.start_run(
            tenant, source="upload", name="f.log", open_source=lambda: io.BytesIO(data), profile=BALANCED,
            size_bytes=size,
        )  # fmt: skip

    kept = send(first, 4_000)
    with pytest.raises(MalformedPayload, match=r"of visitors wait.*at most.*sign in"):
        send(second, 2_000)
    assert app.queries.run(first, kept).state == "queued"
    send(DEMO, 2_000)
    app.cancel_run(first, kept)
    send(second, 2_000)


def test_without_demonstration_data_there_is_no_visit(app):
    app.visitors.offered = False
    with pytest.raises(Refused, match="DRIFTLOCK_DEMO_DATA"):
        app.visitors.open(None)


def test_removing_a_visitors_tenant_ends_the_visit(app):
    token = app.visitors.open(None)
    app.tenants.remove(app.sessions.check(token).tenant, by=SYSTEM)
    assert app.sessions.check(token) is None
