"""A note about a moment, as the overview and the anomaly page take it."""

from datetime import datetime
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.ui import words
from driftlock.ui.session import desk, reader, tenant

MOST_NOTE: Final = 500  # characters
EXAMPLE: Final = "Deployed payments 4.2"
TEXT: Final = "note-text"  # key of the field


def add(at: datetime, stream_id: str | None) -> None:
    """
    For callbacks of the form's button: keep what its field holds; without *stream_id* it is about all streams.

    A callback is done before another click can begin another run, and the browser empties the field at the first.
    """
    text = str(st.session_state[TEXT])
    if not text.strip():
        st.toast("A note needs some words.", icon=":material/info:")
        return
    try:
        desk().review.annotate(tenant(), at, text.strip(), by=reader(), stream_id=stream_id)
    except ApplicationError as error:
        st.session_state[TEXT] = text
        st.toast(words.literal(str(error)), icon=":material/error:")
        return
    st.toast(f"Note added at {words.moment(at)} UTC. Z undoes it.")
