"""The dashboard: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from driftlock.ui import frame, links

MARK = Path(__file__).parent / "docs" / "images" / "mark.png"

st.set_page_config(page_title="Driftlock", page_icon=str(MARK), layout="wide")
page = st.navigation(
    {
        "Watch": [
            st.Page(links.OVERVIEW, title="Overview", default=True),
            st.Page(links.ANOMALY, title="Anomaly", visibility=frame.anomaly_in_menu()),
        ],
        "Work": [
            st.Page(links.ANALYZE, title="Analyze"),
            st.Page(links.TUNING, title="Tuning lab"),
        ],
        "Show": [st.Page(links.SCENARIOS, title="Scenarios")],
    },
    expanded=True,
)
frame.show(page)
page.run()
