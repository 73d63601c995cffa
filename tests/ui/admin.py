"""What the tests of the page Admin share: a tenant with people, and the page as one of them sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.services import accounts_passwords
from driftlock.services.acting import Actor
from driftlock.ui import session
from tests.services.people import OWNER, member, owner
from tests.ui.conftest import ROOT

ACME = "acme"


@contextmanager
def application(home: Path) -> Iterator[App]:
    """An application with nothing in it, behind the pages while the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(home))
        patch.setenv("DRIFTLOCK_DEMO_DATA", "off")
        patch.setattr(accounts_passwords, "COST", 4)
        patch.setattr(session, "KEPT_SECONDS", 0.0)
        st.cache_resource.clear()
        st.cache_data.clear()
        opened = session.app()
        yield opened
        opened.close()
        st.cache_resource.clear()


def with_people(app: App) -> App:
    """A tenant with its owner, a viewer, an auditor and an admin."""
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


def session_desk(app: App) -> App:
    """What the owner may use."""
    return app.acting(Actor(tenant=ACME, user=app.accounts.named(ACME, OWNER).user_id, role="owner"))
