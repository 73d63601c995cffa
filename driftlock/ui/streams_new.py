"""A new stream: name, kind, limits, sizes with a suggestion, masks; then the line that feeds it."""

from functools import partial
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import KINDS
from driftlock.services.stream_settings_help import profile_for, suggest
from driftlock.ui import links, once, streams_reads, words
from driftlock.ui.session import desk, tenant
from driftlock_core.errors import InvalidProfile
from driftlock_core.masking import MASK_CLASSES
from driftlock_core.profiles import BALANCED, PROFILES, WINDOW_SIZES

ID_HELP: Final = "Events are sent to this id. It never changes, whatever the stream is called."


def button() -> None:
    """A button that opens the form."""
    with st.popover("New stream", type="primary", icon=":material/add:", key="new-stream"):
        _form()


def _form() -> None:
    name = st.text_input("Name", key="new-name", max_chars=80, placeholder="checkout logs, Frankfurt")
    kind = st.selectbox("Kind", KINDS, format_func=words.kind, key="new-kind")
    limits = str(
        st.selectbox(
            "Profile",
            [*PROFILES],
            index=[*PROFILES].index(BALANCED.name),
            format_func=words.PROFILE_NAMES.__getitem__,
            key="new-profile",
        )
    )
    rate = st.number_input(
        "Events a minute, about", min_value=0.0, value=None, key="new-rate", placeholder="not known"
    )
    proposed = suggest(kind, rate)
    window = st.selectbox(
        "Window",
        WINDOW_SIZES,
        index=WINDOW_SIZES.index(proposed.window),
        format_func=lambda size: f"{size} events of window, {8 * size} of baseline",
        key=f"new-window-{proposed.window}",
    )
    st.caption(f"Suggested: {words.literal(proposed.reason)}.")
    masks = st.multiselect("Masks", sorted(MASK_CLASSES), default=sorted(MASK_CLASSES), key="new-masks")
    st.caption("What is masked is replaced by its kind before it is compressed, so that ids do not look new.")
    # Above the button, where the reader looks: below it lies what a low window does not show.
    refused = st.container()
    # Not off until there is a name: the click that ends the typing would be lost.
    if not st.button("Create stream", type="primary", key="new-create"):
        return
    if not name.strip():
        refused.error("A stream needs a name.")
        return
    try:
        profile = profile_for(PROFILES[limits], kind, int(window), frozenset(masks))
        create = partial(desk().create_stream, tenant(), name=name, kind=kind, profile=profile)
        stream_id = once.done("stream", (name, kind, profile), create)
    except (ApplicationError, InvalidProfile) as error:
        refused.error(words.literal(str(error)))
        return
    streams_reads.forget()
    st.switch_page(links.STREAMS, query_params={"stream": stream_id, "tab": "Settings"})


def feed(stream_id: str) -> None:
    """The id, and the line that sends a file to it."""
    st.markdown("Send events, one JSON object or line of text each:")
    st.code(curl(stream_id), language="bash", wrap_lines=True)
    st.caption(
        "Put a key of your tenant in place of dlk_… . The address answers where the dashboard was started with "
        "driftlock serve; all of a batch is stored when it answers."
    )


def curl(stream_id: str) -> str:
    """The command for this installation."""
    root = links.root().rstrip("/") or "http://localhost:8501"
    return (
        f"curl -i -H 'X-Tenant-Id: {tenant()}' -H 'Authorization: Bearer dlk_…' "
        f"--data-binary @events.jsonl {root}/v1/streams/{stream_id}/events"
    )
