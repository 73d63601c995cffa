"""Sizes of baseline, window and hop: what they are, what would suit, and why."""

import streamlit as st

from driftlock.services.drift import DriftRow
from driftlock.services.stream_settings_help import suggest
from driftlock.ui import links, streams_reshape, words
from driftlock.ui.session import may
from driftlock_core.errors import InvalidProfile
from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import WINDOW_SIZES, Profile


def show(row: DriftRow) -> None:
    """The table of sizes, the suggestion, the limits in force."""
    stream = row.stream
    profile = Profile.from_configuration(stream.configuration)
    proposed = suggest(stream.kind, row.per_minute)
    st.table(
        [
            _line("now", profile),
            _line("suggested", profile.with_sizes(proposed.window)),
        ],
        hide_index=True,
        border="horizontal",
        alt="Sizes in force and suggested",
    )
    st.markdown(f"Suggested: {words.literal(proposed.reason)}.")
    st.markdown(
        f"Limits in force: {words.literal(words.limits(profile.name, profile.threshold, profile.alpha))}."
    )
    st.page_link(links.TUNING, label="Choose limits in the Tuning lab", query_params={"stream": stream.id})
    if not may("streams"):
        return
    sizes = sorted({*WINDOW_SIZES, profile.window}, reverse=True)
    window = st.selectbox(
        "Window",
        sizes,
        index=sizes.index(proposed.window if proposed.window in sizes else profile.window),
        format_func=lambda size: f"{size} events",
        key=f"window-{stream.id}",
        width=220,
    )
    try:
        wanted = profile if window == profile.window else profile.with_sizes(int(window))
    except InvalidProfile as error:
        st.error(words.literal(str(error)))
        return
    streams_reshape.offer(row, stream.kind, wanted, key="sizes")


def _line(what: str, profile: Profile) -> dict[str, str]:
    return {
        "Sizes": what,
        "Baseline": count_text(profile.baseline),
        "Window": count_text(profile.window),
        "Hop": count_text(profile.hop),
        "First verdict after": f"{count_text(profile.events_needed)} events",
    }
