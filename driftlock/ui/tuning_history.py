"""Who changed the limits of a stream, when, from what to what, and why."""

import streamlit as st

from driftlock.model import Stream
from driftlock.ui import case_people, tuning_apply, words
from driftlock.ui.session import desk, may, tenant
from driftlock.ui.tuning_counting import limits
from driftlock_core.numbers_text import count_text


def show(stream: Stream) -> None:
    """All changes, newest first; the newest can be taken back."""
    changes = desk().tuning.changes(tenant(), stream.id)
    if not changes:
        st.info("The limits of this stream have never been changed.")
        return
    newest = changes[::-1]
    st.table(
        [
            {
                "When (UTC)": words.moment(change.at),
                "Who": words.literal(case_people.name(change.by)),
                "From": limits(change.old_rule, change.old_alarms),
                "To": limits(change.rule, change.alarms),
                "From event": count_text(change.after_seq + 1),
                "Why": words.literal(change.reason),
            }
            for change in newest
        ],
        hide_index=True,
        border="horizontal",
        alt="Changes of the limits, newest first",
    )
    st.caption(
        "Recorded verdicts never change: each window keeps what was detected under the limits of its time."
    )
    if (
        may("apply")
        and st.button("Undo the newest change", key="undo-newest")
        and tuning_apply.undo(newest[0])
    ):
        st.rerun()
