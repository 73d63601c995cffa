"""Incidents across streams: the list, and the one that is open."""

from typing import Final

import streamlit as st

from driftlock.model import moment
from driftlock.services.cases import Coincidence
from driftlock.services.cases_store import Case
from driftlock.services.review_store import ReviewState
from driftlock.ui import case_detail, case_people, frame, words
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import count_text, rate_text

STATES: Final[dict[ReviewState, str]] = {
    "open": "Open",
    "acknowledged": "Acknowledged",
    "investigating": "Investigating",
    "resolved": "Resolved",
}
MOST_HEIGHT: Final = 360  # pixels
_TABLE: Final = "cases"


def show() -> None:
    """The case of the address, else the list."""
    if case_id := st.query_params.get("case"):
        view = desk().cases.case(tenant(), case_id)
        st.button("All cases", icon=":material/arrow_back:", type="tertiary", on_click=_close)
        if view is None:
            st.info("This case is not kept any more, or never was.")
        else:
            case_detail.show(view)
        return
    _list()


def _list() -> None:
    streams = desk().overview.streams(tenant())
    labels = frame.names(streams)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="case-filters"):
        states = st.pills(
            "State", list(STATES), selection_mode="multi", format_func=STATES.__getitem__, key="case-states"
        )
        stream_id = st.selectbox(
            "With stream",
            [None, *labels],
            format_func=lambda one: "Any" if one is None else labels[one],
            key="case-stream",
            width=240,
        )
        snoozed = st.toggle("Snoozed too", key="case-snoozed")
    found = desk().cases.cases(tenant(), tuple(states), stream_id, snoozed=snoozed)
    st.caption(words.literal(chance(desk().cases.coincidence(tenant()))))
    if not found:
        st.info(
            "No case matches. A case is made where flagged windows of at least two streams lie close in time: at "
            "most the mean of the usual lengths of their windows apart."
        )
        return
    names = case_people.names()
    st.dataframe(
        [row(case, names) for case in found],
        hide_index=True,
        height=min(38 + 35 * len(found), MOST_HEIGHT),
        on_select=lambda: _open([case.id for case in found]),  # as they were listed when the row was chosen
        selection_mode="single-row",
        key=_TABLE,
        column_config={
            "Severity": st.column_config.TextColumn(width=90),
            "From, UTC": st.column_config.TextColumn(width=140),
            "State": st.column_config.TextColumn(width=110),
        },
        alt="Incidents across streams, the latest first",
    )
    st.caption(f"{words.plural(len(found), 'case')}. Choose a row to open it.")


def row(case: Case, names: dict[str, str]) -> dict[str, str]:
    """One case in the list."""
    return {
        "Severity": f"{words.SEVERITY_SYMBOLS[case.severity]} {case.severity}",
        "From, UTC": words.moment(moment(case.first_us)),
        "To, UTC": words.moment(moment(case.last_us)),
        "Streams": case.title,
        "State": STATES[case.state],
        "Assigned to": "" if case.assignee is None else names.get(case.assignee, case.assignee),
    }


def chance(found: Coincidence) -> str:
    """
    How often streams met, beside chance.

    >>> chance(Coincidence(streams=2, incidents=15, met=7, expected=1.31, first_us=0, last_us=9))
    'In all the time kept, flagged incidents of 2 streams met 7 times. If each stream flagged as often but at times of its own, chance alone would make about 1.3 such meetings.'
    """
    if found.streams < 2:
        return "Fewer than two streams have flagged windows with a time, so none can meet."
    times = "once" if found.met == 1 else f"{count_text(found.met)} times"
    return (
        f"In all the time kept, flagged incidents of {count_text(found.streams)} streams met {times}. If each stream flagged as often but "
        f"at times of its own, chance alone would make about {rate_text(found.expected)} such meetings."
    )


def _open(ids: list[str]) -> None:
    if chosen := st.session_state[_TABLE].selection.rows:
        st.query_params["case"] = ids[chosen[0]]


def _close() -> None:
    st.query_params.pop("case", None)
