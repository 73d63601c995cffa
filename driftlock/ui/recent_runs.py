"""The runs of this tenant that are still kept."""

from contextlib import suppress
from typing import Final

import streamlit as st

from driftlock.errors import NotFound
from driftlock.model import Run, Source
from driftlock.ui import words
from driftlock.ui.session import desk, may, tenant

MOST: Final = 10
# Plays of scenarios and the demo's streams have their own pages.
_SOURCES: Final[tuple[Source, ...]] = ("sample", "upload", "paste", "live")


def show(open_run: str | None) -> None:
    """Open or delete one of the latest runs."""
    runs = desk().queries.runs(tenant(), limit=MOST, sources=_SOURCES)
    if not runs:
        return
    st.subheader("Recent runs", anchor=False)
    for run in runs:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
        ):
            st.markdown(line(run), width="content")
            with st.container(horizontal=True, width="content"):
                if run.id == open_run:
                    st.button("Open", key=f"open-{run.id}", disabled=True, help="Shown above")
                elif st.button("Open", key=f"open-{run.id}"):
                    st.query_params["run"] = run.id
                    st.rerun()
                if may("analyze") and st.button("Delete", key=f"delete-{run.id}", type="tertiary"):
                    _delete(run.id, open_run)


def _delete(run_id: str, open_run: str | None) -> None:
    # Another browser may have deleted it meanwhile; then what was wanted is so.
    with suppress(NotFound):
        desk().delete_run(tenant(), run_id)
    if run_id == open_run:
        del st.query_params["run"]
    st.toast("Run deleted, with its events and verdicts.")
    st.rerun()


def line(run: Run) -> str:
    """Name, state, size and time of a run."""
    said = [f"**{words.literal(run.name)}**", words.RUN_STATES[run.state]]
    if run.events_received:
        said.append(words.plural(run.events_received, "event"))
    profile = words.PROFILE_NAMES.get(str(run.configuration.get("name")), "")
    said += [part for part in (profile, words.moment(run.created_at)) if part]
    return " · ".join(said)
