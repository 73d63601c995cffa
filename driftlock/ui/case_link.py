"""From an anomaly to the case it belongs to, if it does."""

import streamlit as st

from driftlock.ui import links, words
from driftlock.ui.session import desk, tenant


def show(anomaly_id: str) -> None:
    """A line with the way there; nothing where the anomaly is of no case."""
    case_id = desk().cases.of_anomaly(tenant(), anomaly_id)
    view = desk().cases.case(tenant(), case_id) if case_id else None
    if view is None:
        return
    others = len(view.stream_ids) - 1
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case-link"):
        st.markdown(
            f"**Part of a case** with {words.plural(others, 'other stream')}: {words.literal(view.case.title)}",
            width="content",
        )
        st.page_link(
            links.FEEDBACK,
            label="Open the case",
            icon=":material/arrow_forward:",
            query_params={"case": view.case.id},
        )
