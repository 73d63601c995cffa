"""Keys of tenants at the address for events: the key decides the tenant, its role and stream what it may do."""

import pytest

from driftlock.api import create_app
from driftlock.model import DEMO
from driftlock.services.accounts_rows import SYSTEM
from tests.api.asking import Client
from tests.services.people import owner

EVENTS = "/v1/streams/web/events"
LINE = b'{"message":"tick"}\n'


@pytest.fixture
def bare(app) -> Client:
    """A sender that names no tenant."""
    app.tenants.ensure(DEMO, "Demo", by=SYSTEM)
    app.tenants.ensure("acme", "Acme", by=SYSTEM)
    return Client(create_app(app))


def key(app, tenant="acme", **given) -> str:
    return app.api_keys.make(tenant, **({"name": "web", "role": "stream", "by": SYSTEM} | given)).key


def send(client, key, path=EVENTS, **headers):
    return client.post(path, content=LINE, headers={"Authorization": f"Bearer {key}"} | headers)


def test_the_key_decides_the_tenant(bare, app):
    assert send(bare, key(app)).status_code == 202
    assert app.queries.stream("acme", "web").events == 1
    assert app.queries.stream(DEMO, "web") is None


def test_a_header_that_names_another_tenant_is_answered_as_one_that_is_not_there(bare, app):
    made = key(app)
    foreign = send(bare, made, **{"X-Tenant-Id": DEMO})
    unknown = send(bare, made, **{"X-Tenant-Id": "nobody"})
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 404
    assert send(bare, made, **{"X-Tenant-Id": "acme"}).status_code == 202


@pytest.mark.parametrize("role", ["stream", "viewer", "analyst", "operator", "auditor", "admin"])
def test_who_may_send(bare, app, role):
    answer = send(bare, key(app, role=role))
    assert answer.status_code == (202 if role in ("stream", "operator", "admin") else 403)


def test_a_key_of_one_stream_sends_to_no_other(bare, app):
    made = key(app, stream_id="web")
    assert send(bare, made).status_code == 202
    assert send(bare, made, "/v1/streams/other/events").status_code == 403
    assert app.queries.stream("acme", "other") is None


def test_with_accounts_nothing_is_taken_without_a_key(bare, app):
    assert bare.post(EVENTS, content=LINE, headers={"X-Tenant-Id": DEMO}).status_code == 202
    owner(app)
    assert bare.post(EVENTS, content=LINE, headers={"X-Tenant-Id": DEMO}).status_code == 401
    assert send(bare, key(app, DEMO)).status_code == 202


def test_beside_keys_of_tenants_that_of_the_server_goes_on_for_demo(guarded, app):
    """The server's key sends to the tenant demo alone; a tenant's key needs it not."""
    owner(app)
    app.tenants.ensure("acme", "Acme", by=SYSTEM)
    assert send(guarded, "0123456789abcdef").status_code == 202
    assert send(guarded, "0123456789abcdef", **{"X-Tenant-Id": "acme"}).status_code == 404
    assert send(guarded, key(app), **{"X-Tenant-Id": "acme"}).status_code == 202


def test_a_key_that_is_over_is_answered_as_one_that_never_was(bare, app):
    made = app.api_keys.make("acme", name="web", role="stream", by=SYSTEM)
    assert send(bare, made.key).status_code == 202
    app.api_keys.revoke("acme", made.id, by=SYSTEM)
    revoked, never = send(bare, made.key), send(bare, "dlk_" + "0" * 60)
    assert (revoked.status_code, revoked.content) == (never.status_code, never.content)
    assert revoked.status_code == 401


def test_no_key_is_in_an_answer_or_a_log(bare, app, caplog):
    caplog.set_level("DEBUG")
    made = key(app)
    answers = [send(bare, made), send(bare, made[:-1] + "a"), send(bare, made, "/v1/streams/Ä/events")]
    said = caplog.text + "".join(answer.text for answer in answers)
    assert made not in said
    assert made.partition(".")[2][:-1] not in said
