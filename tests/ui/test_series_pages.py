"""The pages of a metric run: the result, and the Anomaly page of a number."""

import io
import json
import re

import numpy as np
import pytest
from made_numbers import JUMP, wide
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.model import Stream
from driftlock.services.series_queries import SeriesAnomaly, around
from driftlock.ui import series_downloads, series_result
from driftlock.ui.series_chart import series_chart
from driftlock.ui.session import tenant
from driftlock.ui.theme import DARK, LIGHT
from driftlock_core.profiles import BALANCED
from tests.ui.pages import FORBIDDEN, SECONDS, button, finished, rendered

PAGE = "pages/anomaly.py"
TABS = ("Series", "At the same time", "Is it chance?", "Record")


def run_numbers(app: App, tenant: str, data: bytes, **options: str) -> Stream:
    """The stream of a finished run on *data*."""
    run_id = app.start_run(
        tenant,
        source="paste",
        name="Plant",
        open_source=lambda: io.BytesIO(data),
        profile=BALANCED,
        options=options,
    )
    assert app.wait_for_run(tenant, run_id, seconds=SECONDS).state == "done"
    return app.queries.streams(tenant, run_id)[0]


@pytest.fixture(scope="module")
def plant(app: App) -> Stream:
    """Two measures that jump at the same hour."""
    return run_numbers(app, tenant(), wide())


@pytest.fixture(scope="module")
def strongest(app: App, plant: Stream) -> SeriesAnomaly:
    """The jump of the first measure."""
    anomaly = app.series.anomaly(tenant(), app.series.anomalies(tenant(), plant.id)[0].id)
    assert anomaly is not None
    return anomaly


def opened(dashboard: AppTest, anomaly_id: str, tab: str | None = None) -> AppTest:
    """The page on one anomaly, one of its tabs open."""
    dashboard.run()
    dashboard.switch_page(PAGE)
    dashboard.query_params["id"] = anomaly_id
    if tab is not None:
        dashboard.query_params["tab"] = tab
    dashboard.run()
    assert not dashboard.exception
    return dashboard


def result_of(dashboard: AppTest, stream: Stream) -> AppTest:
    """The page on a finished run."""
    dashboard.query_params["run"] = str(stream.run_id)
    dashboard.run()
    assert not dashboard.exception
    return dashboard


def test_pasted_numbers_become_a_result_of_series(dashboard: AppTest, app: App) -> None:
    """From paste to result: judged as series, said so, and no chance is invented."""
    dashboard.query_params["src"] = "Paste"
    dashboard.run()
    dashboard.text_area[0].set_value(wide(300).decode()).run()
    button(dashboard, "Run").click().run()  # type: ignore[attr-defined]
    text = rendered(finished(dashboard, app))
    assert not dashboard.exception
    assert "Judged as series of numbers: the first events hold 2 series." in text.replace("\\", "")
    assert "by chance alone: not stated" in text


def test_the_reader_may_ask_for_text(dashboard: AppTest, app: App) -> None:
    """The same numbers as text: windows, and the limits of the profile."""
    dashboard.query_params["sample"] = "service-metrics"
    dashboard.query_params["numbers"] = "As text"
    dashboard.run()
    button(dashboard, "Run").click().run()  # type: ignore[attr-defined]
    text = rendered(finished(dashboard, app)).replace("\\", "")
    assert "Judged as text, as asked for." in text
    assert "Windows tested" in text


def test_logs_are_not_asked_how_numbers_are_judged(dashboard: AppTest) -> None:
    """The choice belongs to metrics alone."""
    dashboard.query_params["sample"] = "web-logs"
    dashboard.run()
    assert "Judge numbers" not in rendered(dashboard)


def test_the_result_shows_counts_chart_and_table(dashboard: AppTest, plant: Stream) -> None:
    """The cards are the stream's counts; the strongest series is drawn."""
    page = result_of(dashboard, plant)
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Numbers judged"] == "1530"
    assert shown["Flagged"] == str(plant.flagged)
    assert shown["Expected by chance"] == "—"
    assert page.get("plotly_chart")
    assert page.selectbox(key="series").value == "cpu"
    assert list(page.dataframe[0].value.columns)[:4] == ["Severity", "Series", "Value", "Expected"]
    page.selectbox(key="series").set_value("mem").run()
    assert not page.exception


def test_a_calm_result_is_no_proof(dashboard: AppTest, app: App) -> None:
    """Nothing flagged is said with what it does not mean."""
    calm = "time,load\n" + "".join(f"{1767600000 + at * 60},{at % 7}\n" for at in range(400))
    stream = run_numbers(app, tenant(), calm.encode())
    text = rendered(result_of(dashboard, stream))
    assert "No number was flagged; 340 numbers judged. That is not proof" in text


def test_the_page_shows_series_expectation_and_number(dashboard: AppTest, strongest: SeriesAnomaly) -> None:
    """The title is the record's sentence, the cards are its numbers, the chart is its series."""
    page = opened(dashboard, strongest.row.id)
    assert page.title[0].value.replace("\\", "") == strongest.record["explanation"]["sentence"]
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Value"] == "90"
    assert int(re.sub(r"\D", "", shown["Extra bits"])) == round(strongest.verdict.bits)
    assert float(shown["p"]) == pytest.approx(strongest.verdict.p, rel=5e-3)
    assert "Expected **" in rendered(page)
    assert page.get("plotly_chart")


