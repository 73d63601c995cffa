"""What is unusual now, and how often chance alone would look like this."""

import streamlit as st

from driftlock.ui import (
    overview_address,
    overview_feed,
    overview_figures,
    overview_lanes,
    overview_later,
    overview_start,
    overview_states,
    overview_timeline,
    overview_tools,
)

scope = overview_states.asked()
overview_tools.head(scope)
overview_start.show(scope)
if not overview_states.anything(scope):
    st.stop()
overview_figures.show(scope)
overview_lanes.show(scope)
if overview_feed.live():  # then the strip shows the newest scores, and goes on showing them
    overview_feed.show(scope)
else:
    stream_id = overview_lanes.stream_to_show(scope)
    room = overview_timeline.room(stream_id)
    overview_feed.show(scope)
    with room:
        overview_later.show(scope, stream_id)
overview_address.remember()
