"""Analyze: pick, ask, show."""

import io
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_generator import SAMPLES
from driftlock.bootstrap import App
from driftlock.services import analysis
from driftlock.services.receive import receive
from driftlock.ui import words
from driftlock.ui.session import tenant
from driftlock_core.profiles import BALANCED
from tests.ui.pages import FORBIDDEN, SECONDS, analyzed, button, finished, lines, rendered


def test_without_a_choice_the_samples_are_offered(dashboard: AppTest) -> None:
    """The sample cards are the empty state; what is hidden in them is not told."""
    dashboard.run()
    text = rendered(dashboard)
    assert not dashboard.exception
    for sample in SAMPLES.values():
        assert sample.title in text
        assert sample.story in text
        assert sample.hidden not in text


def test_a_sample_becomes_a_result_with_chance_beside_it(dashboard: AppTest, app: App) -> None:
    """The flagged count is followed by what chance alone would flag, and the address holds the run."""
    page = analyzed(dashboard, app, sample="web-logs")
    assert not page.exception
    labels = [metric.label for metric in page.metric]
    assert labels[labels.index("Flagged") + 1] == "Expected by chance"
    stream = app.queries.streams(tenant(), str(page.query_params["run"]))[0]
    assert page.metric[labels.index("Flagged")].value == str(stream.flagged)
    assert f"{stream.flagged} flagged · at most about" in rendered(page)


def test_another_browser_opens_a_finished_run_by_its_address(dashboard: AppTest, app: App) -> None:
    """The run id alone brings metrics and table back."""
    run_id = str(analyzed(dashboard, app, sample="web-logs").query_params["run"])
    other = AppTest.from_file(str(dashboard._script_path), default_timeout=60)
    other.switch_page("pages/analyze.py")
    other.query_params["run"] = run_id
    other.run()
    assert [m.value for m in other.metric] == [m.value for m in dashboard.metric]
    assert len(other.dataframe) >= 1


def test_the_truth_is_told_on_request_only(dashboard: AppTest, app: App) -> None:
    """Counts of found and missed appear with the switch, never before."""
    page = analyzed(dashboard, app, sample="web-logs")
    assert "missed" not in rendered(page)
    assert SAMPLES["web-logs"].hidden not in rendered(page)
    page.toggle(key="reveal").set_value(True).run()
    told = re.search(r"Found 2 of 2, missed 0; (\d+) windows? flagged elsewhere", rendered(page))
    assert told is not None
    assert int(told[1]) <= 16  # what chance alone may flag here, as the page says
    assert "expected by chance" in rendered(page)
    assert SAMPLES["web-logs"].hidden in rendered(page)


def test_the_truth_never_reaches_the_engine(dashboard: AppTest, app: App) -> None:
    """What is stored with the run names sample and seed, and no interval."""
    page = analyzed(dashboard, app, sample="web-logs")
    run = app.queries.run(tenant(), str(page.query_params["run"]))
    assert run is not None
    allowed = {"propose_sizes", "sizes_note", "max_events", "max_unpacked_bytes"}
    assert {"sample", "seed"} <= run.options.keys() <= {"sample", "seed"} | allowed


@pytest.mark.parametrize(
    ("profile", "limit"), [("Sensitive", "0.20"), ("Balanced", "0.30"), ("Strict", "0.45")]
)
def test_each_profile_states_its_numbers(dashboard: AppTest, profile: str, limit: str) -> None:
    """The summary line shows the limits of the chosen profile before anything runs."""
    dashboard.query_params["sample"] = "web-logs"
    dashboard.query_params["prof"] = profile
    dashboard.run()
    assert any(f"NCD ≥ {limit}" in expander.label for expander in dashboard.expander)


def test_numbers_that_cannot_decide_are_refused_with_the_reason(dashboard: AppTest) -> None:
    """An invalid custom profile shows the engine's message and cannot be run."""
    dashboard.query_params["sample"] = "web-logs"
    dashboard.query_params["prof"] = "Custom"
    dashboard.run()
    assert not button(dashboard, "Run").disabled  # type: ignore[attr-defined]
    dashboard.number_input(key="hop").set_value(7).run()
    assert "must divide window" in dashboard.error[0].value
    assert button(dashboard, "Run").disabled  # type: ignore[attr-defined]


