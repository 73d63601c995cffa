"""Studies of a stream that take a while: started, followed with counted progress, called off."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from driftlock.errors import ApplicationError, NotFound
from driftlock.services.job_kinds import JobKind
from driftlock.services.jobs import Job
from driftlock.ui import words
from driftlock.ui.progress import AT_WORK, POLL_SECONDS
from driftlock.ui.session import desk, may, tenant
from driftlock_core.numbers_text import count_text


def counted(job: Job) -> str:
    """The work done and to be done, in numbers."""
    if job.state == "queued":
        return "Waiting for its turn"
    if not job.total:
        return "Starting"
    return f"{count_text(job.done)} of {count_text(job.total)} {job.unit}"


def at_work(job: Job | None) -> bool:
    """Whether somebody works on it, or will."""
    return job is not None and job.state in AT_WORK


def follow(job: Job, what: str) -> None:
    """Show *job* until it ends, then draw the page anew. The page may be left at any time."""
    st.fragment(_follow, run_every=POLL_SECONDS, key=f"follow-{job.kind}")(job.id, what)


def _follow(job_id: str, what: str) -> None:
    job = desk().jobs.get(tenant(), job_id)
    if job is None or job.state not in AT_WORK:
        st.rerun(scope="app")
    share = min(1.0, job.done / job.total) if job.total else 0.0
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, text=f"{what}: {counted(job)}")
        if may("analyze"):
            st.button("Cancel", key=f"cancel-{job.kind}", on_click=_cancel, args=(job.id,))


def _cancel(job_id: str) -> None:
    # Removed in another browser: the next look at the job finds that out.
    with suppress(NotFound):
        desk().jobs.cancel(tenant(), job_id)


def start_button(
    label: str, kind: JobKind, stream_id: str, *, key: str, options: Mapping[str, Any] | None = None
) -> None:
    """A button that queues the job and draws the page anew, for whom it is."""
    if may("analyze") and st.button(label, key=key, icon=":material/play_arrow:"):
        try:
            desk().jobs.start(tenant(), kind, stream_id, options or {})
        except ApplicationError as error:
            st.error(words.literal(str(error)))
            return
        st.rerun()


def ended(job: Job | None) -> None:
    """Why the newest job has no result; nothing where it has one or none was asked for."""
    if job is None or job.state in ("done", *AT_WORK):
        return
    if job.state == "cancelled":
        st.info("The last one was cancelled.")
    else:
        st.error(f"The last one failed: {words.literal(job.error or 'no reason was recorded.')}")
