"""Fields: where in the events the bits lie, beside where they lie in an ordinary window."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from driftlock.model import Anomaly
from driftlock.ui import byte_map_view, field_rows, words
from driftlock.ui.byte_map_lines import lines
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.field_chart import field_bars
from driftlock.ui.field_rows import FieldRow
from driftlock.ui.session import colours, examination, tenant
from driftlock_core.field_bits import FieldBits, FieldReport
from driftlock_core.numbers_text import bits_text, count_text

MOST_BARS: Final = 10
MOST_LINES: Final = 100
_ALL: Final = "all fields"
_CHART: Final = "fields-chart"


def show(anomaly: Anomaly) -> None:
    """The sum, the paired bars, the lines of one field, and the whole table."""
    report = measured(tenant(), anomaly.row.id)
    found = field_rows.rows(report)
    st.markdown(sentence(report))
    if report.shapes != ("json",):
        st.info(no_fields(report))
    drawing = field_bars(
        field_rows.folded(found, MOST_BARS), colours=colours(), baseline_windows=report.baseline_windows
    )
    st.plotly_chart(
        drawing.figure,
        key=_CHART,
        alt=drawing.alt,
        config=PLOTLY_CONFIG,
        on_select=_clicked,
        selection_mode="points",
    )
    st.caption(drawing.caption)
    _lines(anomaly, report)
    with st.expander(f"All {words.plural(len(report.fields), 'field')} in numbers"):
        st.dataframe(table(found), hide_index=True, height="content" if len(found) < 16 else 460)
        st.caption(method(report))


@st.cache_data(show_spinner=False, scope="session", max_entries=8)
def measured(tenant: str, anomaly_id: str) -> FieldReport:
    """The report of one window; computed once a session."""
    return examination().fields(tenant, anomaly_id)


def sentence(report: FieldReport) -> str:
    """Totals, and the field that grew most."""
    most = report.fields[0]
    where = f"the {'name' if most.role == 'key' else 'value'} of **{words.literal(most.path)}**"
    if most.role == "punctuation":
        where = "what stands **between fields**"
    return (
        f"This window takes **{bits_text(report.total)} bits** once the baseline is known, a window of the baseline "
        f"{bits_text(report.usual_total)}. Most of the difference lies in {where}: {bits_text(most.bits)} bits here, "
        f"{bits_text(most.usual_bits)} there."
    )


def no_fields(report: FieldReport) -> str:
    """What stands in for fields where lines have none."""
    some = "Some of these lines are plain text" if "json" in report.shapes else "These lines are plain text"
    return (
        f"{some}, which has no fields: bits are summed by the place of the word in its line, and by name where a "
        "word reads name=value."
    )


def method(report: FieldReport) -> str:
    """How the bits were priced."""
    share = abs(report.overhead) / report.total if report.total else 0.0
    took = "took more than the prices say" if report.overhead > 0 else "took less than the prices say"
    return (
        "The window is parsed chunk by chunk, as it is compressed. A new byte is priced at 8 bits; a copy at one bit, "
        "log2 of the places it could begin at and twice log2 of its length, spread over its bytes. The compressor "
        f"{took}: the difference, {bits_text(abs(report.overhead))} bits or {100 * share:.1f} % of the total, is the "
        "coder overhead. All rows together are the total."
    )


def table(found: Sequence[FieldRow]) -> dict[str, list[str] | list[int]]:
    """Every row and the total."""
    total = FieldRow(
        key="",
        name="total",
        part="",
        bits=sum(row.bits for row in found),
        usual=sum(row.usual for row in found),
    )
    every = [*found, total]
    return {
        "Field": [row.name for row in every],
        "Part": [row.part for row in every],
        "Bits here": [row.bits for row in every],
        "Bits in a baseline window": [row.usual for row in every],
        "Difference": [row.bits - row.usual for row in every],
    }


def _clicked() -> None:
    selection: Any = st.session_state.get(_CHART)
    points = selection.selection.points if selection is not None else []
    if points and points[0].get("customdata"):
        st.session_state["field"] = points[0]["customdata"][0]


def _lines(anomaly: Anomaly, report: FieldReport) -> None:
    by_key = {field_rows.field_key(field): field for field in report.fields if field.bits >= 0.5}
    # A name from a click on the rest, or from another window's address, is not one of these.
    if st.session_state.get("field") not in {None, _ALL, *by_key}:
        st.session_state["field"] = _ALL
    chosen = st.selectbox(
        "Lines by the bits of",
        [_ALL, *by_key],
        key="field",
        bind="query-params",
        width=420,
        help="Choosing a bar chooses here.",
    )
    field = by_key.get(str(chosen))
    costs = examination().event_costs(tenant(), anomaly.row.id)
    of_line = list(field.by_event) if field is not None else _all(report, len(costs))
    places = sorted((at for at in range(len(costs)) if of_line[at] >= 0.5), key=lambda at: (-of_line[at], at))
    usual = (field.usual_bits if field is not None else report.usual_total) / max(1, len(costs))
    window = [cost.canonical for cost in costs]
    st.html(
        byte_map_view.style(colours())
        + byte_map_view.rows(
            places[:MOST_LINES],
            lines(window, examination().byte_map(tenant(), anomaly.row.id)),
            [cost.event.seq for cost in costs],
            of_line,
            dear_above=2 * usual,
            picked=None,
        )
    )
    what = f"with bits in {words.literal(str(chosen))}" if field is not None else "with any bits"
    cut = f"; the first {MOST_LINES} are shown" if len(places) > MOST_LINES else ""
    st.caption(
        f"{count_text(len(places))} of {words.plural(len(costs), 'line')} {what}, costliest first{cut}. Bold: over twice "
        "what a line of a baseline window takes there."
    )


def _all(report: FieldReport, events: int) -> list[float]:
    fields: Sequence[FieldBits] = report.fields
    return [sum(field.by_event[at] for field in fields) for at in range(events)]
