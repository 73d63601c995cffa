"""Looking around without an account: a tenant of one's own, for a day, not too many."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from driftlock.bootstrap import App
from driftlock.model import DEMO
from driftlock.services import visitors
from driftlock.services.accounts_rows import SYSTEM, Refused
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


def test_without_demonstration_data_there_is_no_visit(app):
    app.visitors.offered = False
    with pytest.raises(Refused, match="DRIFTLOCK_DEMO_DATA"):
        app.visitors.open(None)


def test_removing_a_visitors_tenant_ends_the_visit(app):
    token = app.visitors.open(None)
    app.tenants.remove(app.sessions.check(token).tenant, by=SYSTEM)
    assert app.sessions.check(token) is None
