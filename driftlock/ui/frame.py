"""The frame of every page: whose data, which range and streams, keys, and what the foot says."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Any, Final, Literal

import streamlit as st

from driftlock.services.overview_rows import Scope, Span, StreamState
from driftlock.ui import (
    admin_look,
    admin_once,
    links,
    once,
    overview_address,
    range_pick,
    sign_in,
    start_here,
    streams_reads,
    streams_silent,
    words,
)
from driftlock.ui.page import FRAMED
from driftlock.ui.session import choose, desk, may, tenant, who
from driftlock_core.numbers_text import duration_text

RANGES: Final = range_pick.RANGES
SCOPED: Final = frozenset({"Overview", "Tuning lab"})  # titles of the pages that a range and streams narrow
KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "J, K": "next, previous flagged window",
        "Y": "label it real",
        "N": "label it not real",
        "U": "label it not useful",
        "Z": "undo the last change",
        "P": "pause or resume the live feed",
        "E": "export",
        "H": "this list",
    }
)
LATE: Final = 3  # times the usual time between two windows
_log: Final = logging.getLogger(__name__)
_VISITED: Final = "visited-pages"
_OPENED: Final = "opened-anomaly"
_KEYS_ON: Final = "keys"
_SWITCH: Final = "tenant-switch"
_HELP: Final = "help-open"


def anomaly_in_menu() -> Literal["visible", "hidden"]:
    """The page of one window stands in the menu once a window was opened."""
    if opened := st.query_params.get("id"):
        st.session_state[_OPENED] = opened
    return "visible" if _OPENED in st.session_state else "hidden"


def show(page: Any) -> None:
    """
    The sidebar of *page*, as ``st.navigation`` gave it.

    From the menu the page of one window is reached without an id: then it is
    the window that was open last.
    """
    st.session_state[FRAMED] = True
    once.begin()
    streams = _streams()
    if page.title == "Anomaly" and not st.query_params.get("id") and _OPENED in st.session_state:
        st.query_params["id"] = st.session_state[_OPENED]
    if page.title == "Overview":
        overview_address.restore()
    if (file := links.at(page.url_path)) != links.ANOMALY or st.query_params.get("id"):
        st.session_state[_VISITED] = {*visited(), file}
    with st.sidebar:
        admin_look.show()
        if streams is None:
            st.error("The database cannot be read.")
            return
        streams_reads.there([state.stream.id for state in streams])
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="frame-tenant"):
            _tenant()
            if demo_only(_shown(streams, chosen_ids(streams))):
                st.badge("DEMO DATA", color="gray", help="Made for looking around; none of it was measured.")
        # On every page: a bound widget that is not drawn leaves the address, and an entry in the browser's history.
        # Where they mean nothing they are there, and not seen.
        with st.container(key="frame-scope"):
            _choose(streams)
        if page.title not in SCOPED:
            st.html("<style>.st-key-frame-scope { display: none; }</style>")
        _help()
        _foot(streams)
        streams_silent.foot(streams)
    # Opened by every run until it is closed: a job that ends draws the page anew, and nobody else is to close it.
    if st.session_state.get(_HELP):
        _keys()


def _tenant() -> None:
    """Whose data is shown; a choice where the reader has several."""
    me = who()
    said = "The tenant: whose data is shown."
    if len(me.tenants) < 2:
        st.markdown(f"**{words.literal(me.tenant_name)}**", width="content", help=said)
        return
    st.selectbox(
        "Tenant",
        list(me.tenants),
        index=list(me.tenants).index(me.tenant),
        format_func=lambda one: me.tenants.get(one, one),
        key=_SWITCH,
        on_change=_switch,
        help=said,
    )


def _switch() -> None:
    """To another tenant; what was open is of the one before."""
    chosen = st.session_state.get(_SWITCH)
    if (
        chosen is None
    ):  # signed out meanwhile: the session is empty, and the browser still tells what it showed
        return
    choose(chosen)
    st.query_params.from_dict({"t": chosen})


def _streams() -> list[StreamState] | None:
    """
    All streams, after the demonstration was asked for; None where the store does not answer.

    The menu must stand even then: the page says what is safe and what to do.
    """
    try:
        if may("analyze"):
            desk().demo.seed(tenant())
        return desk().overview.streams(tenant())
    except Exception:
        _log.exception("the store did not answer")
        return None


def scope() -> Scope:
    """What the chosen range and streams stand for."""
    streams = desk().overview.streams(tenant())
    return desk().overview.scope(tenant(), chosen_ids(streams), chosen_range())


def chosen_range() -> Span | range_pick.Moments:
    """The range of the sidebar, or its two moments."""
    return range_pick.chosen()


def chosen_ids(streams: list[StreamState]) -> list[str] | None:
    """Ids of the streams chosen in the sidebar; None where none is chosen, which means all."""
    chosen = st.session_state.get("s") or []
    known = {state.stream.id for state in streams}
    return [stream_id for stream_id in chosen if stream_id in known] or None


def choose_range(span: Span) -> None:
    """Set the range of the sidebar; only before it is drawn, so in a callback."""
    st.session_state["r"] = span


def visited() -> frozenset[str]:
    """Files of the pages that this session has opened."""
    return frozenset(st.session_state.get(_VISITED, ()))


def time_left(state: StreamState) -> str | None:
    """
    How long a stream that is being fed needs to its first verdict, at the rate it had until now.

    None where no more events are to come, or no rate can be told.
    """
    stream = state.stream
    age_us = (datetime.now(UTC) - stream.created_at).total_seconds() * 1_000_000
    if state.source not in (None, "live") or not stream.events or not stream.events_needed or age_us <= 0:
        return None
    left_us = age_us / stream.events * stream.events_needed
    return f"about {duration_text(left_us)} left" if left_us >= 1_000_000 else "less than 1 s left"


def silent_for(streams: Sequence[StreamState], now: datetime) -> timedelta | None:
    """
    How long ago the newest window of streams that are fed was seen, if that is unusual.

    Unusual is more than three times what a window has taken on average. None:
    no stream is fed, or the newest window is no older than that.
    """
    late: list[timedelta] = []
    for state in streams:
        if state.source not in (None, "live") or state.first_seen is None or state.last_seen is None:
            continue
        usual = (state.last_seen - state.first_seen) / max(1, state.stream.windows - 1)
        if now - state.last_seen <= LATE * usual:
            return None
        late.append(now - state.last_seen)
    return min(late, default=None)


def shortcut(key: str) -> str | None:
    """*key*, unless the reader has switched keys off."""
    return key if st.session_state.get(_KEYS_ON, True) else None


def names(streams: list[StreamState]) -> dict[str, str]:
    """Streams by id; those with the same name are told apart by kind and the beginning of their id."""
    said: dict[str, int] = {}
    for state in streams:
        said[state.stream.name] = said.get(state.stream.name, 0) + 1
    return {
        state.stream.id: (
            state.stream.name
            if said[state.stream.name] == 1
            else f"{state.stream.name} · {words.KIND_NAMES[state.stream.kind]} {state.stream.id[:4]}"
        )
        for state in streams
    }


def demo_only(streams: list[StreamState]) -> bool:
    """Whether there are streams, all of them made for looking around."""
    return bool(streams) and all(state.source == "demo" for state in streams)


def _shown(streams: list[StreamState], chosen: list[str] | None) -> list[StreamState]:
    if chosen is None:
        return [state for state in streams if state.source != "scenario"]
    return [state for state in streams if state.stream.id in chosen]


def _choose(streams: list[StreamState]) -> None:
    range_pick.ask()
    labels = names(streams)
    st.multiselect(
        "Streams",
        list(labels),
        format_func=lambda stream_id: labels.get(stream_id, stream_id),
        key="s",
        bind="query-params",
        persist_state="session",
        placeholder="All streams",
        disabled=not labels,
        help="Plays of scenarios are shown only where they are chosen here.",
    )


def _help() -> None:
    st.button(
        "Help",
        icon=":material/help:",
        key="help",
        width="stretch",
        shortcut=shortcut("H"),
        on_click=_set_help,
        args=(True,),
    )


def _set_help(opened: bool) -> None:
    st.session_state[_HELP] = opened and not admin_once.waits()  # of dialogs there is one at a time


@st.dialog("Help", on_dismiss=lambda: _set_help(False))
def _keys() -> None:
    if st.toggle("Keyboard shortcuts", value=True, key=_KEYS_ON, persist_state="session"):
        lines = "\n".join(f"| `{keys}` | {meaning} |" for keys, meaning in KEYS.items())
        st.markdown(f"| Key | What it does |\n|---|---|\n{lines}")
        st.caption("They rest while you type.")
    with st.container(horizontal=True):
        if st.button("Show “Start here” again", on_click=_set_help, args=(False,)):
            start_here.bring_back()
            st.switch_page(links.OVERVIEW)
        if st.button("Close", type="tertiary", on_click=_set_help, args=(False,)):
            st.rerun()


def _foot(streams: list[StreamState]) -> None:
    newest = max((state.last_seen for state in streams if state.last_seen), default=None)
    me = who()
    until = f"Data until {words.literal(words.moment(newest))} UTC" if newest else "No window yet"
    st.caption(f"{until}  \nRole {me.role} · Driftlock {build()}")
    if me.signed_in:
        with st.popover(words.literal(me.name) or "Demo visit", icon=":material/person:", width="stretch"):
            if st.button("Sign out", key="sign-out", width="stretch"):
                sign_in.sign_out(everywhere=False)
                st.rerun()
            if me.reader != "visitor" and st.button(
                "Sign out in all browsers", key="sign-out-all", width="stretch"
            ):
                sign_in.sign_out(everywhere=True)
                st.rerun()


def build() -> str:
    """The version that is installed."""
    try:
        return version("driftlock")
    except PackageNotFoundError:
        return "not installed"
