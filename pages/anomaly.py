"""Why a window was flagged, how sure that is, and the proof."""

import streamlit as st

from driftlock.ui import (
    anomaly_chance,
    anomaly_context,
    anomaly_differs,
    anomaly_fields,
    anomaly_head,
    anomaly_record,
    anomaly_states,
    anomaly_verdict,
    anomaly_whatif,
    series_anomaly,
)
from driftlock.ui.session import desk, tenant

anomaly_id = st.query_params.get("id")
if not anomaly_id:
    anomaly_states.none_open()
    st.stop()

number = desk().series.anomaly(tenant(), anomaly_id)
numbers = desk().queries.stream(tenant(), number.row.stream_id) if number else None
if number is not None and numbers is not None:
    series_anomaly.show(number, numbers)
    st.stop()

anomaly = desk().queries.anomaly(tenant(), anomaly_id)
stream = desk().queries.stream(tenant(), anomaly.row.stream_id) if anomaly else None
if anomaly is None or stream is None:
    anomaly_states.unknown()
    st.stop()

anomaly_head.show(anomaly, stream)
anomaly_verdict.show(anomaly)
tabs = {
    "What differs": anomaly_differs.show,
    "Fields": anomaly_fields.show,
    "Is it chance?": anomaly_chance.show,
    "What if": anomaly_whatif.show,
    "Context": anomaly_context.show,
    "Record": anomaly_record.show,
}
for tab, show in zip(
    st.tabs(list(tabs), key="tab", bind="query-params", on_change="rerun"), tabs.values(), strict=True
):
    if tab.open:
        with tab:
            anomaly_states.guarded(show, anomaly)
