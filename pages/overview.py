"""What is unusual now, and how often chance alone would look like this."""

import streamlit as st

from driftlock.ui import (
    overview_address,
    overview_feed,
    overview_figures,
    overview_lanes,
    overview_start,
    overview_states,
    overview_tools,
)

scope = overview_states.asked()
overview_tools.head(scope)
overview_start.show(scope)
if not overview_states.anything(scope):
    st.stop()
overview_figures.show(scope)
overview_lanes.show(scope, live=overview_feed.live())
overview_feed.show(scope)
overview_address.remember()
