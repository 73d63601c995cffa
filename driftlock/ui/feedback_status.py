"""Who works on flagged windows and how far they are, beside what they are called."""

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from driftlock.services.review import Change, Review
from driftlock.services.review_store import ReviewState
from driftlock.ui import case_people, words
from driftlock.ui.session import desk, reader, tenant

STATES: Final[dict[ReviewState, str]] = {
    "acknowledged": "Acknowledge",
    "investigating": "Investigate",
    "resolved": "Resolve",
    "open": "Open again",
}
Do = Callable[[Callable[[], Change]], None]


def popover(ids: Sequence[str], *, key: str, do: Do) -> None:
    """
    States and people for the chosen anomalies.

    Args:
        do: Acts, and says what was done or why not.
    """
    with st.popover("Status…", key=f"{key}-status", icon=":material/assignment_ind:", disabled=not ids):
        for state, text in STATES.items():
            st.button(
                text,
                key=f"{key}-state-{state}",
                width="stretch",
                on_click=_move,
                args=(list(ids), state, do),
            )
        st.caption("Assign to")
        for one, name in case_people.assignable().items():
            st.button(
                words.literal(name),
                key=f"{key}-assign-{one}",
                width="stretch",
                on_click=_assign,
                args=(list(ids), one, do),
            )
        st.button(
            "Nobody",
            key=f"{key}-assign-none",
            width="stretch",
            type="tertiary",
            on_click=_assign,
            args=(list(ids), None, do),
        )


def badges(review: Review | None) -> None:
    """State and person of an anomaly, where something was said of either."""
    if review is not None and review.state != "open":
        st.badge(review.state.capitalize(), color="green" if review.state == "resolved" else "blue")
    if review is not None and review.assignee is not None:
        name = case_people.names().get(review.assignee, review.assignee)
        st.badge(words.literal(name), icon=":material/person:", color="gray", help="Assigned to")


def _move(ids: list[str], state: ReviewState, do: Do) -> None:
    do(lambda: desk().review.move(tenant(), ids, state, by=reader()))


def _assign(ids: list[str], whom: str | None, do: Do) -> None:
    do(lambda: desk().review.assign(tenant(), ids, whom, by=reader()))
