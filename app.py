"""The dashboard: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from driftlock.ui import admin_tabs, frame, left_pages, links, sign_in

MARK = Path(__file__).parent / "docs" / "images" / "mark.png"

left_pages.forget()
st.set_page_config(page_title="Driftlock", page_icon=str(MARK), layout="wide")
known = sign_in.known()
page = st.navigation(
    {
        "Watch": [
            st.Page(links.OVERVIEW, title="Overview", default=True),
            st.Page(links.ANOMALY, title="Anomaly", visibility=frame.anomaly_in_menu()),
        ],
        "Work": [
            st.Page(links.ANALYZE, title="Analyze"),
            st.Page(links.TUNING, title="Tuning lab"),
            st.Page(links.FEEDBACK, title="Feedback"),
        ],
        "Reference": [st.Page(links.STREAMS, title="Streams and anchors")],
        "Show": [st.Page(links.SCENARIOS, title="Scenarios")],
        "Prove": [
            st.Page(links.REPORTS, title="Reports and evidence"),
            st.Page(links.VERIFY, title="Verify a bundle"),
        ],
        "Account": [
            st.Page(links.ADMIN, title="Admin", visibility=admin_tabs.in_menu() if known else "hidden")
        ],
    },
    position="sidebar" if known else "hidden",
    expanded=True,
)
sign_in.admit(page, known=known)
frame.show(page)
page.run()
