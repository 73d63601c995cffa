"""
Live: the newest scores and flagged windows, looked at again every two seconds.

Only this part of the page is redrawn. While a row is open, or after a pause,
what is listed stays as it is, and how many are new is counted.
"""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from driftlock.model import Stream
from driftlock.services.overview_rows import FeedRow, Scope, StreamState, Wanted
from driftlock.ui import feed_rows, frame, live_strip, overview_actions, overview_history, words
from driftlock.ui.overview_review import opened
from driftlock.ui.overview_timeline import scores_of
from driftlock.ui.session import colours, desk, tenant
from driftlock_core.numbers_text import count_text

TICK_SECONDS: Final = 2.0
ROWS: Final = 8
ROW_HEIGHT: Final = 29  # pixels
_ONE_LINE_A_ROW: Final = """<style>
.st-key-live-list button { justify-content: flex-start; min-height: 0; padding: .25rem .5rem; }
.st-key-live-list button div, .st-key-live-list button p {
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis; text-align: left; max-width: 100%; }
.st-key-live-list button > div { justify-content: flex-start; }
</style>"""
_PAUSED: Final = "live-paused"
_OPEN: Final = "live-open"  # id of the row
_TOP: Final = "live-top"  # microseconds since 1970: newer ones wait
_LISTED: Final = "live-listed"  # ids, as they were listed last


def show() -> None:
    """The strip and the list; they tick unless they are paused."""
    paused = bool(st.session_state.get(_PAUSED))
    st.fragment(_tick, run_every=None if paused else TICK_SECONDS, key="live")(paused)


def _tick(paused_before: bool) -> None:
    streams = desk().overview.streams(tenant())
    scope = desk().overview.scope(tenant(), frame.chosen_ids(streams), frame.chosen_range())
    paused = bool(st.session_state.get(_PAUSED))
    if paused != paused_before:
        st.rerun(scope="app")  # it ticks from now on, or does not any more
    top = _top(scope, held=paused or st.session_state.get(_OPEN) is not None)
    waiting = desk().overview.feed_count_after(scope, top) if top is not None else 0
    _head(scope, paused=paused, waiting=waiting)
    _strip(scope, streams, paused=paused)
    rows = _rows(scope, top)
    st.session_state[_LISTED] = [row.id for row in rows]
    _list(rows)


def _top(scope: Scope, *, held: bool) -> int | None:
    """Up to when rows are listed; it stands still while somebody reads."""
    if not held or _TOP not in st.session_state:
        st.session_state[_TOP] = None if scope.until is None else _us(scope.until)
    top: int | None = st.session_state[_TOP]
    return top


def _head(scope: Scope, *, paused: bool, waiting: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="live-head"):
        st.button(
            "Resume" if paused else "Pause",
            key="live-pause",
            icon=":material/play_arrow:" if paused else ":material/pause:",
            shortcut=frame.shortcut("P"),
            on_click=_pause,
            args=(not paused,),
        )
        st.button(
            f"{count_text(waiting)} new — show" if waiting else "Nothing new",
            key="live-show",
            disabled=not waiting,
            on_click=_let_go,
        )
        for text, letter, by in (("Next", "J", 1), ("Previous", "K", -1)):
            st.button(
                text,
                key=f"live-{text.lower()}",
                type="tertiary",
                shortcut=frame.shortcut(letter),
                on_click=_step,
                args=(by,),
            )
        overview_history.undo_last()
        ends = "Data until" if isinstance(frame.chosen_range(), str) else "Range until"
        st.caption(f"{ends} {words.literal(words.moment(scope.until))} UTC", width="content")


def _strip(scope: Scope, streams: list[StreamState], *, paused: bool) -> None:
    stream = newest_of_windows(scope, streams)
    if stream is None:
        return
    st.markdown(f"{words.KIND_SYMBOLS[stream.kind]} {words.literal(stream.name)}")
    if paused:
        scores_of(scope, stream.id, key="live-timeline")
        return
    columns = desk().overview.timeline(scope, stream.id)
    if columns is None or not len(columns.window):
        return
    threshold = float(stream.configuration["threshold"])
    st.echarts_chart(
        live_strip.strip(columns, colours=colours(), threshold=threshold),
        height=live_strip.HEIGHT,
        key="live-strip",
        alt=live_strip.said(columns, threshold),
    )


def newest_of_windows(scope: Scope, streams: list[StreamState]) -> Stream | None:
    """The stream with the newest data of those that are judged window by window."""
    return next(
        (
            state.stream
            for state in streams
            if state.stream.id in scope.stream_ids and not state.series and state.last_seen is not None
        ),
        None,
    )


def _rows(scope: Scope, top: int | None) -> tuple[FeedRow, ...]:
    if top is None:
        return ()
    # A scope ends with its newest data; what is listed may end before.
    wanted = Wanted(until_us=top + 1)
    return desk().overview.feed(scope, wanted, order="newest", limit=ROWS).rows


def _list(rows: tuple[FeedRow, ...]) -> None:
    """As high whether it is full or not: what is below does not move."""
    open_id = st.session_state.get(_OPEN)
    st.html(_ONE_LINE_A_ROW)
    with st.container(height=ROWS * ROW_HEIGHT + 36, border=True, key="live-list", gap=None):
        if not rows:
            st.caption("Nothing flagged in this range so far.")
        for row in rows:
            st.button(
                line(row),
                key=f"live-row-{row.id}",
                type="primary" if row.id == open_id else "tertiary",
                width="stretch",
                on_click=_open,
                args=(row.id,),
            )
    shown = next((row for row in rows if row.id == open_id), None)
    if shown is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="live-actions"):
        overview_actions.bar([shown], key=f"live-{shown.id}")
        st.button("Close", key="live-close", type="tertiary", on_click=_open, args=(open_id,))
    opened(shown)


def line(row: FeedRow) -> str:
    """A row of the list."""
    return words.literal(
        f"{words.SEVERITY_SYMBOLS[row.severity]} {row.seen_at.astimezone(UTC):%H:%M:%S} "
        f"{feed_rows.stream(row)} {words.signed_bits(row.extra_bits)} bits — {feed_rows.what_differs(row)}"
    )


def _pause(paused: bool) -> None:
    st.session_state[_PAUSED] = paused
    if not paused:
        st.session_state.pop(_TOP, None)


def _open(anomaly_id: str | None) -> None:
    st.session_state[_OPEN] = None if st.session_state.get(_OPEN) == anomaly_id else anomaly_id


def _step(by: int) -> None:
    listed: list[str] = st.session_state.get(_LISTED, [])
    if not listed:
        return
    open_id = st.session_state.get(_OPEN)
    at = listed.index(open_id) + by if open_id in listed else 0
    st.session_state[_OPEN] = listed[min(max(at, 0), len(listed) - 1)]


def _let_go() -> None:
    st.session_state.pop(_TOP, None)
    st.session_state[_OPEN] = None


def _us(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
