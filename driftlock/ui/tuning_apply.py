"""The apply bar: a candidate becomes the rule of what comes next, with a reason, and can be taken back."""

from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_changes import ProfileChange
from driftlock.services.tuning_history import History
from driftlock.ui import frame, links, range_pick, tuning_counting, words
from driftlock.ui import tuning_rule as state
from driftlock.ui.session import desk, may, reader, tenant
from driftlock.ui.tuning_controls import Candidate
from driftlock.ui.tuning_counting import limits
from driftlock.ui.tuning_pick import Picked
from driftlock_core.numbers_text import count_text
from driftlock_core.recount import Rule

NEVER_CHANGED: Final = "Recorded verdicts never change; this applies from event {event} on."
COUNTED_HERE: Final = (
    "Repeats and gap say what counts as an alarm in this lab. Every window keeps its flag, is shown as flagged "
    "elsewhere, and is billed as such."
)
_APPLIED: Final = "tuning-applied"
_NUMBERS: Final = ("ncd", "p", "day", "sens", "rep", "of", "gap", "distance", "bits")


def show(picked: Picked, candidate: Candidate) -> None:
    """Draw the bar beside the stream's name."""
    history = picked.history
    rule, current = candidate.rule, history.rule
    why_not = (
        "No limits fulfil the wish."
        if candidate.limit is None
        else "The detector decides by NCD and p, so a limit on another number can only be looked at."
        if rule is None
        else "The candidate equals the current limits."
        if (rule, candidate.how) == (current, history.alarms)
        else None
    )
    with picked.bar:
        if not may("apply"):
            links.copy(links.TUNING, key="copy-link", **_address(picked, candidate))
            return
        with st.popover(
            "Apply candidate", type="primary", disabled=why_not is not None, help=why_not, key="apply"
        ):
            if rule is not None and why_not is None:
                _form(history, rule, candidate.how)
        links.copy(links.TUNING, key="copy-link", **_address(picked, candidate))
        if why_not is not None:
            st.caption(f"Apply is off: {why_not[0].lower()}{why_not[1:]}")
    _applied(history.stream.id)


def _address(picked: Picked, candidate: Candidate) -> dict[str, str | list[str]]:
    """All that was chosen, so that another browser shows the same; values as the widgets name them."""
    held = st.session_state
    asked: dict[str, str | list[str]] = {
        "stream": picked.label,
        **range_pick.parameters(),
        "drive": state.DRIVES[candidate.drive],
        "hold": str(bool(held.get("hold"))).lower(),
    }
    if chosen := frame.chosen_ids([picked.state]):
        # Of several streams chosen beside this page the link names the one that is shown.
        asked["s"] = [picked.label for _ in chosen]
    # Widgets that another way of choosing hides have no value, and those at their usual one need no word.
    asked |= {key: f"{held[key]:.9g}" for key in _NUMBERS if held.get(key) is not None}
    if "prof" in held and candidate.drive == "limits":
        asked["prof"] = words.PROFILE_NAMES[held["prof"]]
    if (statistic := held.get("stat")) not in (None, "ncd"):
        asked["stat"] = tuning_counting.STATISTICS[statistic]
    if picked.history.left_out is not None:
        asked["nosup"] = "true"
    if picked.quiet is not None:
        asked |= {"quiet": "true", "stretch": [str(picked.quiet.start), str(picked.quiet.stop - 1)]}
    if view := held.get("view"):
        asked["view"] = str(view)
    return asked


def _form(history: History, rule: Rule, how: Alarms) -> None:
    stream_id, events = history.stream.id, history.stream.events
    st.markdown(
        words.literal(f"From {limits(history.rule, history.alarms)} to {limits(rule, how)}.")
        + ("" if how == history.alarms else f" {COUNTED_HERE}")
    )
    with st.form("apply-form", border=False):
        reason = st.text_input("Reason (required)", key="reason", placeholder="Why these limits?")
        st.caption(NEVER_CHANGED.format(event=count_text(events + 1)))
        asked = st.form_submit_button("Apply from now on", type="primary")
    if not asked:
        return
    if not reason.strip():
        st.error("Say why: the reason is kept in the history of changes.")
        return
    try:
        change = desk().tuning.apply(tenant(), stream_id, rule, reason=reason, by=reader(), how=how)
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    st.session_state[_APPLIED] = change
    st.toast("Applied")
    st.rerun()


def _applied(stream_id: str) -> None:
    """What has just been applied, with the way back."""
    change: ProfileChange | None = st.session_state.get(_APPLIED)
    if change is None or change.stream_id != stream_id:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="applied"):
        st.success(
            words.literal(
                f"Applied {limits(change.rule, change.alarms)}. "
                + NEVER_CHANGED.format(event=count_text(change.after_seq + 1))
            )
        )
        if st.button("Undo", key="undo-applied") and undo(change):
            st.rerun()
        if st.button("Close", key="close-applied"):
            del st.session_state[_APPLIED]
            st.rerun()


def undo(change: ProfileChange) -> bool:
    """Take *change* back by a new one; False, and said why, where that is not possible."""
    try:
        desk().tuning.undo(
            tenant(), change.stream_id, change.id, reason=f"Undo: {change.reason}", by=reader()
        )
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return False
    st.session_state.pop(_APPLIED, None)
    st.toast("Undone: the limits from before are in force again")
    return True
