"""The dashboard: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

MARK = Path(__file__).parent / "docs" / "images" / "mark.png"

st.set_page_config(page_title="Driftlock", page_icon=str(MARK), layout="wide")
st.navigation(
    {
        "Work": [st.Page("pages/analyze.py", title="Analyze", default=True)],
        "Watch": [st.Page("pages/anomaly.py", title="Anomaly")],
    }
).run()
