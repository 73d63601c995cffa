"""Fields, templates and twins: where the bits lie, and that they add up."""

import itertools
from collections import Counter

import pytest
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.ui import anomaly_fields, field_rows, template_table
from driftlock.ui.charts import Drawing
from driftlock.ui.field_chart import field_bars
from driftlock.ui.session import tenant
from driftlock.ui.theme import LIGHT
from driftlock_core.field_bits import FieldBits
from driftlock_core.numbers_text import count_text
from driftlock_core.window_views.skeleton import skeleton_of
from tests.ui.pages import FORBIDDEN, rendered, run_sample
from tests.ui.test_anomaly_page import opened


@pytest.fixture(scope="module")
def traced(app: App) -> Anomaly:
    """The strongest anomaly of the checkout's traces: JSON with fields."""
    anomaly = app.queries.anomaly(
        tenant(), run_sample(app, tenant(), generate("checkout-traces", events=3_000).data)
    )
    assert anomaly is not None
    return anomaly


def numbers(page: AppTest) -> dict[str, list[int]]:
    """The table of all fields."""
    frame = next(one.value for one in page.dataframe if "Bits here" in one.value)
    return {name: list(frame[name]) for name in frame}


def drawn(app: App, anomaly: Anomaly) -> Drawing:
    """The paired bars of one window."""
    rows = field_rows.folded(field_rows.rows(app.examination.fields(tenant(), anomaly.row.id)), 10)
    return field_bars(rows, colours=LIGHT, baseline_windows=4)


@pytest.mark.parametrize("which", ["strongest", "traced", "by_bytes"])
def test_ux19_field_bits_and_overhead_are_the_total_shown(
    dashboard: AppTest, request: pytest.FixtureRequest, which: str
) -> None:
    """To the bit, in both columns; the total is that of the record."""
    anomaly: Anomaly = request.getfixturevalue(which)
    table = numbers(opened(dashboard, anomaly.row.id, "Fields"))
    assert table["Field"][-2:] == ["coder overhead", "total"]
    for column in ("Bits here", "Bits in a baseline window", "Difference"):
        assert sum(table[column][:-1]) == table[column][-1]
    assert table["Bits here"][-1] == 8 * anomaly.record["size"]
    differences = table["Difference"][:-2]
    assert all(before >= after - 2 for before, after in itertools.pairwise(differences))


def test_fields_of_json_are_its_paths(dashboard: AppTest, traced: Anomaly) -> None:
    """Those of the events, and no note on plain text."""
    page = opened(dashboard, traced.row.id, "Fields")
    assert {"name", "status.message"} & set(numbers(page)["Field"])
    assert not any("plain text" in info.value for info in page.info)


def test_plain_text_is_said_to_have_no_fields(dashboard: AppTest, strongest: Anomaly) -> None:
    """Words by their place, and a line that says so."""
    page = opened(dashboard, strongest.row.id, "Fields")
    assert any("plain text, which has no fields" in info.value for info in page.info)
    assert any(name.startswith("word ") for name in numbers(page)["Field"])


def test_a_field_chooses_the_lines_that_pay_for_it(dashboard: AppTest, app: App, traced: Anomaly) -> None:
    """By the address as by a click; the count is that of the events with bits there."""
    report = app.examination.fields(tenant(), traced.row.id)
    field = next(one for one in report.fields if one.role == "value")
    dashboard.query_params["field"] = field_rows.field_key(field)
    page = opened(dashboard, traced.row.id, "Fields")
    paying = sum(bits >= 0.5 for bits in field.by_event)
    shown = "".join(html.body for html in page.get("html"))
    assert 0 < paying <= len(field.by_event)
    assert shown.count('class="dl-row"') == paying
    assert f"{paying} of {len(field.by_event)} line" in rendered(page)


def test_a_field_of_another_window_shows_all_lines(dashboard: AppTest, traced: Anomaly) -> None:
    """An address that names no field of this window is no error."""
    dashboard.query_params["field"] = "no.such.field"
    page = opened(dashboard, traced.row.id, "Fields")
    assert "with any bits" in rendered(page)


