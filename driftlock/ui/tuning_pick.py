"""Which stream and which of its windows are tuned; why there is nothing to tune, if so."""

from dataclasses import dataclass, replace
from datetime import timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from driftlock.errors import NotFound
from driftlock.model import at
from driftlock.services.overview import StreamState
from driftlock.services.tuning_changes import CannotTune
from driftlock.services.tuning_history import History
from driftlock.ui import frame, links, range_pick, tuning_counting, words
from driftlock.ui import tuning_rule as state
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import Profile

FEW_WINDOWS = 200  # below, intervals and shares say little


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A stream, its windows in the range, and the place of the apply bar beside its name."""

    state: StreamState
    label: str  # of the stream, as the address names it
    history: History
    quiet: range | None  # windows held to be quiet
    bar: DeltaGenerator


def ask() -> Picked | None:
    """The stream and its windows; None where something else than tuning has been shown."""
    streams = desk().overview.streams(tenant())
    chosen = frame.chosen_ids(streams)
    offered = [one for one in streams if one.stream.id in chosen] if chosen else streams
    if not offered:
        st.info("No streams yet. Analyze a file or run a scenario; its stream can be tuned here.")
        st.page_link(links.ANALYZE, label="Go to Analyze")
        return None
    # What can be tuned comes first: a stream of numbers has no limits to choose here.
    offered.sort(key=lambda one: one.series)
    labels = frame.names(streams)
    ids = [one.stream.id for one in offered]
    # The address names streams as they are shown; links made by other pages name them by their id.
    asked = st.query_params.get("stream")
    if "stream" not in st.session_state and asked in ids:
        st.session_state.stream = asked
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    picked = row.selectbox(
        "Stream",
        ids,
        format_func=lambda stream_id: labels[stream_id],
        key="stream",
        bind="query-params",
        on_change=_stream_changed,
        width=320,
    )
    one = next((one for one in offered if one.stream.id == picked), offered[0])
    slot = row.container(width="content")
    bar = row.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content")
    without = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if one.series:
        _series(one, labels[one.stream.id])
        return None
    history = _history(one)
    if history is None:
        return None
    with slot:
        quiet = _quiet(history)
    with without:
        history = _without_suppressed(history)
    return Picked(state=one, label=labels[one.stream.id], history=history, quiet=quiet, bar=bar)


def _without_suppressed(history: History) -> History:
    """Counted without flags of suppressed patterns, where the reader wants that and there are some."""
    assert history.left_out is not None
    hidden = int(history.left_out[history.first : history.stop].sum())
    left_out = st.toggle(
        "Leave out suppressed",
        key="nosup",
        bind="query-params",
        disabled=not hidden,
        help="Flags whose pattern people have suppressed, on both sides.",
    )
    if not (left_out and hidden):
        history = replace(history, left_out=None)
    st.caption(tuning_counting.left_out_caption(history, hidden))
    return history


def _quiet(history: History) -> range | None:
    """Windows in which, as the reader says, nothing was wrong; None as long as nobody said so."""
    first, last = history.first, history.stop - 1
    with st.popover("Quiet stretch", key="quiet-popover"):
        st.markdown("Where was nothing wrong? There, p-values can be checked against what they say.")
        held = st.toggle("Treat as quiet", key="quiet", bind="query-params")
        if first == last:
            st.caption("One window cannot be narrowed.")
            return range(first, last + 1) if held else None
        chosen = st.slider(
            "Windows", first, last, (first, last), key="stretch", bind="query-params", disabled=not held
        )
        columns = history.every
        st.caption(
            words.literal(
                words.place(
                    at(int(columns.last_at_us[chosen[0]])),
                    at(int(columns.last_at_us[chosen[1]])),
                    int(columns.extra["first_seq"][chosen[0]]),
                    int(columns.last_seq[chosen[1]]),
                )
            )
        )
    return range(chosen[0], chosen[1] + 1) if held else None


def _stream_changed() -> None:
    """Another stream has other limits in force: its candidate begins with them."""
    stream = desk().queries.stream(tenant(), str(st.session_state.stream))
    if stream is not None:
        profile = Profile.from_configuration(stream.configuration)
        state.put(profile.threshold, profile.alpha)


def _series(one: StreamState, label: str) -> None:
    st.info(
        f"{words.literal(one.stream.name)} is judged as numbers: each value is ranked by the rule of its own "
        "series, and no NCD or p limit takes part. There is nothing to tune here; its anomalies are on Overview."
    )
    st.page_link(links.OVERVIEW, label="Go to Overview", query_params={"s": label})


def _history(one: StreamState) -> History | None:
    span = range_pick.chosen()
    since = desk().overview.scope(tenant(), [one.stream.id], span).since
    # Two moments both belong to their range; a range that counts back ends with the newest window.
    until = None if isinstance(span, str) else span[1] + timedelta(microseconds=1)
    try:
        history = desk().tuning.history(tenant(), one.stream.id, since, until, without_suppressed=True)
    except NotFound:
        st.info("This stream is not kept any more, or never was. Choose another.")
        return None
    except CannotTune as error:
        st.info(words.literal(str(error)))
        return None
    stream = one.stream
    if stream.windows == 0:
        needed = history.profile.events_needed
        st.info(
            f"No windows yet: this stream has {count_text(stream.events)} of the "
            f"{count_text(needed)} events needed for the first one."
        )
        return None
    if history.windows == 0:
        st.info(f"No window lies in the range {range_pick.said()}. Choose a longer one in the sidebar.")
        return None
    if history.windows < FEW_WINDOWS:
        st.caption(
            f"{words.plural(history.windows, 'window')} in this range: with so few, every share below is "
            "uncertain and intervals are wide."
        )
    return history
