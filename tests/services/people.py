"""What the tests about people share: an application in which somebody owns a tenant, and a quick hash."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO
from driftlock.ports import Clock
from driftlock.services.accounts_rows import SYSTEM
from driftlock.settings import Settings
from tests.made_home import made_home

ROAD = "a road that nobody takes"
OTHER_ROAD = "another road to somewhere"
OWNER = "ann@example.com"


def owner(app: App, tenant: str = DEMO, email: str = OWNER) -> str:
    """The id of somebody who owns *tenant*, which is made if it is not there."""
    app.tenants.ensure(tenant, tenant.title(), by=SYSTEM)
    return app.accounts.first(tenant, email=email, name="Ann", password=ROAD, role="owner")


def member(app: App, role: str, *, tenant: str = DEMO, email: str | None = None, by: str = SYSTEM) -> str:
    """The id of somebody who answered an invitation."""
    link = app.accounts.invite(tenant, email=email or f"{role}@example.com", role=role, by=by)
    return app.accounts.accept(link.token, name=role.title(), password=ROAD)


DATABASES = ("sqlite", "postgresql")


def opened_on(database: str, request: pytest.FixtureRequest, folder: Path, clock: Clock) -> Iterator[App]:
    """An application with an empty database of that kind; nothing works by itself."""
    given = {}
    if database == "postgresql":
        given = {
            "database_url": request.getfixturevalue("postgres_url"),
            "migration_url": request.getfixturevalue("postgres_owner_url"),
        }
    opened = open_app(Settings(home=made_home(folder / "home"), **given), clock=clock, work=False)
    yield opened
    opened.close()
