"""Anchors of a stream: the list, a new one, another active one, two compared, one retired."""

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import Anchor
from driftlock.services.anchors import TODAY
from driftlock.services.anchors_baseline import TodaysBaseline
from driftlock.services.anchors_store import OpenAnomaly
from driftlock.services.drift import DriftRow
from driftlock.ui import links, streams_drift, streams_reads, streams_words, words
from driftlock.ui.session import desk, may, reader, tenant
from driftlock_core.errors import DriftlockError
from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import Profile

_MOST_LISTED = 10


def show(row: DriftRow) -> None:
    """The list, then what can be done with the chosen one."""
    found = streams_reads.anchors(row.stream)
    if not found:
        st.info(
            "No anchor yet. An anchor is a baseline frozen on a day: drift is measured from it. The first is frozen by "
            "itself once the stream is calibrated."
        )
    else:
        _table(found)
    if may("anchors") and row.stream.events:
        _create(row)
    if found:
        _one(row, found)


def _table(found: list[Anchor]) -> None:
    st.dataframe(
        {
            "No.": [*range(1, len(found) + 1)],
            "State": [streams_words.STATES[one.state] for one in found],
            "Note": [one.note for one in found],
            "Frozen (UTC)": [words.moment(one.at) for one in found],
            "By": [one.by for one in found],
            "Events": [f"{count_text(one.first_seq)}–{count_text(one.last_seq)}" for one in found],
            "Digest": [one.sha256[:12] for one in found],
        },
        hide_index=True,
        height="content",
        column_config={
            "No.": st.column_config.NumberColumn(width=48),
            "Note": st.column_config.TextColumn(width="medium"),
            "Digest": st.column_config.TextColumn(help="Beginning of the SHA-256 of its masked events."),
        },
        alt=f"{words.plural(len(found), 'anchor')} with state, note, creator and digest",
    )
    st.caption("An anchor is never deleted, only retired. Of all one is active: drift is measured from it.")


def _create(row: DriftRow) -> None:
    profile = Profile.from_configuration(row.stream.configuration)
    today = streams_reads.baseline(row.stream)
    with st.popover("New anchor", icon=":material/anchor:", key="new-anchor"):
        way = st.segmented_control(
            "Made of",
            ["today", "range"],
            default="today" if today is not None else "range",
            required=True,
            format_func=lambda one: "today's baseline" if one == "today" else "a range of events",
            key="anchor-way",
        )
        first = last = None
        if way == "range":
            events = row.stream.events
            usual = max(1, events - profile.baseline + 1)
            first = int(st.number_input("First event", 1, events, usual, key="anchor-first"))
            last = int(st.number_input("Last event", 1, events, events, key="anchor-last"))
            st.caption(f"{profile.baseline:,} to {4 * profile.baseline:,} events in a row.")
        note = st.text_input(
            "Note (required)", key="anchor-note", max_chars=500, placeholder="after release 7.2"
        )
        active = st.toggle("Measure drift from it", key="anchor-active")
        reason = st.text_input("Reason (required)", key="anchor-reason", max_chars=500) if active else ""
        if active:
            _hidden_by(row, today, first, last)
        if st.button("Freeze", type="primary", key="anchor-freeze") and _said(
            note, "Say what it is: a note is required."
        ):
            _done(
                lambda: desk().anchors.create(
                    tenant(),
                    row.stream.id,
                    note=note,
                    first_seq=first,
                    last_seq=last,
                    activate=active,
                    reason=reason,
                    by=reader(),
                ),
                "Frozen",
            )


def _hidden_by(row: DriftRow, today: TodaysBaseline | None, first: int | None, last: int | None) -> None:
    if first is None or last is None:
        if today is None:
            return
        first, last = today.first_seq, today.last_seq
    warn(desk().anchors.hidden(tenant(), row.stream.id, first, last))


