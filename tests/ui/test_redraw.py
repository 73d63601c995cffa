"""What a hand does while a page is drawn anew, or right after, is neither lost nor undone nor done twice."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.ui import frame, once
from driftlock.ui.session import tenant
from tests.ui.conftest import ROOT
from tests.ui.pages import button, finished
from tests.ui.tuning_page import opened


def overview(**held: object) -> AppTest:
    """The page with its frame, of a session that holds so much."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in {"r": "all", **held}.items():
        page.session_state[name] = value
    return page.run()


def named(page: AppTest, kind: str, key: str) -> object:
    return next(one for one in getattr(page, kind) if one.key == key)


def test_a_double_click_on_run_starts_one_run(app: App, dashboard: AppTest) -> None:
    """The second click comes with the address from before the first."""
    dashboard.query_params["sample"] = "quiet-logs"
    dashboard.run()
    button(dashboard, "Run").click().run()  # type: ignore[attr-defined]
    first = dashboard.query_params["run"]
    del dashboard.query_params["run"]
    button(dashboard, "Run").click().run()  # type: ignore[attr-defined]
    assert not dashboard.exception
    assert dashboard.query_params["run"] == first
    finished(dashboard, app)
    assert len(app.queries.runs(tenant(), limit=9, sources=("sample",))) == 1


def test_an_act_that_is_being_done_is_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each click has a thread of its own; the later one waits, and gets what came of the earlier. Something else is done."""
    held, begun, done = once._Held(), threading.Event(), []
    monkeypatch.setattr(once, "_held", lambda: held)

    def act() -> int:
        begun.set()
        time.sleep(0.05)
        done.append("act")
        return len(done)

    with ThreadPoolExecutor(2) as clicks:
        first = clicks.submit(once.done, "run", "shop", act)
        begun.wait()
        second = clicks.submit(once.done, "run", "shop", act)
        assert (first.result(), second.result()) == (1, 1)
    assert once.done("run", "desk", act) == 2


def test_the_help_stays_open_until_it_is_closed(strongest: Anomaly, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that ends, or new data, begin a run; that must not take away what is being read."""
    drawn: list[str] = []
    monkeypatch.setattr(frame, "_keys", lambda: drawn.append("help"))
    page = overview()
    assert drawn == []
    named(page, "button", "help").click().run()  # type: ignore[attr-defined]
    overview(**{"help-open": page.session_state["help-open"]})  # whichever run comes next
    assert drawn == ["help"]


def test_chosen_rows_stay_chosen_where_the_table_becomes_another_one(strongest: Anomaly) -> None:
    """Windows are chosen, not places: in another order it is the same window."""
    page = overview()
    named(page, "button", "row-next").click().run()  # type: ignore[attr-defined]
    table, chosen = page.session_state["feed-chosen"]
    assert len(chosen) == 1
    named(page, "selectbox", "o").select("newest").run()  # type: ignore[attr-defined]
    assert page.session_state["feed-chosen"][0] != table
    assert page.session_state["feed-chosen"][1] == chosen


def test_a_reason_counts_though_the_click_that_ends_its_typing_is_the_one_that_acts(
    app: App, strongest: Anomaly
) -> None:
    """Both come with one message; the button was drawn before there was a reason."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/anomaly.py")
    page.query_params["id"] = strongest.row.id
    page.run()
    key = f"one-{strongest.row.id}"
    page.text_input(key=f"{key}-suppress-reason").set_value("deploy noise")
    page.button(key=f"{key}-suppress-now").click().run()
    assert not page.exception
    assert [one.reason for one in app.review.suppressions(tenant())] == ["deploy noise"]


def test_what_is_chosen_to_be_labelled_are_windows_and_not_places(app: App, strongest: Anomaly) -> None:
    """Other limits list other windows: of the table before nothing stays chosen."""
    page = opened(app, strongest.row.stream_id)
    before = _to_label(page)
    named(page, "number_input", "ncd").set_value(0.45).run()  # type: ignore[attr-defined]
    assert _to_label(page).isdisjoint(before)


def _to_label(page: AppTest) -> set[str]:
    found = {one.proto.id for one in page.dataframe if "to-label" in one.proto.id}
    assert found
    return found
