"""
What several parts of the overview ask of the store, asked once.

Kept for a few seconds, so that choosing a row or turning a page does not count
half a million windows anew. New data end a range later, and so are read at once.
The tenant is part of every scope.
"""

from typing import Final

import streamlit as st

from driftlock.services.overview_rows import FeedRow, Figures, LaneBy, Lanes, Scope, Wanted
from driftlock.ui.session import desk

KEPT_SECONDS: Final = 5
_MOST: Final = 200  # answers, of all readers


@st.cache_data(ttl=KEPT_SECONDS, max_entries=_MOST, show_spinner=False)
def strongest(scope: Scope, wanted: Wanted) -> FeedRow | None:
    """The strongest flagged window of those wanted."""
    rows = desk().overview.feed(scope, wanted, order="strongest", limit=1).rows
    return rows[0] if rows else None


@st.cache_data(ttl=KEPT_SECONDS, max_entries=_MOST, show_spinner=False)
def figures(scope: Scope) -> Figures:
    """The counts of the cards."""
    return desk().overview.figures(scope)


@st.cache_data(ttl=KEPT_SECONDS, max_entries=_MOST, show_spinner=False)
def lanes(scope: Scope, by: LaneBy, cells: int, most: int) -> Lanes:
    """The lanes of the swimlane."""
    return desk().overview.lanes(scope, by, cells, most)


def forget() -> None:
    """Something was said about flagged windows: what is kept may be otherwise."""
    strongest.clear()
    figures.clear()
