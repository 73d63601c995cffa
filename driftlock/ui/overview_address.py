"""
What the overview was narrowed to, for whoever comes back to it by the browser's button.

Leaving a page whose widgets are part of its address, Streamlit leaves an
entry in the browser's history that holds the *next* page's parameters.
Who goes back to it wants the view that was left. (The menu's way back needs
nothing: then bound widgets keep what they held.)
"""

from typing import Any, Final

import streamlit as st

from driftlock.ui import overview_cell, range_pick

WIDGETS: Final = (*range_pick.WIDGETS, "s", "by", "q", "st", "k", "min", "o", "sup", "pg")
_KEPT: Final = "overview-address"
_STRAY: Final = ("id", "tab")


def remember() -> None:
    """Called when the page has been drawn: this is the view to come back to."""
    kept: dict[str, Any] = {key: st.session_state[key] for key in WIDGETS if key in st.session_state}
    st.session_state[_KEPT] = kept | {overview_cell.PARAMETER: st.query_params.get(overview_cell.PARAMETER)}


def restore() -> None:
    """Called before anything is drawn; an address of the overview's own is left as it is."""
    if _KEPT not in st.session_state or not set(_STRAY) & set(st.query_params):
        return
    for stray in set(_STRAY) & set(st.query_params):
        del st.query_params[stray]
    for key, value in st.session_state[_KEPT].items():
        if key != overview_cell.PARAMETER:
            st.session_state[key] = value
        elif value:
            st.query_params[key] = value
    # In a run that the browser's button began, widgets take their values from the address alone.
    st.rerun()
