"""Every role on every page: what opens, what is refused, which buttons are there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.model import ROLES, Role
from driftlock.services.kept import SystemClock
from driftlock.services.permissions import Permission, allowed
from driftlock.ui import session
from driftlock.ui.sign_in import PUBLIC
from tests.matrix.made import HOME, Made, Noon, fill
from tests.ui.pages import rendered

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
# What a page is not opened without; all others open for everybody who is known.
NEEDS: dict[str, Permission] = {"admin": "logs", "analyze": "analyze", "reports": "export"}
# Buttons by page: label or key, and the permission without which it is not there.
BUTTONS: dict[str, dict[str, Permission]] = {
    "anomaly": {
        "Real": "label",
        "Not real": "label",
        "Not useful": "label",
        "1 day": "label",
        "Add": "label",
        "Suppress": "suppress",
        "Export": "export",
    },
    "overview": {"Real": "label", "Suppress": "suppress", "Add": "label", "CSV": "export"},
    "tuning": {"Apply from now on": "apply"},
    "feedback": {"Real": "label", "Not real": "label"},
    "streams": {"Create stream": "streams"},
}
# What the address of a page says, so that there is something to press.
ADDRESSES: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "anomaly": lambda ids: {"id": ids["anomaly_id"]},
    "overview": lambda _: {"r": "All"},
    "tuning": lambda ids: {"r": "All", "stream": ids["stream_id"], "ncd": "0.6"},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The first tenant, behind the pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(tmp_path_factory.mktemp("pages")))
        patch.setenv("DRIFTLOCK_DEMO_DATA", "off")
        st.cache_resource.clear()
        st.cache_data.clear()
        patch.setattr(SystemClock, "now", Noon.now)
        patch.setattr(App, "start_worker", lambda _self: None)  # the work is done before the first page
        opened = session.app()
        yield fill(opened)
        opened.close()
        st.cache_resource.clear()


@pytest.fixture
def known_as(made: Made, monkeypatch: pytest.MonkeyPatch):
    """Look at the pages as somebody of a role."""

    def become(role: Role) -> None:
        me = session.Who(
            tenant=HOME,
            tenant_name="Alpha",
            reader=f"{role}-reader",
            role=role,
            signed_in=True,
            tenants={HOME: "Alpha"},
        )
        monkeypatch.setattr(session, "look", lambda: me)

    return become


def opened(made: Made, page: str, **asked: str) -> AppTest:
    """A page with what it needs in its address."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.switch_page(f"pages/{page}.py")
    told = {"t": HOME} | ADDRESSES.get(page, lambda _: {})(made.ids) | asked
    for name, value in told.items():
        test.query_params[name] = value
    return test.run()


def buttons(test: AppTest) -> set[str]:
    """Labels of everything that can be pressed."""
    found = {element.label for element in test.button}
    for kind in ("download_button", "form_submit_button"):
        found |= {element.label for element in test.get(kind)}
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_or_says_what_it_needs(made: Made, known_as, page: str, role: Role):
    """No trace on screen; a refusal is noted; what a role may not is absent, not only switched off."""
    known_as(role)
    test = opened(made, page)
    assert not test.exception
    text = rendered(test)
    needs = NEEDS.get(page)
    refused = needs is not None and not allowed(role, needs)
    assert ("This page needs the role" in text) == refused
    noted = made.app.accesses.page(HOME, actor=f"{role}-reader", what="refused", limit=1_000).rows
    assert any((row.object_kind, row.object_id) == ("page", page) for row in noted) == refused
    # Nothing that a page asks for by itself is refused to anybody who may open it.
    assert {row.object_kind for row in noted} <= {"page"}
    pressed = buttons(test)
    for label, permission in BUTTONS.get(page, {}).items():
        assert (label in pressed) == allowed(role, permission), (label, sorted(pressed))


@pytest.mark.parametrize("role", ROLES)
def test_the_result_of_a_run_is_open_to_everybody(made: Made, known_as, role: Role):
    """Also to those who start none; deleting and taking away are not."""
    known_as(role)
    test = opened(made, "analyze", run=made.ids["run_id"])
    assert not test.exception
    assert "This page needs" not in rendered(test)
    pressed = buttons(test)
    assert ("Delete" in pressed) == allowed(role, "analyze")
    assert ("NDJSON" in pressed) == allowed(role, "export")


def test_an_auditor_is_offered_no_verb_that_changes_anything(made: Made, known_as):
    """On no page: neither labels nor limits nor keys; the files are there."""
    known_as("auditor")
    seen: set[str] = set()
    for page in PAGES:
        seen |= buttons(opened(made, page))
    changing = {
        "Real",
        "Not real",
        "Not useful",
        "Suppress",
        "Apply from now on",
        "Undo",
        "Run",
        "Add",
        "Revoke",
    }
    assert seen & changing == set()
    assert {"Export", "CSV"} <= seen


def test_somebody_else_sees_nothing_of_the_tenant(made: Made):
    """Without a session every address leads to the two doors; no name, no number, no id is on the page."""
    for page in PAGES:
        text = rendered(opened(made, page))
        assert not [mark for mark in made.marks if mark in text], page
        assert ("Sign in" in text) == (page not in PUBLIC)


def test_the_access_log_says_who_opened_what(made: Made, known_as):
    """One row, however often the page is drawn in one visit."""
    known_as("viewer")
    app: App = made.app
    before = app.accesses.page(HOME, what="opened", object_id=made.ids["anomaly_id"]).total
    opened(made, "anomaly").run().run()
    rows = app.accesses.page(HOME, what="opened", object_id=made.ids["anomaly_id"])
    assert rows.total == before + 1
    assert rows.rows[0].actor in {f"{role}-reader" for role in ROLES}
