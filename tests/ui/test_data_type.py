"""The data type on the analyze page: recognised, explained, and chosen by hand."""

import pytest
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.model import AUTO, KINDS
from driftlock.ui.session import tenant
from driftlock_core import openzl_compressor
from tests.made_records import flows
from tests.ui.pages import button, finished, rendered


def pasted(page: AppTest, lines: list[str]) -> AppTest:
    page.query_params["src"] = "Paste"
    page.run()
    return page.text_area(key="pasted").set_value("\n".join(lines)).run()


def test_flows_are_recognised_with_their_evidence_and_sizes(dashboard: AppTest, app: App) -> None:
    """Kind, sampled counts, fields and windows stand on the page before anything runs, and hold after it."""
    page = pasted(dashboard, flows(500))
    text = rendered(page)
    assert "400 of 400 sampled events look like network flows" in text
    assert "✚ Network, recognised. Network: windows of 20 events, since" in text
    assert any("baseline 160, window 20, hop 4" in expander.label for expander in page.expander)
    button(page, "Run").click().run()  # type: ignore[attr-defined]
    page = finished(page, app)
    [stream] = app.queries.streams(tenant(), str(page.query_params["run"]))
    assert (stream.kind, stream.configuration["window"]) == ("network", 20)


def test_the_data_type_can_be_chosen_by_hand(dashboard: AppTest, app: App) -> None:
    """Flows as logs: the windows of logs, before and after."""
    page = pasted(dashboard, flows(500))
    select = page.selectbox(key="kind")
    assert select.options == [
        "Automatic",
        "● Logs",
        "■ Metrics",
        "◆ Traces",
        "▲ LLM",
        "▬ Records",
        "✚ Network",
    ]
    page = select.set_value("logs").run()
    assert "● Logs, chosen by hand." in rendered(page)
    assert any("baseline 400, window 50, hop 10" in expander.label for expander in page.expander)
    button(page, "Run").click().run()  # type: ignore[attr-defined]
    page = finished(page, app)
    run = app.queries.run(tenant(), str(page.query_params["run"]))
    assert run is not None
    assert run.options["kind"] == "logs"


def test_the_choice_can_be_taken_back(dashboard: AppTest) -> None:
    """Automatic takes what is seen again."""
    page = pasted(dashboard, flows(500))
    page = page.selectbox(key="kind").set_value(KINDS[0]).run()
    page = page.selectbox(key="kind").set_value(AUTO).run()
    assert "✚ Network, recognised." in rendered(page)


def test_a_missing_compressor_says_what_to_install(
    dashboard: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be chosen and not run."""
    monkeypatch.setattr(openzl_compressor, "installed", lambda: False)
    dashboard.query_params["sample"] = "web-logs"
    dashboard.query_params["prof"] = "Custom"
    dashboard.run()
    compressor = dashboard.selectbox(key="compressor")
    assert compressor.options == ["zstd", "lz4", "gzip", "openzl (not calibrated)"]
    compressor.set_value("openzl").run()
    assert 'install it with pip install "openzl' in dashboard.error[0].value.replace("\\", "")
    assert button(dashboard, "Run").disabled  # type: ignore[attr-defined]
