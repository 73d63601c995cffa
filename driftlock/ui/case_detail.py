"""One case: when and where, what stands out most, how much chance explains, and what people did."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import moment
from driftlock.services.cases import CaseView
from driftlock.services.cases_store import Case
from driftlock.services.review_store import ReviewState
from driftlock.ui import case_chart, case_comments, case_page, case_people, links, reports_parts, words
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.overview_actions import SNOOZES
from driftlock.ui.session import colours, desk, may, reader, tenant
from driftlock_core.numbers_text import count_text

MOST_MEMBERS: Final = 50
MOVES: Final[dict[ReviewState, str]] = {
    "acknowledged": "Acknowledge",
    "investigating": "Investigate",
    "resolved": "Resolve",
    "open": "Open again",
}


def show(view: CaseView) -> None:
    """Head, buttons, common timeline, members, history and comments."""
    case = view.case
    st.subheader(words.literal(case.title), anchor=False)
    _badges(view)
    if may("label"):
        _buttons(case)
    reports_parts.offer_case(case.id)
    st.caption(words.literal(case_page.chance(view.chance)))
    drawing = case_chart.timeline(view.members, colours=colours())
    st.plotly_chart(drawing.figure, key="case-timeline", alt=drawing.alt, config=PLOTLY_CONFIG)
    cut = (
        f" The {count_text(len(view.members))} strongest are drawn." if view.total > len(view.members) else ""
    )
    st.caption(f"{drawing.caption}{cut}")
    _members(view)
    _history(case)
    case_comments.show("case", case.id, view.comments)
    links.copy(links.FEEDBACK, key="copy-case", case=case.id)


def _badges(view: CaseView) -> None:
    case, names = view.case, case_people.names()
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.badge(case_page.STATES[case.state], color="green" if case.state == "resolved" else "blue")
        st.badge(f"{words.SEVERITY_SYMBOLS[case.severity]} {case.severity}", color="orange")
        st.badge(
            words.literal(f"{words.span(moment(case.first_us), moment(case.last_us))} UTC"), color="gray"
        )
        st.badge(words.plural(view.total, "anomaly", "anomalies"), color="gray")
        whose = "Nobody's" if case.assignee is None else names.get(case.assignee, case.assignee)
        st.badge(words.literal(whose), color="gray", help="Assigned to")
        if case.snoozed_until is not None and case.snoozed_until > datetime.now(UTC):
            st.badge(words.literal(f"◷ Snoozed until {words.moment(case.snoozed_until)} UTC"), color="gray")


def _buttons(case: Case) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case-actions"):
        for state, text in MOVES.items():
            if state != case.state:
                st.button(text, key=f"case-{state}", on_click=_move, args=(case.id, state))
        with st.popover("Assign…", key="case-assign"):
            for one, name in case_people.assignable().items():
                st.button(
                    words.literal(name),
                    key=f"case-assign-{one}",
                    width="stretch",
                    on_click=_assign,
                    args=(case.id, one),
                )
            st.button(
                "Nobody", key="case-assign-none", width="stretch", on_click=_assign, args=(case.id, None)
            )
        with st.popover("Snooze…", key="case-snooze", icon=":material/snooze:"):
            for text, hours in SNOOZES.items():
                st.button(
                    text,
                    key=f"case-snooze-{hours}",
                    width="stretch",
                    on_click=_snooze,
                    args=(case.id, hours),
                )


def _members(view: CaseView) -> None:
    st.markdown("**What was flagged**, most extra bits first")
    st.dataframe(
        [
            {
                "Stream": one.stream_name,
                "From, UTC": words.moment(moment(one.first_us)),
                "Severity": f"{words.SEVERITY_SYMBOLS[one.severity]} {one.severity}",
                "Extra bits": words.signed_bits(one.bits),
                "What differs": words.plain(one.sentence),
                "Open": links.address(links.ANOMALY, id=one.anomaly_id),
            }
            for one in view.members[:MOST_MEMBERS]
        ],
        hide_index=True,
        column_config={
            "From, UTC": st.column_config.TextColumn(width=140),
            "Severity": st.column_config.TextColumn(width=90),
            "Extra bits": st.column_config.TextColumn(width=80, alignment="right"),
            "What differs": st.column_config.TextColumn(width="large"),
            "Open": st.column_config.LinkColumn(display_text="Open", width=60),
        },
        alt="Flagged windows of this case",
    )
    if view.total > MOST_MEMBERS:
        st.caption(f"The first {MOST_MEMBERS} of {count_text(view.total)}.")


def _history(case: Case) -> None:
    st.markdown("**History**")
    names = case_people.names()
    st.dataframe(
        [
            {
                "When, UTC": words.moment(datetime.fromisoformat(str(entry["at"]))),
                "What": said(dict(entry), names),
                "By": names.get(str(entry["by"]), str(entry["by"])),
            }
            for entry in case.timeline
        ],
        hide_index=True,
        column_config={"When, UTC": st.column_config.TextColumn(width=140)},
        alt="What was done about this case, oldest first",
    )


def said(entry: dict[str, Any], names: dict[str, str]) -> str:
    """
    One entry of a case's history in words.

    >>> said({"what": "detected", "anomalies": 3, "streams": 2}, {})
    'detected: 3 anomalies of 2 streams'
    >>> said({"what": "assigned", "assignee": "u1"}, {"u1": "Ann"})
    'assigned to Ann'
    """
    what = str(entry["what"])
    if what in ("detected", "extended"):
        return (
            f"{what}: {words.plural(int(entry['anomalies']), 'anomaly', 'anomalies')} of "
            f"{words.plural(int(entry['streams']), 'stream')}"
        )
    if what == "assigned":
        whom = entry.get("assignee")
        return "assigned to nobody" if whom is None else f"assigned to {names.get(str(whom), str(whom))}"
    if what == "snoozed":
        return f"snoozed until {words.moment(datetime.fromisoformat(str(entry['until'])))} UTC"
    reason = entry.get("reason")
    return f"{what}: {reason}" if reason else what


def _move(case_id: str, state: ReviewState) -> None:
    _do(lambda: desk().cases.move(tenant(), case_id, state, by=reader()))


def _assign(case_id: str, whom: str | None) -> None:
    _do(lambda: desk().cases.assign(tenant(), case_id, whom, by=reader()))


def _snooze(case_id: str, hours: int) -> None:
    until = datetime.now(UTC) + timedelta(hours=hours)
    _do(lambda: desk().cases.snooze(tenant(), case_id, until, by=reader()))


def _do(act: Callable[[], Case]) -> None:
    try:
        act()
    except ApplicationError as error:
        st.toast(words.literal(str(error)), icon=":material/error:")
