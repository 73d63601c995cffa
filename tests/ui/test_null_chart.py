"""The null panels show every value and the record's own number."""

import json

import numpy as np
from streamlit.testing.v1 import AppTest

from driftlock.model import Anomaly
from driftlock.ui.charts import Drawing
from driftlock.ui.null_chart import null_panel
from driftlock.ui.theme import LIGHT


def panel(values: np.ndarray, observed: float) -> Drawing:
    return null_panel(values, observed, colours=LIGHT, what="shuffle", unit="Bytes", flagged=True)


def test_the_bars_count_every_value() -> None:
    """999 shuffles make 999 counts, wherever the observed value lies."""
    values = np.random.default_rng(3).normal(1200, 60, 999).round()
    for observed in (900.0, 1200.0, 1900.0):
        assert sum(int(np.sum(bar.y)) for bar in panel(values, observed).figure.data) == 999


def test_the_line_stands_at_the_observed_value() -> None:
    """The vertical line is at the number of the record, which is written beside it."""
    drawing = panel(np.arange(1000.0, 1200.0), 1250.0)
    line = next(shape for shape in drawing.figure.layout.shapes if shape.type == "line")
    assert line.x0 == line.x1 == 1250.0
    assert "observed 1250 · 1st of 201" in drawing.figure.layout.annotations[0].text


def test_ties_count_against_the_window() -> None:
    """A value equal to the observed one is at or above it."""
    assert "ranks 3rd of 5" in panel(np.array([10.0, 20.0, 20.0, 15.0]), 20.0).caption


def test_one_repeated_value_is_drawn_too() -> None:
    """A null without any spread is one bar, not an error."""
    drawing = panel(np.full(999, 700.0), 700.0)
    assert sum(int(np.sum(bar.y)) for bar in drawing.figure.data) == 999
    assert "1000th of 1000" in drawing.caption


def test_the_observed_lines_of_the_page_stand_at_the_values_of_the_record(
    dashboard: AppTest, by_bytes: Anomaly
) -> None:
    """Among shuffles the sum of the window's chunks, among past windows its size, both as recorded."""
    dashboard.run()
    dashboard.switch_page("pages/anomaly.py")
    dashboard.query_params["id"] = by_bytes.row.id
    dashboard.query_params["tab"] = "Is it chance?"
    dashboard.run()
    lines = []
    for chart in dashboard.get("plotly_chart"):
        layout = json.loads(chart.proto.spec)["layout"]
        line = next(shape for shape in layout["shapes"] if shape["type"] == "line")
        lines.append((line["x0"], line["x1"]))
    among_shuffles = sum(by_bytes.record["evidence"]["window_costs"])
    among_past = by_bytes.record["size"]
    assert among_shuffles != among_past
    assert lines == [(among_shuffles, among_shuffles), (among_past, among_past)]


def test_where_the_views_decided_their_values_are_drawn_first(dashboard: AppTest, strongest: Anomaly) -> None:
    """One panel for each finding, at its value, before the two panels of the bytes."""
    dashboard.run()
    dashboard.switch_page("pages/anomaly.py")
    dashboard.query_params["id"] = strongest.row.id
    dashboard.query_params["tab"] = "Is it chance?"
    dashboard.run()
    lines = []
    for chart in dashboard.get("plotly_chart"):
        layout = json.loads(chart.proto.spec)["layout"]
        lines.append(next(shape for shape in layout["shapes"] if shape["type"] == "line")["x0"])
    values = [f["value"] for f in strongest.record["description"]["findings"] if f["view"] != "timing"]
    assert [value for value in lines if value in values][: len(values)] == values
    assert lines[-2:] == [sum(strongest.record["evidence"]["window_costs"]), strongest.record["size"]]


def test_small_values_can_be_the_unusual_ones() -> None:
    """Then those at or below the observed one are counted."""
    values = np.array([10.0, 20.0, 30.0])
    drawing = null_panel(values, 10.0, colours=LIGHT, what="past window", unit="bits", flagged=True, low=True)
    assert "2nd of 4" in drawing.caption
