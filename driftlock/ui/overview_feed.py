"""The flagged windows: to look through, or as they come."""

import streamlit as st

from driftlock.services.overview_rows import Scope
from driftlock.ui import overview_filters, overview_live, overview_review

MODES = ("Review", "Live")


def live() -> bool:
    """Whether the reader watches what comes, rather than look through what came."""
    return st.session_state.get("feed-mode") == "Live"


def show(scope: Scope) -> None:
    """One of the two modes; which one is the session's own."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="feed-head"
    ):
        st.subheader("Flagged windows", anchor=False, width="content")
        mode = st.segmented_control(
            "Mode",
            MODES,
            default="Review",
            required=True,
            key="feed-mode",
            persist_state="session",
            label_visibility="collapsed",
        )
    if mode == "Live":
        overview_live.show()
        return
    overview_filters.chip()
    overview_review.show(overview_filters.ask(scope))
