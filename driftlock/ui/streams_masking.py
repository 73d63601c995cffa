"""Masks: which values are replaced by their kind before compression, and what that makes of a line."""

from dataclasses import replace

import streamlit as st

from driftlock.services.drift import DriftRow
from driftlock.services.stream_settings_help import try_masks
from driftlock.ui import streams_reshape, words
from driftlock.ui.session import may
from driftlock_core.masking import MASK_CLASSES
from driftlock_core.profiles import Profile

_SAMPLE = "2026-11-21T14:03:22Z GET /orders/1042 from 10.0.0.7 by ann@example.com in 31 ms"


def show(row: DriftRow) -> None:
    """The rules, a box to try them, and a way to other ones."""
    profile = Profile.from_configuration(row.stream.configuration)
    st.markdown(
        "Masked values are replaced by their kind, so that a new id, time or address does not look like news. Numbers "
        "keep their length."
    )
    known = sorted(MASK_CLASSES)
    chosen = frozenset(
        st.pills(
            "Rules",
            known,
            selection_mode="multi",
            default=sorted(profile.masks),
            key=f"masks-{row.stream.id}",
            help="On for this stream are those chosen when the page is opened.",
        )
    )
    line = st.text_input("Try a line", value=_SAMPLE, key="mask-line", max_chars=4_000)
    if line:
        tried = try_masks(chosen, line)
        st.code(tried.masked, language=None, wrap_lines=True)
        st.caption(
            f"Rules that changed it: {', '.join(tried.hits)}."
            if tried.hits
            else "No rule alone changed this line."
        )
    st.caption("The line is not kept.")
    if chosen != profile.masks:
        st.markdown(
            words.literal(
                f"Chosen, and not in force: {', '.join(sorted(chosen ^ profile.masks))} would change sides."
            )
        )
    if may("streams"):
        wanted = profile if chosen == profile.masks else replace(profile, name="custom", masks=chosen)
        streams_reshape.offer(row, row.stream.kind, wanted, key="masks")
