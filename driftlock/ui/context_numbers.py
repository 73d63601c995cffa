"""The numbers that a window's events measure, before, in and after it."""

from typing import Final

import streamlit as st

from driftlock.model import Anomaly
from driftlock.ui import words
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.series_chart import series_chart
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.timeline_chart import Interval

MOST_SERIES: Final = 50


def show(anomaly: Anomaly) -> None:
    """One series at a time, the window shaded."""
    found = desk().context.numbers(tenant(), anomaly.row.id)[:MOST_SERIES]
    st.markdown("**The numbers themselves**")
    if not found:
        st.info("The events of this window measure no number.")
        return
    names = [one.name for one in found]
    chosen = st.selectbox("Series", names, key=f"numbers-{anomaly.row.id}")
    one = found[names.index(chosen) if chosen in names else 0]
    drawing = series_chart(
        one.points,
        [],
        colours=colours(),
        warmup_seq=0,
        unit=one.name,
        shaded=Interval(anomaly.row.first_seq, anomaly.row.last_seq, "this window"),
    )
    st.plotly_chart(drawing.figure, key="context-numbers", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(
        f"Values as they came, {words.plural(one.inside, 'value')} of them in the window, which is shaded. The window was "
        "judged by its text; nothing was expected of the numbers."
    )
