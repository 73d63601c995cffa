"""Four steps for whoever is here for the first time; gone when dismissed, back from Help."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from driftlock.services.overview_rows import Scope, Wanted
from driftlock.ui import frame, links, overview_reads, start_here

STEPS: Final[tuple[tuple[str, str, str, dict[str, str]], ...]] = (
    (links.ANOMALY, "Open the strongest", "See what differs, and how rare it is", {}),
    (links.TUNING, "Set your limits", "See what they cost in false alarms", {}),
    (links.ANALYZE, "Try your own lines", "Paste some, get a verdict", {"src": "Paste"}),
    (links.SCENARIOS, "Watch a scenario", "A fault begins; see when it is noticed", {}),
)


def show(scope: Scope) -> None:
    """The steps, each a link; those taken in this session are ticked."""
    if start_here.dismissed():
        if start_here.just_dismissed():
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key="start-undo"):
                st.caption("“Start here” is put away; Help brings it back.", width="content")
                st.button("Undo", key="undo-start", type="tertiary", on_click=start_here.bring_back)
        return
    strongest = overview_reads.strongest(scope, Wanted())
    visited = frame.visited()
    done = sum(page in visited for page, *_ in STEPS)
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key="start-here"
    ):
        st.markdown(f"**Start here** {done}/{len(STEPS)}", width="content")
        for number, (page, label, purpose, parameters) in enumerate(STEPS, 1):
            to: Mapping[str, str] = (
                {"id": strongest.id} if page == links.ANOMALY and strongest else parameters
            )
            st.page_link(
                page,
                label=f"{number}. {label}",
                icon=":material/check_circle:" if page in visited else ":material/radio_button_unchecked:",
                query_params=to,
                disabled=page == links.ANOMALY and not strongest,
                help=purpose,
            )
        st.space("stretch")
        st.button(
            "Dismiss",
            key="dismiss-start",
            type="tertiary",
            help="Help brings it back",
            on_click=start_here.dismiss,
        )
