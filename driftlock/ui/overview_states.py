"""What stands where there is nothing to show yet, nothing to worry about, or nothing to reach."""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

import streamlit as st

from driftlock.services.overview_rows import Figures, Scope, SelfCheck, StreamState
from driftlock.ui import frame, links, overview_range, page, words
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import count_text

Answer = TypeVar("Answer")
PURPOSE: Final = "What is unusual now, and how often chance alone would look like this."
POLL_SECONDS: Final = 1.0
_log: Final = logging.getLogger(__name__)


def asked() -> Scope:
    """The range and streams of the sidebar, no longer than their data."""
    return reachable(_asked)


def _asked() -> Scope:
    return overview_range.with_data(frame.scope(), desk().overview.streams(tenant()))


def reachable(read: Callable[[], Answer]) -> Answer:
    """
    What *read* answers; where the store does not answer, what is safe and what to do, and the page ends.

    The first question of the page is asked here: if it is answered, the others will be.
    """
    try:
        return read()
    except Exception as error:  # whatever it is: the page must say what is safe
        _log.exception("the store did not answer")
        page.head("Overview", PURPOSE)
        st.error(
            f"The database cannot be read ({type(error).__name__}). What was stored is safe: this page only "
            "reads. Check that the disk of DRIFTLOCK_HOME is there and has room, then try again.",
            icon=":material/database_off:",
        )
        if st.button("Try again", type="primary"):
            st.rerun()
        st.stop()


def anything(scope: Scope) -> bool:
    """Whether there are streams to show; if not, why, and what to do."""
    streams = desk().overview.streams(tenant())
    ready = desk().demo.ready(tenant())
    if not ready:
        st.fragment(_await_demo, run_every=POLL_SECONDS, key="await-demo")(_signature(streams))
    if not streams:
        if ready:
            _empty()
        return False
    if not scope.stream_ids and not ready:
        return False
    if not scope.stream_ids:
        st.info("There are plays of scenarios only. Choose them under “Streams” at the side, or start one.")
        _ways_on()
        return False
    _outside(scope, streams)
    return True


def _await_demo(before: str) -> None:
    """Draw the page anew when another stream of the demonstration has come, or the last one is ready."""
    streams = desk().overview.streams(tenant())
    if _signature(streams) != before:
        st.rerun(scope="app")
    judged = sum(1 for state in streams if state.last_seen is not None and state.source == "demo")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="await-demo-line"):
        st.markdown(
            f"**Demo data is being prepared**: {words.plural(judged, 'stream')} so far. Streams appear as they are ready.",
            width="content",
        )
    if all(state.source == "scenario" for state in streams):
        st.skeleton(110)
        st.skeleton(320)


def _signature(streams: list[StreamState]) -> str:
    """Changes when a stream gets its first verdict, and when the demonstration is complete."""
    judged = sorted(state.stream.id for state in streams if state.last_seen is not None)
    return f"{desk().demo.ready(tenant())} {' '.join(judged)}"


def _empty() -> None:
    st.info("No windows yet: nothing was sent, uploaded or played.", icon=":material/inbox:")
    _ways_on()


def _ways_on() -> None:
    with st.container(horizontal=True):
        for page, label, key in (
            (links.SCENARIOS, "Run a scenario", "go-scenario"),
            (links.ANALYZE, "Analyze a file", "go-analyze"),
        ):
            if st.button(label, key=key, type="primary" if page == links.SCENARIOS else "secondary"):
                st.switch_page(page)


def _outside(scope: Scope, streams: list[StreamState]) -> None:
    """Streams whose newest data lie before the range would be missed without a word."""
    if scope.since is None:
        return
    gone = [
        state
        for state in streams
        if state.stream.id in scope.stream_ids
        and state.last_seen is not None
        and state.last_seen < scope.since
    ]
    if not gone:
        return
    latest = max(state.last_seen for state in gone if state.last_seen is not None)
    one = len(gone) == 1
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"{words.plural(len(gone), 'stream')} {'has' if one else 'have'} no data in this range; "
            f"{'it ends' if one else 'the latest ends'} {words.literal(words.moment(latest))} UTC.",
            width="content",
        )
        st.button("Show all times", key="widen", type="tertiary", on_click=frame.choose_range, args=("all",))


def quiet(figures: Figures, check: SelfCheck | None) -> str:
    """
    What is said where nothing was flagged: how much was looked at, and what would have been noticed.

    >>> none = Figures(flagged=0, expected_by_chance=2.0, tested=8612, series_flagged=0, incidents=0,
    ...     suppressed=0, flagged_by_bucket=(), untested_streams=(), data_until=None)
    >>> quiet(none, None)
    'No window flagged in this range. 8612 tested. No self-check has been run yet: what would be noticed is not known.'
    """
    said = f"No window flagged in this range. {count_text(figures.tested)} tested."
    if check is None:
        return f"{said} No self-check has been run yet: what would be noticed is not known."
    return f"{said} Last self-check {words.moment(check.at)} UTC on {check.stream_name}: {noticed(check)}."


def noticed(check: SelfCheck) -> str:
    """
    From how many foreign events on a window is noticed, kind by kind.

    >>> from datetime import datetime
    >>> from driftlock.services.overview_rows import SelfCheckLine
    >>> noticed(SelfCheck(at=datetime(2026, 1, 1), stream_id="a", stream_name="a", lines=(
    ...     SelfCheckLine(kind="error", of=50, noticed_from=2), SelfCheckLine(kind="new field", of=50, noticed_from=None))))
    'error would be noticed from 2 of 50 foreign events on; new field would not be noticed'
    """
    return "; ".join(
        f"{line.kind} would not be noticed"
        if line.noticed_from is None
        else f"{line.kind} would be noticed from {line.noticed_from} of {line.of} foreign events on"
        for line in check.lines
    )
