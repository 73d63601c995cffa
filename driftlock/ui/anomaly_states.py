"""What the page of one window shows where there is nothing to show, or not any more."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from driftlock.errors import NotFound
from driftlock.model import Anomaly
from driftlock.ui import links, page, words
from driftlock_core.errors import NotRecomputable

PURPOSE: Final = "Why a window was flagged, how rare that is, and the proof."
GONE: Final = "There is no flagged window of this id, or it is not kept any more."


def none_open() -> None:
    """No id in the address."""
    _message("No flagged window is open. Analyze something and choose a row of its table.")


def unknown() -> None:
    """An id that is not there; another tenant's reads the same."""
    _message(GONE)


def _message(text: str) -> None:
    page.head("Anomaly", PURPOSE)
    st.info(text)
    with st.container(horizontal=True):
        st.page_link(links.ANALYZE, label="Go to Analyze")
        st.page_link(links.OVERVIEW, label="Go to Overview")


def guarded(show: Callable[[Anomaly], None], anomaly: Anomaly) -> None:
    """Draw one tab behind a skeleton; where the events were removed, say what is still known."""
    try:
        with st.skeleton(height=320):
            show(anomaly)
    except NotRecomputable as error:
        st.info(
            f"Events that this needs were removed: {words.literal(str(error))}. Numbers and digests of the window stay "
            "under *Record*; what needs the events themselves can no longer be computed."
        )
    except NotFound:
        # Deleted in another browser between the head of the page and this tab.
        st.info(GONE)
