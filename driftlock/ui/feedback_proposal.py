"""Limits that the labels of a stream speak for: what they would mean, and what is decided about them."""

from datetime import UTC, datetime, timedelta
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.services.proposals import Ready, said
from driftlock.services.proposals_store import Proposal
from driftlock.services.tuning_changes import CannotTune
from driftlock.ui import feedback_effect, feedback_history, feedback_pick, frame, links, words
from driftlock.ui.session import desk, may, reader, tenant
from driftlock_core.numbers_text import limit_text

SNOOZES: Final = {"1 day": 1, "7 days": 7, "30 days": 30}


def show() -> None:
    """What stands in the way, the open proposal, applying by itself, and the history."""
    state = feedback_pick.stream()
    if state is None:
        return
    stream_id = state.stream.id
    try:
        ready = desk().proposals.ready(tenant(), stream_id)
        kept = desk().proposals.history(tenant(), stream_id)
    except CannotTune as error:
        st.info(words.literal(str(error)))
        return
    asked = st.query_params.get("cand")
    proposal = desk().proposals.get(tenant(), asked) if asked else None
    if asked and (proposal is None or proposal.stream_id != stream_id):
        if proposal is None:
            st.info("This proposal is not kept any more, or never was.")
        proposal = None
        st.query_params.pop("cand", None)
    proposal = proposal or desk().proposals.open(tenant(), stream_id)
    _ask(stream_id, ready)
    if proposal is not None:
        _panel(proposal, ready, label=frame.names(desk().overview.streams(tenant()))[stream_id])
    _auto(stream_id, ready)
    feedback_history.show(kept)


def _ask(stream_id: str, ready: Ready) -> None:
    for sentence in ready.why_not:
        st.warning(words.literal(sentence), icon=":material/info:")
    (low, high), (least, most) = ready.bounds.threshold, ready.bounds.alpha
    if may("propose"):
        st.button(
            "Look for better limits",
            key="propose",
            type="primary",
            icon=":material/search:",
            disabled=bool(ready.why_not),
            on_click=_propose,
            args=(stream_id,),
        )
    cool = (
        f" The limits were changed lately: the next change is possible from {words.moment(ready.cool_until)} UTC on."
        if ready.cool_until
        else ""
    )
    st.caption(
        words.literal(
            f"At once the NCD limit may move to between {limit_text(low)} and {limit_text(high)}, the p limit to "
            f"between {limit_text(least)} and {limit_text(most)}; changes are at least an hour apart.{cool}"
        )
    )


def _propose(stream_id: str) -> None:
    try:
        proposal = desk().proposals.propose(tenant(), stream_id)
    except ApplicationError as error:
        st.toast(words.literal(str(error)), icon=":material/info:", duration=10)
        return
    st.query_params["cand"] = proposal.id


def _panel(proposal: Proposal, ready: Ready, *, label: str) -> None:
    with st.container(border=True, key="proposal", gap="small"):
        st.subheader(words.literal(f"Move {said(proposal)}"), anchor=False)
        if proposal.state != "open":
            st.badge(proposal.state.capitalize(), color="gray", help=words.literal(proposal.reason or ""))
        feedback_effect.show(proposal)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="decide"):
            if proposal.state == "open":
                _decide(proposal, ready)
            st.page_link(
                links.TUNING,
                label="Open in Tuning lab",
                icon=":material/tune:",
                query_params={
                    "stream": label,
                    "ncd": f"{proposal.rule.threshold:.9g}",
                    "p": f"{proposal.rule.alpha:.9g}",
                },
            )
            links.copy(links.FEEDBACK, key="copy-proposal", cand=proposal.id)


def _decide(proposal: Proposal, ready: Ready) -> None:
    if may("apply"):
        cooling = ready.cool_until is not None
        with (
            st.popover("Apply", type="primary", disabled=cooling, key="apply-proposal"),
            st.form("apply-proposal-form", border=False),
        ):
            st.caption("Recorded verdicts never change; what comes from now on is judged by the new limits.")
            reason = st.text_input("Reason (required)", key="apply-reason", max_chars=500)
            if st.form_submit_button("Apply from now on", type="primary"):
                _done(lambda: desk().proposals.apply(tenant(), proposal.id, reason=reason, by=reader()))
    else:
        st.caption("Applying needs the role operator.")
    if not may("propose"):
        return
    with st.popover("Reject", key="reject-proposal"), st.form("reject-form", border=False):
        reason = st.text_input("Reason (required)", key="reject-reason", max_chars=500)
        if st.form_submit_button("Reject"):
            _done(lambda: desk().proposals.reject(tenant(), proposal.id, reason=reason, by=reader()))
    with st.popover("Snooze proposals", key="snooze-proposals"):
        for text, days in SNOOZES.items():
            if st.button(text, key=f"snooze-proposals-{days}", width="stretch"):
                until = datetime.now(UTC) + timedelta(days=days)
                _done(lambda until=until: desk().proposals.snooze(tenant(), proposal.id, until, by=reader()))


def _done(act: object) -> None:
    assert callable(act)
    try:
        decided = act()
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    st.query_params.pop("cand", None)
    st.toast(f"{decided.state.capitalize()}.", icon=":material/check:")
    st.rerun()


def _auto(stream_id: str, ready: Ready) -> None:
    with st.container(border=True, key="auto-tune", gap="small"):
        st.toggle(
            "Apply proposals by themselves",
            value=ready.auto,
            key=f"auto-{stream_id}",
            disabled=not may("apply"),
            on_change=_set_auto,
            args=(stream_id,),
        )
        st.caption(words.literal(("It is on. " if ready.auto else "It is off. If on: ") + ready.may))


def _set_auto(stream_id: str) -> None:
    try:
        desk().proposals.set_auto(
            tenant(), stream_id, bool(st.session_state[f"auto-{stream_id}"]), by=reader()
        )
    except ApplicationError as error:
        st.toast(words.literal(str(error)), icon=":material/error:")
