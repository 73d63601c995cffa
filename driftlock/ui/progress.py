"""A run at work: counted progress, a way to stop it, and how it ended."""

from contextlib import suppress

import streamlit as st

from driftlock.errors import NotFound
from driftlock.model import Run
from driftlock.ui import words
from driftlock.ui.session import desk, may, tenant
from driftlock_core.numbers_text import count_text

POLL_SECONDS = 0.5
AT_WORK = ("queued", "running")


def show(run: Run) -> None:
    """Follow *run* until it ends, then draw the page anew. The page may be left at any time."""
    st.fragment(_follow, run_every=POLL_SECONDS)(run.id)


def _follow(run_id: str) -> None:
    run = desk().queries.run(tenant(), run_id)
    if run is None or run.state not in AT_WORK:
        st.rerun(scope="app")
    st.progress(share(run), text=counted(run))
    with st.container(horizontal=True, vertical_alignment="center"):
        if may("analyze"):
            st.button("Cancel", key="cancel", on_click=_cancel, args=(run_id,))
        st.caption("This goes on when you leave the page; its address brings you back.")


def _cancel(run_id: str) -> None:
    # Deleted in another browser: the next look at the run finds that out.
    with suppress(NotFound):
        desk().cancel_run(tenant(), run_id)


def followed(run: Run) -> bool:
    """Whether there is no result before it ends; what is played live has one all the time."""
    return run.state in AT_WORK and run.source != "live"


def share(run: Run) -> float:
    """How much of the work is done, 0 to 1: half for reading, half for analyzing."""
    read = min(1.0, run.bytes_read / run.size_bytes) if run.size_bytes else 0.0
    analyzed = min(1.0, run.events_analyzed / run.events_received) if run.events_received else 0.0
    return (read + analyzed * read) / 2


def counted(run: Run) -> str:
    """The work done and to be done, in numbers."""
    step = run.step or words.RUN_STATES[run.state]
    parts = [words.literal(step[:1].upper() + step[1:])]
    if run.size_bytes:
        parts.append(f"{words.size(run.bytes_read)} of {words.size(run.size_bytes)} read")
    if run.events_received:
        parts.append(
            f"{count_text(run.events_analyzed)} of {count_text(run.events_received)} events analyzed"
        )
    return " · ".join(parts)


def ended_early(run: Run) -> None:
    """Why a run has no full result, and what is left of it."""
    if run.state == "cancelled" and not run.events_analyzed:
        st.warning(
            "This run was stopped before analysis began; "
            f"{words.plural(run.events_received, 'event')} had been read."
        )
    elif run.state == "cancelled":
        st.warning("This run was cancelled. What had been analyzed until then is shown below.")
    elif run.state == "failed":
        st.error(f"This run failed: {words.literal(run.error or 'no reason was recorded.')}")
