"""One stream: what is usual in it, since when, and whether that moves."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError, NotFound
from driftlock.services.drift import DriftRow
from driftlock.ui import (
    frame,
    links,
    streams_anchors,
    streams_baseline,
    streams_drift,
    streams_masking,
    streams_reads,
    streams_settings,
    streams_windows,
    streams_words,
    words,
)
from driftlock_core.errors import DriftlockError
from driftlock_core.numbers_text import count_text

NUMBERS: Final = (
    "This stream is judged as numbers: each value is ranked by the rule of its own series. It has no baseline of "
    "events, so baseline, anchors, drift, windows and masks do not apply to it; name and settings do."
)
_TABS: Final[dict[str, Callable[[DriftRow], None]]] = {
    "Baseline": streams_baseline.show,
    "Anchors": streams_anchors.show,
    "Drift": streams_drift.show,
    "Windows": streams_windows.show,
    "Masking": streams_masking.show,
    "Settings": streams_settings.show,
}


def asked() -> str | None:
    """The stream that the address names."""
    return st.query_params.get("stream")


def show(stream_id: str) -> None:
    """Head and tabs; what is not there, or another tenant's, is not kept."""
    rows = streams_reads.rows()
    row = next((one for one in rows if one.stream.id == stream_id), None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("All streams", icon=":material/arrow_back:", key="all-streams", on_click=_leave)
        if row is not None:
            _another(rows, stream_id)
            links.copy(links.STREAMS, key="copy-stream", **_address(stream_id))
    if row is None:
        st.info("This stream is not kept any more, or never was. Choose another.")
        return
    _head(row)
    names = ["Settings"] if row.state.series else list(_TABS)
    if row.state.series:
        st.info(NUMBERS)
    for tab, name in zip(
        st.tabs(names, key="tab", bind="query-params", on_change="rerun"), names, strict=True
    ):
        if tab.open:
            with tab:
                _guarded(_TABS[name], row)


def _guarded(part: Callable[[DriftRow], None], row: DriftRow) -> None:
    try:
        part(row)
    except NotFound as error:
        st.info(f"{words.literal(str(error))} It may have been removed a moment ago.")
    except (ApplicationError, DriftlockError) as error:
        st.error(f"This part cannot be shown: {words.literal(str(error))}. Everything else is as it was.")


def _another(rows: list[DriftRow], stream_id: str) -> None:
    labels = frame.names([row.state for row in rows])
    ids = [row.stream.id for row in rows]
    st.selectbox(
        "Stream",
        ids,
        index=ids.index(stream_id),
        format_func=labels.__getitem__,
        key=f"stream-of-page-{stream_id}",
        on_change=lambda: _go(str(st.session_state[f"stream-of-page-{stream_id}"])),
        label_visibility="collapsed",
        width=320,
    )


def _go(stream_id: str) -> None:
    """The tab stays: it is bound to its widget. An anchor belongs to one stream."""
    st.query_params.pop("anchor", None)
    st.query_params["stream"] = stream_id


def _leave() -> None:
    for name in ("anchor", "stream"):
        st.query_params.pop(name, None)


def _address(stream_id: str) -> dict[str, str]:
    held = {name: st.query_params.get(name) for name in ("tab", "anchor")}
    return {"stream": stream_id} | {name: value for name, value in held.items() if value}


def _head(row: DriftRow) -> None:
    stream = row.stream
    st.subheader(words.literal(stream.name), anchor=False)
    rate = "" if row.per_minute is None else f" · about {row.per_minute:,.3g} a minute"
    st.caption(
        f"{words.kind(stream.kind)} · {words.STATUS_NAMES[stream.status]} · {count_text(stream.events)} events{rate} · "
        f"{streams_words.chance(row)} · judged until {words.moment(row.state.last_seen)} UTC"
    )
    if row.silent_for is not None:
        st.warning(words.literal(streams_words.silence(row)), icon=":material/volume_off:")
    if not row.state.series and not stream.windows:
        needed = stream.events + stream.events_needed
        st.progress(
            stream.events / needed if needed else 0.0,
            text=f"Warm-up: {count_text(stream.events)} of {count_text(needed)} events until the first verdict. "
            + (frame.time_left(row.state) or ""),
        )
    elif row.standing is not None and row.standing.phase == "drifting":
        st.warning(
            words.literal(f"Drift: {streams_words.now(row.point, row.standing)}."),
            icon=":material/trending_up:",
        )
