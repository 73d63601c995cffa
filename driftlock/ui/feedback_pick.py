"""Which part of the page is open, and which stream it speaks of."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from driftlock.services.overview import StreamState
from driftlock.ui import demo_data, frame, links
from driftlock.ui.session import desk, tenant

LABEL: Final = "Label"
PROPOSALS: Final = "Proposals"
CASES: Final = "Cases"
_TAB: Final = "tab"


def tabs() -> Sequence[st.delta_generator.DeltaGenerator]:
    """The three parts; an address that names a case or a proposal opens the part that shows it."""
    names = [LABEL, PROPOSALS, CASES]
    # At the first run after another page the tab of that page is still there.
    if st.session_state.get(_TAB) not in names and _TAB not in st.query_params:
        if st.query_params.get("case"):
            st.session_state[_TAB] = CASES
        elif st.query_params.get("cand"):
            st.session_state[_TAB] = PROPOSALS
    return st.tabs(names, key=_TAB, bind="query-params", on_change="rerun")


def stream() -> StreamState | None:
    """The stream that is chosen; None where there is none, which is said."""
    streams = desk().overview.streams(tenant())
    if not streams and demo_data.being_prepared():
        return None
    if not streams:
        st.info(
            "No streams yet. Analyze a file or run a scenario; what is flagged there can be labelled here."
        )
        st.page_link(links.ANALYZE, label="Go to Analyze")
        return None
    by_id = {one.stream.id: one for one in streams}
    labels = frame.names(streams)
    asked = _asked(by_id, labels)
    if "stream" not in st.session_state and asked is not None:
        st.session_state.stream = asked
    # Where something was flagged comes first: there is something to say about it.
    ids = sorted(by_id, key=lambda one: not by_id[one].stream.flagged)
    picked = st.selectbox(
        "Stream",
        ids,
        format_func=lambda stream_id: labels[stream_id],
        key="stream",
        bind="query-params",
        width=320,
    )
    return by_id.get(picked)


def _asked(known: dict[str, StreamState], labels: dict[str, str]) -> str | None:
    """The stream of a proposal in the address, of an id another page wrote there, or the one chosen beside the page."""
    candidate = st.query_params.get("cand")
    proposal = desk().proposals.get(tenant(), candidate) if candidate else None
    if proposal is not None and proposal.stream_id in known:
        return proposal.stream_id
    if (said := st.query_params.get("stream")) in known:
        return said
    if said in labels.values():
        return None  # the widget reads it by itself
    chosen = frame.chosen_ids(list(known.values()))
    return chosen[0] if chosen else None
