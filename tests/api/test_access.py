"""Who may send, and for whom."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from driftlock.api import create_app
from driftlock.api.access import PUBLISHED
from driftlock.model import DEMO
from tests.api.asking import Client
from tests.services.people import owner

EVENTS = "/v1/streams/web/events"
LINE = b'{"message":"tick"}\n'
KEY = "0123456789abcdef"


def test_another_tenant_is_not_there(client, app):
    assert client.post(EVENTS, content=LINE).status_code == 202
    answer = client.post(EVENTS, content=LINE, headers={"X-Tenant-Id": "acme"})
    assert answer.status_code == 404
    assert app.queries.stream("acme", "web") is None
    assert app.queries.stream(DEMO, "web").events == 1


def test_the_tenant_has_to_be_named(app):
    """A page of another site can send no such header without being asked first, and is not allowed to."""
    bare = Client(create_app(app))
    answer = bare.post(EVENTS, content=LINE)
    assert answer.status_code == 400
    assert "X-Tenant-Id" in answer.json()["detail"]
    asked = bare.options(
        EVENTS,
        headers={
            "Origin": "http://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-tenant-id",
        },
    )
    assert asked.status_code == 405
    assert "access-control-allow-origin" not in asked.headers


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", f"Basic {KEY}", "Bearer 0123456789abcdee", f"Bearer {KEY}0", "Bearer ä"]
)
def test_without_the_key_nothing_is_taken(guarded, app, given):
    headers = {} if given is None else {"Authorization": given.encode()}
    answer = guarded.post(EVENTS, content=LINE, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert app.queries.stream(DEMO, "web") is None


def test_with_the_key_it_is(guarded):
    assert guarded.post(EVENTS, content=LINE, headers={"Authorization": f"Bearer {KEY}"}).status_code == 202


def test_the_key_comes_before_everything_else(guarded):
    """Who does not know it learns nothing about tenants, streams or limits."""
    for headers in ({"X-Tenant-Id": "acme"}, {"Content-Encoding": "br"}):
        assert guarded.post("/v1/streams/Ä/events", content=b"x", headers=headers).status_code == 401


def test_health_needs_neither_key_nor_tenant(guarded):
    del guarded.headers["X-Tenant-Id"]
    answer = guarded.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_key_is_in_no_text_of_the_settings(app, caplog):
    guarded = replace(app.settings, api_key=KEY)
    logging.getLogger().warning("%s", guarded)
    assert KEY not in repr(guarded) + caplog.text


def test_the_key_that_everybody_can_read_ends_with_the_first_account(app):
    """It stands in docker-compose.yml, so that a new installation starts."""
    compose = Path(__file__).parents[2] / "docker-compose.yml"
    assert f"DRIFTLOCK_API_KEY:-{PUBLISHED}}}" in compose.read_text()
    app.settings = replace(app.settings, api_key=PUBLISHED)
    sender = Client(create_app(app), {"X-Tenant-Id": DEMO, "Authorization": f"Bearer {PUBLISHED}"})
    assert sender.post(EVENTS, content=LINE).status_code == 202
    owner(app)
    assert sender.post(EVENTS, content=LINE).status_code == 401
