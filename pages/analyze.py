"""From data to a verdict."""

import streamlit as st

from driftlock.ui import ask, links, page, progress, recent_runs, result
from driftlock.ui.session import desk, may, need, tenant

page.head("Analyze", "From your data to a verdict, and how often chance alone would say the same.")

run_id = links.run_asked()
run = desk().queries.run(tenant(), run_id) if run_id else None

if run is None:
    need("analyze", "analyze")
if may("analyze"):
    with st.expander("Data and settings", expanded=run is None):
        ask.show()

if run is not None and progress.followed(run):
    progress.show(run)
elif run is not None:
    result.show(run)
elif run_id:
    st.info("This run is not kept any more, or never was. Choose a source to start another.")

recent_runs.show(run_id)
