"""Is it chance? The window against all shuffles and against the stream's own past."""

import streamlit as st

from driftlock.model import Anomaly
from driftlock.ui import words
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.null_chart import null_panel
from driftlock.ui.session import TENANT, colours, examination


def show(anomaly: Anomaly) -> None:
    """Two null panels, the paragraph in words, and the method with every number put in."""
    record = anomaly.record
    null = examination().null(TENANT, anomaly.row.id)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Against shuffles:** does it matter which events are in the window?")
        shuffled = null_panel(
            null.permuted,
            null.observed_permuted,
            colours=colours(),
            what="shuffle",
            unit="Bytes of the window's chunks, half of the baseline known",
            flagged=record["flagged"],
        )
        st.plotly_chart(shuffled.figure, key="null-shuffles", alt=shuffled.alt, config=PLOTLY_CONFIG)
        st.caption(shuffled.caption)
    with right:
        st.markdown("**Against the past:** is such a cost rare on this stream?")
        if len(null.past):
            past = null_panel(
                null.past,
                null.observed_past,
                colours=colours(),
                what="past window",
                unit="Bytes of a window, the whole baseline known",
                flagged=record["flagged"],
            )
            st.plotly_chart(past.figure, key="null-past", alt=past.alt, config=PLOTLY_CONFIG)
            st.caption(past.caption)
        else:
            st.info("There was no past window yet to rank this one among.")
    explanation = record["explanation"]
    st.markdown(words.emphasised(explanation["paragraph"]))
    with st.expander("Method"):
        for line in explanation["method"].split("\n"):
            st.markdown(f"- {words.literal(line)}")
