"""Context: what stood around the window, what its events belong to, and how often the same cause was flagged."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from driftlock.model import Anomaly, AnomalyRow
from driftlock.services.context import Around
from driftlock.ui import (
    anomaly_navigation,
    case_comments,
    context_history,
    context_llm,
    context_notes,
    context_numbers,
    context_trace,
    view_words,
    words,
)
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.timeline_chart import Interval, timeline
from driftlock_core.numbers_text import count_text, ncd_text

EITHER_SIDE: Final = 5  # flagged neighbours listed before and after


def show(anomaly: Anomaly) -> None:
    """Timeline and neighbours, then what its kind has to show, then its pattern and the notes."""
    around = desk().context.around(tenant(), anomaly.row.id)
    _timeline(anomaly, around)
    _neighbours(anomaly.row, around.neighbours)
    if anomaly.row.kind == "traces":
        context_trace.show(anomaly)
    elif anomaly.row.kind == "llm":
        context_llm.show(anomaly)
    elif anomaly.row.kind == "metrics":
        context_numbers.show(anomaly)
    context_history.show(anomaly.row.id, anomaly.row.views)
    context_notes.show(anomaly.row.stream_id, *context_notes.reach(around.columns, anomaly.row.seen_at))
    case_comments.of_anomaly(anomaly.row.id)


def _timeline(anomaly: Anomaly, around: Around) -> None:
    row = anomaly.row
    many = len(around.columns.window) - 1
    st.markdown(f"**Around it:** {words.plural(many, 'window')} before and after")
    drawing = timeline(
        around.columns,
        colours=colours(),
        threshold=float(anomaly.record["threshold"]),
        ordinary=desk().queries.ordinary_range(tenant(), row.stream_id),
        truth=[Interval(around.first_seq, around.last_seq, "this window")],
    )
    since, until = context_notes.reach(around.columns, row.seen_at)
    notes = context_notes.between(row.stream_id, since, until)
    context_notes.mark(drawing.figure, around.columns, notes, colours())
    st.plotly_chart(drawing.figure, key="context-timeline", alt=drawing.alt, config=PLOTLY_CONFIG)
    reach = (
        "Half an hour, and at least 40 windows, on either side."
        if around.by_time
        else "40 windows on either side."
    )
    st.caption(f"{reach} {drawing.caption}{' ✎ notes.' if notes else ''}")


def _neighbours(own: AnomalyRow, rows: Sequence[AnomalyRow]) -> None:
    others = [row for row in rows if row.id != own.id]
    if not others:
        st.caption("No other window of this stretch was flagged.")
        return
    together = sum(row.incident == own.incident for row in others)
    st.markdown(
        f"**{words.plural(len(others), 'flagged neighbour')}**, {count_text(together)} of the same incident"
    )
    total, rows = len(rows), nearest(own, rows)
    picked: Any = st.dataframe(
        neighbours(own, rows),
        hide_index=True,
        height="content",
        # Another window's rows are other rows: nothing of this one's choice may stay.
        key=f"neighbours-{own.id}",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Window": st.column_config.TextColumn(width=210),
            "NCD": st.column_config.TextColumn(width=64, alignment="right", help=words.HELP["ncd"]),
            "p": st.column_config.TextColumn(width=64, alignment="right", help=words.HELP["p"]),
            "Extra bits": st.column_config.TextColumn(width=84, alignment="right"),
        },
        alt="Flagged windows near this one, in the order of the stream",
    )
    cut = f" The nearest {len(rows)} of {count_text(total)} are listed." if len(rows) < total else ""
    st.caption(f"Choose a row to open that window.{cut}")
    if picked.selection.rows and rows[picked.selection.rows[0]].id != own.id:
        anomaly_navigation.open_anomaly(rows[picked.selection.rows[0]].id)
        st.rerun()


def nearest(own: AnomalyRow, rows: Sequence[AnomalyRow]) -> Sequence[AnomalyRow]:
    """At most :data:`EITHER_SIDE` flagged windows before and after this one, in stream order."""
    at = next(at for at, row in enumerate(rows) if row.id == own.id)
    return rows[max(0, at - EITHER_SIDE) : at + EITHER_SIDE + 1]


def neighbours(own: AnomalyRow, rows: Sequence[AnomalyRow]) -> dict[str, list[str]]:
    """One row a flagged window, this one marked."""
    return {
        "": ["▸ this" if row.id == own.id else "" for row in rows],
        "Window": [words.place(row.first_at, row.last_at, row.first_seq, row.last_seq) for row in rows],
        "Severity": [f"{words.SEVERITY_SYMBOLS[row.severity]} {row.severity}" for row in rows],
        "Stands out by": [view_words.plain(row.views) for row in rows],
        "NCD": [ncd_text(row.ncd) for row in rows],
        "p": [words.p_value(row.p) for row in rows],
        "Extra bits": [words.signed_bits(row.extra_bits) for row in rows],
        "Incident": [count_text(row.incident) for row in rows],
    }
