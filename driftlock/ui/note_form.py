"""A note about a moment, as the overview and the anomaly page take it."""

from datetime import datetime
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.ui import words
from driftlock.ui.session import desk, reader, tenant

MOST_NOTE: Final = 500  # characters
EXAMPLE: Final = "Deployed payments 4.2"


def add(at: datetime, text: str, stream_id: str | None) -> None:
    """Keep the note and draw the page anew, or say why not; without *stream_id* it is about all streams."""
    if not text.strip():
        st.warning("A note needs some words.")
        return
    try:
        desk().review.annotate(tenant(), at, text.strip(), by=reader(), stream_id=stream_id)
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    st.toast(f"Note added at {words.moment(at)} UTC. Z undoes it.")
    st.rerun()
