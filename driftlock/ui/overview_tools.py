"""What can be done from the head of the overview: open the strongest, write a note, copy the address."""

from datetime import UTC, datetime

import streamlit as st

from driftlock.services.overview_rows import Scope, Wanted
from driftlock.ui import frame, links, overview_history, overview_reads, page
from driftlock.ui.note_form import EXAMPLE, MOST_NOTE, TEXT, add
from driftlock.ui.overview_states import PURPOSE
from driftlock.ui.session import desk, may, tenant


def head(scope: Scope) -> None:
    """Title and purpose, and beside them what can be done, the primary action first."""
    strongest = overview_reads.strongest(scope, Wanted())
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="overview-head"
    ):
        with st.container(width="content", key="overview-title"):
            page.head("Overview", PURPOSE)
        with st.container(horizontal=True, width="content", gap="small", key="overview-tools"):
            if strongest and st.button("Open the strongest", type="primary", key="open-strongest"):
                st.switch_page(links.ANOMALY, query_params={"id": strongest.id})
            if scope.stream_ids and may("label"):
                _note(scope)
            overview_history.show()
            links.copy(links.OVERVIEW, key="copy-overview", **_parameters())


def _parameters() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params if name != "id"}


def _note(scope: Scope) -> None:
    labels = frame.names(
        [one for one in desk().overview.streams(tenant()) if one.stream.id in scope.stream_ids]
    )
    at = (scope.until or datetime.now(UTC)).astimezone(UTC)
    with (
        st.popover("Add note", icon=":material/edit_note:", key="add-note"),
        st.form("note", clear_on_submit=True, border=False),
    ):
        st.markdown("**A note at a moment**, drawn as ✎ above the lanes.")
        st.date_input("Day, UTC", value=at.date(), key="note-day")
        st.time_input("Time, UTC", value=at.time().replace(microsecond=0), step=60, key="note-time")
        st.selectbox(
            "About", ["", *labels], format_func=lambda one: labels.get(one, "All streams"), key="note-stream"
        )
        st.text_input("Note", max_chars=MOST_NOTE, key=TEXT, placeholder=EXAMPLE)
        st.form_submit_button("Add", type="primary", on_click=_add_note)


def _add_note() -> None:
    asked = st.session_state
    add(datetime.combine(asked["note-day"], asked["note-time"], tzinfo=UTC), asked["note-stream"] or None)
