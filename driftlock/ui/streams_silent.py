"""Silent streams in the foot of every page: nothing comes in, so nothing is flagged either."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from driftlock.services.drift import silent_for
from driftlock.services.overview_rows import StreamState
from driftlock.ui import links, words


def foot(streams: Sequence[StreamState]) -> None:
    """A link to the page that names them; nothing where every stream speaks."""
    now = datetime.now(UTC)
    silent = [one for one in streams if silent_for(one, now) is not None]
    if silent:
        st.page_link(
            links.STREAMS,
            label=f"{words.plural(len(silent), 'stream')} silent",
            icon=":material/volume_off:",
            help="No event for ten times the usual gap.",
        )
