"""From an anomaly to its evidence and to the case it belongs to, on the head of its page."""

import streamlit as st

from driftlock.ui import links, reports_parts, words
from driftlock.ui.session import desk, tenant


def show(anomaly_id: str) -> None:
    """One line: the bundle, for who may make one, and the case, where it belongs to one."""
    case_id = desk().cases.of_anomaly(tenant(), anomaly_id)
    view = desk().cases.case(tenant(), case_id) if case_id else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="anomaly-ways"):
        reports_parts.offer(anomaly_id)
        if view is None:
            return
        st.page_link(
            links.FEEDBACK,
            label="Open the case",
            icon=":material/arrow_forward:",
            query_params={"case": view.case.id},
        )
        others = len(view.stream_ids) - 1
        st.markdown(
            f"**Part of a case** with {words.plural(others, 'other stream')}: {words.literal(view.case.title)}",
            width="content",
        )
