"""What stands out: one block for each view, with its sentence, its place among past windows, and where."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from driftlock.model import Anomaly
from driftlock.ui import view_places, view_words, words
from driftlock.ui.session import colours
from driftlock.ui.view_strip import strip
from driftlock_core.numbers_text import count_text
from driftlock_core.window_views.catalogue import COLUMN
from driftlock_core.window_views.findings import Finding, unit_of
from driftlock_core.window_views.findings_text import finding_text

EVENT_BUTTONS: Final = 3


def show(anomaly: Anomaly) -> None:
    """The blocks, most surprising view first; nothing where the bytes alone decided."""
    found = findings(anomaly.record)
    if not found:
        return
    st.markdown("**What stands out**", help=view_words.HELP["views"])
    st.html(view_places.style(colours()))
    with st.grid(min_column_width=340, gap="small"):
        for finding in found:
            with st.container(border=True, height="stretch"):
                _block(anomaly, finding)


def findings(record: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the record holds of each view that stands out."""
    return tuple(map(Finding.from_record, record["description"].get("findings", ())))


def past_values(record: Mapping[str, Any], finding: Finding) -> list[float]:
    """The finding's statistic of every past window the record ranks it among, in the finding's unit."""
    views = record["evidence"]["views"]
    unit = unit_of(finding.statistic, views["usual_us"])
    return [row[COLUMN[finding.statistic]] / unit for row in views["references"]]


def noted(record: Mapping[str, Any], first_seq: int) -> frozenset[int]:
    """Numbers of the events that some view points at."""
    return frozenset(
        first_seq + place.position
        for finding in findings(record)
        for place in finding.places
        if place.position >= 0
    )


def _block(anomaly: Anomaly, finding: Finding) -> None:
    record, first_seq = anomaly.record, anomaly.row.first_seq
    st.markdown(f"**{view_words.view(finding.view)}**")
    st.html(strip(finding, past_values(record, finding), colours()))
    # The head of the block names the view already.
    st.markdown(words.emphasised(finding_text(finding).partition(":** ")[2]))
    if shown := view_places.places(finding, first_seq, record["evidence"]["views"]["times"]):
        st.html(shown)
    if finding.view == "bytes":
        st.caption("Its events are shown byte by byte below.")
    # One event may have several places: a button for each would be the same one twice.
    seqs = list(dict.fromkeys(first_seq + place.position for place in finding.places if place.position >= 0))
    if seqs:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.caption("Look closer:", width="content")
            for seq in seqs[:EVENT_BUTTONS]:
                st.button(
                    f"Event {count_text(seq)}",
                    key=f"look-{finding.view}-{seq}",
                    type="tertiary",
                    on_click=_look,
                    args=(seq,),
                )


def _look(seq: int) -> None:
    st.session_state["ev"] = str(seq)