def warn(found: list[OpenAnomaly]) -> None:
    """Open anomalies inside the events of an anchor that is to be active, counted and listed."""
    if not found:
        return
    st.warning(
        f"{words.plural(len(found), 'open anomaly', 'open anomalies')} in these events would count as usual: drift "
        "would no longer point at what they show. Settle them first, or say in the reason why that is right."
    )
    for one in found[:_MOST_LISTED]:
        st.page_link(
            links.ANOMALY,
            label=words.literal(f"{words.SEVERITY_SYMBOLS[one.severity]} {one.sentence}"),
            query_params={"id": one.id},
        )
    if len(found) > _MOST_LISTED:
        st.caption(f"{len(found) - _MOST_LISTED:,} more are on Overview.")


def _one(row: DriftRow, found: list[Anchor]) -> None:
    ids = [one.id for one in found]
    asked = st.query_params.get("anchor")
    active = next((place for place, one in enumerate(found) if one.state == "active"), len(found) - 1)
    st.markdown("**One anchor**")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = str(
            st.selectbox(
                "Anchor",
                ids,
                index=ids.index(asked) if asked in ids else active,
                format_func=lambda one: f"{ids.index(one) + 1}: {found[ids.index(one)].note}",
                key="anchor-chosen",
                on_change=_remember,
                width=360,
            )
        )
        others = [TODAY, *(one for one in ids if one != chosen)]
        other = str(
            st.selectbox(
                "Compare with",
                others,
                format_func=lambda one: (
                    "today's baseline"
                    if one == TODAY
                    else f"{ids.index(one) + 1}: {found[ids.index(one)].note}"
                ),
                key="anchor-other",
                width=360,
            )
        )
    if asked and asked not in ids:
        st.info("The anchor in the address is not one of this stream; the active one is shown.")
    anchor = found[ids.index(chosen)]
    if may("anchors"):
        _actions(row, anchor)
    _history(anchor)
    try:
        compared = streams_reads.comparison(row.stream, chosen, other)
    except (ApplicationError, DriftlockError) as error:
        st.info(words.literal(str(error)))
        return
    st.markdown(words.literal(streams_words.compared(compared.drift)), help=streams_words.RANGE_HELP)
    streams_drift.moves(compared.moves)


def _actions(row: DriftRow, anchor: Anchor) -> None:
    with st.container(horizontal=True, gap="small"):
        if anchor.state != "active":
            with st.popover("Activate", key=f"activate-{anchor.id}"):
                warn(desk().anchors.hidden(tenant(), row.stream.id, anchor.first_seq, anchor.last_seq))
                reason = st.text_input("Reason (required)", key="activate-reason", max_chars=500)
                if st.button("Measure drift from it", type="primary", key="activate-go") and _said(reason):
                    _done(
                        lambda: desk().anchors.activate(
                            tenant(), row.stream.id, anchor.id, reason=reason, by=reader()
                        ),
                        "Activated",
                    )
        if anchor.state != "retired":
            with st.popover("Retire", key=f"retire-{anchor.id}"):
                if anchor.state == "active":
                    st.markdown("No drift is measured until another anchor is activated.")
                reason = st.text_input("Reason (required)", key="retire-reason", max_chars=500)
                if st.button("Retire", key="retire-go") and _said(reason):
                    _done(
                        lambda: desk().anchors.retire(
                            tenant(), row.stream.id, anchor.id, reason=reason, by=reader()
                        ),
                        "Retired",
                    )


def _history(anchor: Anchor) -> None:
    with st.expander("History"):
        for line in anchor.figures.get("history", []):
            reason = f": {line['reason']}" if line.get("reason") else ""
            st.markdown(
                words.literal(
                    f"{line['at'][:19].replace('T', ' ')} UTC, {line['by']}, {line['what']}{reason}"
                )
            )
        st.caption(f"{count_text(anchor.events)} events, SHA-256 {anchor.sha256}")


def _said(text: str, missing: str = "Say why: a reason is required.") -> bool:
    """Whether there is a text; a button that were off until then would miss the click that ends the typing."""
    if not text.strip():
        st.error(missing)
    return bool(text.strip())


def _done(change: object, said: str) -> None:
    assert callable(change)
    try:
        change()
    except (ApplicationError, DriftlockError) as error:
        st.error(words.literal(str(error)))
        return
    streams_reads.forget()
    st.toast(said)
    st.rerun()


def _remember() -> None:
    st.query_params["anchor"] = str(st.session_state["anchor-chosen"])
