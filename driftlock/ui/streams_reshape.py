"""Other kind, sizes or masks: in place before anything was judged, else as a new stream that learns anew."""

from functools import partial
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import Kind
from driftlock.services.drift import DriftRow
from driftlock.ui import links, once, streams_reads, words
from driftlock.ui.session import desk, reader, tenant
from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import Profile

NOTHING_JUDGED: Final = "Nothing was judged yet, so this can still be changed in place."
BEGUN: Final = (
    "This stream has begun. Its verdicts belong to the kind, sizes and masks they were made with, so other ones need "
    "a new stream that learns anew. This one keeps its verdicts and goes on as it is; senders reach the new one under "
    "its own id."
)


def offer(row: DriftRow, kind: Kind, profile: Profile, *, key: str) -> None:
    """The button that does it, with what it means said before."""
    stream = row.stream
    same = kind == stream.kind and profile == Profile.from_configuration(stream.configuration)
    if not stream.windows:
        st.caption(NOTHING_JUDGED)
        if st.button("Apply", type="primary", key=f"{key}-apply", disabled=same):
            _in_place(row, kind, profile)
        return
    st.caption(BEGUN)
    with st.popover("Begin a new stream with these", key=f"{key}-succeed", disabled=same):
        events = st.number_input(
            "Newest events to learn from again",
            min_value=0,
            max_value=min(stream.events, 20_000),
            value=min(stream.events, 2 * profile.events_needed),
            key=f"{key}-events",
        )
        st.caption(
            f"Given to the new stream as they are stored; {count_text(profile.events_needed)} give a first verdict."
        )
        reason = st.text_input("Reason (required)", key=f"{key}-reason", max_chars=500)
        # Not off until there is a reason: the click that ends the typing would be lost.
        if st.button("Begin", type="primary", key=f"{key}-go"):
            if reason.strip():
                _anew(row, kind, profile, int(events), reason)
            else:
                st.error("Say why: a reason is required.")


def _in_place(row: DriftRow, kind: Kind, profile: Profile) -> None:
    try:
        desk().stream_settings.configure(tenant(), row.stream.id, kind=kind, profile=profile, by=reader())
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    streams_reads.forget()
    st.toast("Applied")
    st.rerun()


def _anew(row: DriftRow, kind: Kind, profile: Profile, events: int, reason: str) -> None:
    asked = (row.stream.id, kind, profile, events, reason)
    succeed = partial(
        desk().stream_settings.succeed,
        tenant(),
        row.stream.id,
        kind=kind,
        profile=profile,
        reason=reason,
        by=reader(),
        after_seq=row.stream.events - events if events else None,
    )
    try:
        new = once.done("succeed", asked, succeed)
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    streams_reads.forget()
    st.switch_page(links.STREAMS, query_params={"stream": new.id})
