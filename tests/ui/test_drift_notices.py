"""Notices on a result about its baseline."""

import io

from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.ui.session import tenant
from driftlock_core.profiles import BALANCED
from tests.cli.made_logs import loud, quiet
from tests.ui.pages import SECONDS, lines, rendered


def result(page: AppTest, app: App, text: str) -> AppTest:
    """The result page of a run on *text*."""
    run_id = app.start_run(
        tenant(), source="paste", name="Shop", open_source=lambda: io.BytesIO(text.encode()), profile=BALANCED
    )
    assert app.wait_for_run(tenant(), run_id, seconds=SECONDS).state == "done"
    page.query_params["run"] = run_id
    return page.run()


def test_a_baseline_with_a_burst_is_told_and_its_events_shown(dashboard: AppTest, app: App) -> None:
    """The notice names the events, and they can be read below it; what they hold cannot format the page."""
    events = quiet(1_200)
    events[130:170] = [f"{line[:20]}*panic* <b>core</b> {line[20:]}" for line in loud()[910:950]]
    page = result(dashboard, app, "\n".join(events))
    assert not page.exception
    (notice,) = page.warning
    assert "Events 131 to 170 of the baseline are unlike the rest" in notice.value
    assert [expander.label for expander in page.expander if expander.label.startswith("Events ")] == [
        "Events 131 to 170"
    ]
    assert any("*panic* <b>core</b> ERROR" in code.value for code in page.code)


def test_an_ordinary_result_has_no_notice(dashboard: AppTest, app: App) -> None:
    """Neither of the two is shown where there is nothing to say."""
    text = rendered(result(dashboard, app, lines("web-logs", 1_200)))
    assert "unlike the rest" not in text
    assert "not stationary" not in text