def test_the_other_series_of_the_incident_are_listed(dashboard: AppTest, strongest: SeriesAnomaly) -> None:
    """Both measures, most bits first."""
    page = opened(dashboard, strongest.row.id, "At the same time")
    table = page.dataframe[0].value
    assert set(table["Series"]) == {"cpu", "mem"}
    assert table["Series"][0] == "cpu"


def test_replay_finds_every_number_again(dashboard: AppTest, strongest: SeriesAnomaly) -> None:
    """The button computes the record anew from stored events."""
    page = opened(dashboard, strongest.row.id, "Record")
    button(page, "Replay").click().run()  # type: ignore[attr-defined]
    assert page.success[0].value.startswith("Identical: 17 of 17 numbers")


def test_replay_names_what_differs(
    dashboard: AppTest, app: App, strongest: SeriesAnomaly, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that was altered is found out, number by number."""
    read = app.series.values

    def altered(*of: object) -> object:
        values, times = read(*of)  # type: ignore[arg-type]
        return [values[0] + 1, *values[1:]], times

    monkeypatch.setattr(app.series, "values", altered)
    page = opened(dashboard, strongest.row.id, "Record")
    button(page, "Replay").click().run()  # type: ignore[attr-defined]
    assert "numbers differ" in page.error[0].value
    assert "digest of the values" in page.table[0].value.to_string()


def test_next_and_previous_lead_through_the_stream(dashboard: AppTest, strongest: SeriesAnomaly) -> None:
    page = opened(dashboard, strongest.row.id)
    label = "Next ›" if strongest.next_id else "‹ Prev"
    button(page, label).click().run()  # type: ignore[attr-defined]
    assert page.query_params["id"] == (strongest.next_id or strongest.previous_id)
    assert not page.exception


def test_a_foreign_number_reads_like_an_unknown_one(dashboard: AppTest, app: App) -> None:
    """Whether another tenant has such an anomaly cannot be told from the page."""
    stream = run_numbers(app, "other", wide())
    foreign = app.series.anomalies("other", stream.id)[0].id
    seen = rendered(opened(dashboard, foreign))
    assert seen == rendered(opened(dashboard, "0123456789abcdef"))


def test_a_hostile_name_stays_text(dashboard: AppTest, app: App) -> None:
    """Markup and Markdown in the name of a column reach the pages as letters."""
    evil = "x<script>alert(1)</script> ![i](https://x.invalid/p.png) **b**"
    rows = [
        json.dumps({"timestamp": 1767600000 + at * 60, "metric": evil, "value": 500 if at == 300 else at % 7})
        for at in range(400)
    ]
    stream = run_numbers(app, tenant(), "\n".join(rows).encode())
    assert stream.flagged
    result_of(dashboard, stream)
    for tab in TABS:
        page = opened(dashboard, app.series.anomalies(tenant(), stream.id)[0].id, tab)
        assert "<script" not in "".join(html.body for html in page.get("html"))
        for element in (*page.markdown, *page.caption, *page.title):
            assert "](https" not in str(element.value)


def test_no_text_claims_more_than_a_p_value_says(
    dashboard: AppTest, plant: Stream, strongest: SeriesAnomaly
) -> None:
    """None of the forbidden phrases is rendered on any tab or on the result."""
    texts = [rendered(opened(dashboard, strongest.row.id, tab)).lower() for tab in TABS]
    texts.append(rendered(result_of(dashboard, plant)).lower())
    assert not [phrase for phrase in FORBIDDEN for text in texts if phrase in text]


def test_the_downloads_hold_every_flagged_number(app: App, plant: Stream) -> None:
    """The CSV a row each, the NDJSON the whole records."""
    assert series_downloads._csv(tenant(), plant, app).count(b"\n") == plant.flagged + 1
    records = [json.loads(line) for line in series_downloads._ndjson(tenant(), plant, app).splitlines()]
    assert len(records) == plant.flagged
    assert all(record["evidence"]["digest"] for record in records)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_chart_draws_values_range_and_marks(app: App, strongest: SeriesAnomaly, colours: object) -> None:
    """The mark stands at the alert's value, the lines take their colours from the theme."""
    points = app.series.points(tenant(), strongest.row.stream_id, "cpu")
    drawing = series_chart(points, [strongest.row], colours=colours, warmup_seq=136, unit="cpu")  # type: ignore[arg-type]
    traces = {trace.name: trace for trace in drawing.figure.data}
    assert list(traces["flagged"].y) == [90.0]
    assert traces["value"].line.color == colours.text  # type: ignore[attr-defined]
    assert traces["expected"].fillcolor == colours.ordinary_band  # type: ignore[attr-defined]
    assert "900 records of cpu, between" in drawing.alt
    assert drawing.alt.endswith("1 flagged.")


def test_a_part_of_a_series_is_cut_around_the_stretch(app: App, strongest: SeriesAnomaly) -> None:
    """Ten records on either side, fewer at the ends."""
    points = app.series.points(tenant(), strongest.row.stream_id, "cpu")
    assert around(points, JUMP, JUMP + 4, 10).seq.tolist() == list(range(JUMP - 9, JUMP + 16))
    assert around(points, 2, 2, 10).seq.tolist() == list(range(1, 14))
    nothing = np.full(5, np.nan)
    gap = type(points)(
        seq=np.arange(1, 6), at_us=np.full(5, -1), value=nothing, low=nothing, high=nothing, score=nothing
    )
    assert "none of them measured" in series_chart(gap, [], colours=LIGHT, warmup_seq=1, unit="x").alt


def test_a_rate_is_said_in_words() -> None:
    assert series_result.rate(1, 1) == "1 flagged · one in 1 numbers judged"
    assert series_result.rate(0, 1) == "0 flagged among 1 number judged"
