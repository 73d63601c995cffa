"""Proposals that were made, what was decided, and what came of those that were applied."""

from collections.abc import Sequence

import streamlit as st

from driftlock.services.proposals import said
from driftlock.services.proposals_figures import MEASURED_DAYS
from driftlock.services.proposals_store import Proposal
from driftlock.ui import case_people, words
from driftlock_core.numbers_text import rate_text


def show(kept: Sequence[Proposal]) -> None:
    """One row a proposal, newest first; nothing where there is none."""
    if not kept:
        return
    st.markdown("**History of proposals**")
    names = case_people.names()
    st.dataframe(
        [
            {
                "Proposed, UTC": words.moment(one.at),
                "Change": said(one),
                "State": one.state,
                "By": "" if one.by is None else names.get(one.by, one.by),
                "Reason": one.reason or "",
                "What came of it": outcome(one),
            }
            for one in kept
        ],
        hide_index=True,
        column_config={
            "Proposed, UTC": st.column_config.TextColumn(width=140),
            "Change": st.column_config.TextColumn(width=190),
            "State": st.column_config.TextColumn(width=80),
            "What came of it": st.column_config.TextColumn(width="large"),
        },
        alt="Proposals of this stream",
    )
    st.caption(
        f"What came of it is counted from the windows of the {MEASURED_DAYS} days after the change, or until the "
        "next one."
    )


def outcome(proposal: Proposal) -> str:
    """Predicted and measured flags; "" where nothing was applied or measured yet."""
    measured = proposal.measured
    if proposal.state != "applied":
        return ""
    if not measured:
        return "no window yet"
    predicted = proposal.figures["history"]["candidate"]
    a_day = predicted["per_day"] is not None and measured["per_day"] is not None
    key, unit = ("per_day", "a day") if a_day else ("per_1000", "in 1,000 windows")
    so_far = "" if measured["whole"] else " so far"
    return (
        f"predicted {rate_text(predicted[key] or 0.0)} {unit}, got {rate_text(measured[key])}{so_far} "
        f"({words.plural(measured['windows'], 'window')})"
    )