def test_the_bars_are_the_rows_of_the_table(app: App, traced: Anomaly) -> None:
    """Two bars a field, told by pattern too; folded rows keep the sum; each carries what a click chooses."""
    report = app.examination.fields(tenant(), traced.row.id)
    drawing = drawn(app, traced)
    here, usual = drawing.figure.data
    assert sum(here.x) == round(report.total)
    assert sum(usual.x) == round(report.usual_total)
    assert (here.marker.pattern.shape, usual.marker.pattern.shape) == ("/", "")
    assert here.customdata[0][0] == field_rows.field_key(report.fields[0])
    assert len(here.x) == 12
    assert drawing.alt.startswith("Bits by field")


def test_whole_numbers_add_up_however_they_are_rounded() -> None:
    """Each within one of its value."""
    values = [0.5, 0.5, 0.5, 1.49, -3.3, 2.31]
    total = round(sum(values))
    found = field_rows.whole(values, total)
    assert sum(found) == total
    assert all(abs(got - value) < 1 for got, value in zip(found, values, strict=True))


def test_the_sentence_names_the_field_that_grew_most(app: App, traced: Anomaly) -> None:
    """With the numbers of the report."""
    report = app.examination.fields(tenant(), traced.row.id)
    most: FieldBits = max(report.fields, key=lambda field: field.more)
    said = anomaly_fields.sentence(report).replace("\\", "")
    assert most.path in said or most.role == "punctuation"


def test_templates_are_counted_beside_the_baseline(dashboard: AppTest, app: App, strongest: Anomaly) -> None:
    """Every count is one made by hand from the masked events."""
    costs = app.examination.event_costs(tenant(), strongest.row.id)
    window = Counter(skeleton_of(cost.canonical) for cost in costs)
    baseline = Counter(map(skeleton_of, app.examination.masked_baseline(tenant(), strongest.row.id)))
    found = app.examination.templates(tenant(), strongest.row.id)
    assert sum(one.in_window for one in found) == len(costs)
    assert sum(one.in_baseline for one in found) == sum(baseline.values())
    assert len(found) == len(window.keys() | baseline.keys())
    bits = strongest.record["description"]["event_bits"]
    assert sum(one.bits for one in found) == pytest.approx(sum(bits))
    for one in found:
        skeleton = skeleton_of(one.text.encode())
        assert (one.in_window, one.in_baseline) == (window[skeleton], baseline[skeleton])
        assert one.change == (
            "new" if not baseline[skeleton] else "gone" if not window[skeleton] else one.change
        )
    page = opened(dashboard, strongest.row.id)
    frame = next(table.value for table in page.dataframe if "As often" in table.value)
    assert list(frame["As often"])[:3] == [template_table.often(one) for one in found[:3]]
    assert "new" in set(frame["As often"])
    assert "gone" in set(frame["As often"])


def test_the_dearest_lines_have_their_twin_beside_them(
    dashboard: AppTest, app: App, strongest: Anomaly
) -> None:
    """The event named is one of the baseline, and saves what the table says."""
    page = opened(dashboard, strongest.row.id)
    frame = next(table.value for table in page.dataframe if "Twin" in table.value)
    top = strongest.record["description"]["top"]
    assert len(frame) == len(top)
    first, last, _ = strongest.record["evidence"]["epochs"][-1]
    seqs = [strongest.row.first_seq + line["position"] for line in top]
    twins = app.examination.twins(tenant(), strongest.row.id, seqs)
    assert list(frame["Twin"]) == [count_text(first + twin.index) for twin in twins.values()]
    assert all(first <= first + twin.index <= last for twin in twins.values())
    assert "twin" in rendered(page)


@pytest.mark.parametrize("tab", ["Fields", "Is it chance?", "What if", "Context"])
def test_ux12_no_tab_says_what_no_number_supports(dashboard: AppTest, traced: Anomaly, tab: str) -> None:
    """None of the words that promise too much."""
    text = rendered(opened(dashboard, traced.row.id, tab)).lower()
    assert not [word for word in FORBIDDEN if word in text]
