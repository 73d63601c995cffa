"""The page of one window keeps what is promised of it: its numbers are the record's, and it says what they mean."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.ui.byte_map_lines import lines
from driftlock.ui.null_chart import null_panel
from driftlock.ui.session import tenant
from driftlock.ui.theme import LIGHT
from driftlock_core.numbers_text import limit_text, p_text
from tests.ui.pages import rendered
from tests.ui.test_anomaly_page import opened


def test_ux13_at_the_floor_the_words_smallest_value_appear(
    dashboard: AppTest, app: App, strongest: Anomaly
) -> None:
    """And no p on any page of the stream lies below what its window could have had."""
    at_floor = {True: 0, False: 0}
    for row in app.queries.anomalies(tenant(), strongest.row.stream_id, limit=6):
        anomaly = app.queries.anomaly(tenant(), row.id)
        assert anomaly is not None
        record = anomaly.record
        floor = record["factor"] / (len(record["evidence"]["views"]["references"]) + 1)
        page = opened(dashboard, row.id)
        reached = record["p"] <= floor * (1 + 1e-9)
        at_floor[reached] += 1
        assert float(page.metric[1].value) >= floor - 5e-6
        assert ("smallest value possible" in rendered(page)) == reached
    assert at_floor[False]


def test_ux14_two_windows_have_two_paragraphs_of_their_own_numbers(
    dashboard: AppTest, app: App, strongest: Anomaly
) -> None:
    """Different texts, each with the numbers of its record."""
    texts = []
    for row in app.queries.anomalies(tenant(), strongest.row.stream_id, limit=2):
        anomaly = app.queries.anomaly(tenant(), row.id)
        assert anomaly is not None
        record = anomaly.record
        shown = rendered(opened(dashboard, row.id, "Is it chance?")).replace("\\", "")
        paragraph = record["explanation"]["paragraph"]
        assert paragraph in shown
        digits = paragraph.replace("\u202f", "")
        for number in (
            row.first_seq,
            row.last_seq,
            int(record["size"]),
            record["permutations"],
            record["seed"],
        ):
            assert re.search(rf"(?<!\d){number}(?!\d)", digits)
        texts.append(paragraph)
    assert texts[0] != texts[1]


def test_ux15_the_paragraph_says_what_p_is_and_is_not(dashboard: AppTest, strongest: Anomaly) -> None:
    """Permutations, rank, ordinary range, both limits."""
    record = strongest.record
    text = rendered(opened(dashboard, strongest.row.id, "Is it chance?")).replace("\\", "")
    floor = record["factor"] / (len(record["evidence"]["views"]["references"]) + 1)
    for part in (
        f"{record['permutations']} permutations",
        "its rank is",
        "ordinary windows here lie between",
        f"≥ {limit_text(record['threshold'])}",
        f"≤ {limit_text(record['alpha'])}",
        p_text(record["p"], floor, at_most=record["alpha"]),
        "It is not the chance that",
    ):
        assert part in text


def test_ux17_the_null_plots_hold_every_value(app: App, by_bytes: Anomaly) -> None:
    """999 shuffles in one, m past windows in the other, the line at the record's value."""
    null, record = app.examination.null(tenant(), by_bytes.row.id), by_bytes.record
    for values, observed, expected, total in (
        (null.permuted, null.observed_permuted, sum(record["evidence"]["window_costs"]), 999),
        (null.past, null.observed_past, record["size"], record["m"]),
    ):
        drawing = null_panel(values, observed, colours=LIGHT, what="shuffle", unit="Bytes", flagged=True)
        counted = sum(int(np.sum(trace.y)) for trace in drawing.figure.data)
        line = next(shape for shape in drawing.figure.layout.shapes if shape.type == "line")
        assert (counted, line.x0, line.x1) == (total, expected, expected)


@pytest.mark.parametrize("fixture", ["strongest", "by_bytes"])
def test_ux18_copied_bytes_occur_where_the_map_says(
    dashboard: AppTest, app: App, request: pytest.FixtureRequest, fixture: str
) -> None:
    """At the named byte of the named baseline event, for every run shown; and the parse has a name."""
    anomaly: Anomaly = request.getfixturevalue(fixture)
    costs = app.examination.event_costs(tenant(), anomaly.row.id)
    parsed = app.examination.byte_map(tenant(), anomaly.row.id)
    baseline = app.examination.masked_baseline(tenant(), anomaly.row.id)
    checked = 0
    for line in lines([cost.canonical for cost in costs], parsed):
        for piece in line.pieces:
            if piece.source_event is None or piece.source_offset is None or not piece.text.isascii():
                continue
            source = baseline[piece.source_event] + b"\n"
            copied = source[piece.source_offset : piece.source_offset + piece.size]
            assert copied.decode() == piece.text
            checked += 1
    assert checked >= 3
    assert parsed.source in rendered(opened(dashboard, anomaly.row.id))