def test_a_short_text_gets_smaller_sizes(dashboard: AppTest, app: App) -> None:
    """230 lines are analyzed with a window of 20, and the page says so before and after."""
    dashboard.query_params["src"] = "Paste"
    dashboard.run()
    dashboard.text_area(key="pasted").set_value(lines("quiet-logs", 230)).run()
    assert "window 20" in dashboard.info[0].value
    button(dashboard, "Run").click().run()  # type: ignore[attr-defined]
    page = finished(dashboard, app)
    stream = app.queries.streams(tenant(), str(page.query_params["run"]))[0]
    assert stream.configuration["window"] == 20
    assert stream.windows > 0
    assert "window 20" in rendered(page)


def test_too_few_lines_say_how_many_more(dashboard: AppTest) -> None:
    """44 events get a sentence with the missing number and no Run button; the page stays usable."""
    dashboard.query_params["src"] = "Paste"
    dashboard.run()
    dashboard.text_area(key="pasted").set_value(lines("quiet-logs", 44)).run()
    assert "a first verdict needs at least 45: 1 more" in dashboard.error[0].value
    assert "Run" not in [element.label for element in dashboard.button]
    dashboard.text_area(key="pasted").set_value(lines("quiet-logs", 45)).run()
    assert not dashboard.error
    assert "Run" in [element.label for element in dashboard.button]


def test_pasted_text_stays_out_of_the_address(dashboard: AppTest, app: App) -> None:
    """Neither before nor after the run is payload part of the query."""
    dashboard.query_params["src"] = "Paste"
    dashboard.run()
    dashboard.text_area(key="pasted").set_value(lines("quiet-logs", 60)).run()
    button(dashboard, "Run").click().run()  # type: ignore[attr-defined]
    page = finished(dashboard, app)
    assert set(page.query_params) <= {"src", "run", "prof", "seed"}


def test_an_unknown_run_is_a_friendly_line(dashboard: AppTest) -> None:
    """A run that is gone, or another tenant's, leaves the page usable."""
    dashboard.query_params["run"] = "0123456789abcdef"
    dashboard.run()
    assert not dashboard.exception
    assert "not kept any more" in dashboard.info[0].value
    assert "Choose" in [element.label for element in dashboard.button]


def test_a_run_stopped_while_reading_says_how_far_it_came(
    dashboard: AppTest, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before analysis, a run tells the events read; no warm-up and no result is spoken of."""

    def stopped_after_a_batch(store: Any, clock: Any, tenant: str, stream_id: str, events: Any) -> Any:
        stream = app.queries.stream(tenant, stream_id)
        assert stream is not None
        assert stream.run_id is not None
        app.cancel_run(tenant, stream.run_id)
        return receive(store, clock, tenant, stream_id, events)

    monkeypatch.setattr(analysis, "receive", stopped_after_a_batch)
    data = lines("web-logs", 3_000).encode()
    run_id = app.start_run(
        tenant(), source="paste", name="Shop", open_source=lambda: io.BytesIO(data), profile=BALANCED
    )
    run = app.wait_for_run(tenant(), run_id, seconds=SECONDS)
    assert (run.state, run.events_analyzed) == ("cancelled", 0)
    assert run.events_received > 0
    assert app.queries.streams(tenant(), run_id)
    dashboard.query_params["run"] = run_id
    dashboard.run()
    assert not dashboard.exception
    said = dashboard.warning[0].value
    assert "stopped before analysis began" in said
    assert f"{words.plural(run.events_received, 'event')} had been read" in said
    assert "Warming up" not in rendered(dashboard)
    assert "more events needed" not in rendered(dashboard)
    assert "shown below" not in rendered(dashboard)


def test_a_deleted_run_is_gone_from_page_and_store(dashboard: AppTest, app: App) -> None:
    """Delete removes the run and closes it."""
    page = analyzed(dashboard, app, sample="quiet-logs")
    run_id = str(page.query_params["run"])
    page.button(key=f"delete-{run_id}").click().run()
    assert app.queries.run(tenant(), run_id) is None
    assert "run" not in page.query_params


def test_no_text_claims_more_than_a_p_value_says(dashboard: AppTest, app: App) -> None:
    """None of the forbidden phrases is rendered."""
    text = rendered(analyzed(dashboard, app, sample="web-logs")).lower()
    assert not [phrase for phrase in FORBIDDEN if phrase in text]
