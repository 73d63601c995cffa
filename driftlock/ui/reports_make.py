"""Choose what a report is about, see what it would hold, make it."""

from collections import Counter
from datetime import UTC, datetime, time
from functools import partial
from typing import Final, Literal

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.evidence import POLICIES, Policy
from driftlock.model import moment
from driftlock.services.overview_rows import FeedRow, Wanted
from driftlock.services.reports_rows import Form, ReportRow, Template
from driftlock.ui import links, once, reports_archive, reports_evidence, reports_parts, words
from driftlock.ui.session import desk, reader, tenant

About = Literal["anomaly", "case", "time"]
ABOUT: Final[dict[About, str]] = {"anomaly": "One anomaly", "case": "A case", "time": "A time"}
TEMPLATES: Final[dict[About, tuple[Template, ...]]] = {
    "anomaly": ("evidence", "dora", "nis2", "ai_log"),
    "case": ("evidence", "dora", "nis2", "ai_log"),
    "time": ("period", "dora", "nis2", "ai_log"),
}
POLICY_NAMES: Final[dict[Policy, str]] = {
    "masked": "Masked",
    "full": "Full",
    "digests": "Digests only",
}
_STRONGEST: Final = 50
_SHOWN: Final = 8  # characters of an id
_MADE: Final = "made-report"


def show() -> None:
    """Scope, template, policy, preview, and the button."""
    about: About = st.segmented_control(
        "About",
        list(ABOUT),
        format_func=lambda one: ABOUT[one],
        default=_first(),
        required=True,
        key="report-about",
    )
    chosen = {"anomaly": _anomaly, "case": _case, "time": _time}[about]()
    if chosen is None:
        return
    template: Template = st.selectbox(
        "Report",
        TEMPLATES[about],
        format_func=lambda one: reports_parts.NAMES[one],
        key=f"report-template-{about}",
        width=320,
    )
    form: Form = "zip"
    if template != "evidence":
        form = st.segmented_control(
            "Format", ["html", "pdf"], format_func=lambda one: reports_parts.FORMS[one], default="html",
            required=True, key="report-form",
        )  # fmt: skip
    policy: Policy = st.segmented_control(
        "Payloads", ["masked", *(one for one in POLICIES if one != "masked")],
        format_func=lambda one: POLICY_NAMES[one], default="masked", required=True, key="report-policy",
    )  # fmt: skip
    token = False
    if template == "evidence" and "case_id" in chosen:
        token = reports_evidence.of_case()
    elif template == "evidence":
        token = reports_evidence.of_anomaly(str(chosen["anomaly_id"]), policy)
    elif policy == "digests":
        st.caption("No text of an event stands in the report.")
    if st.button("Make the report", type="primary", key="make-report"):
        _make(template, form, policy, chosen, token=token)
    if (made := st.session_state.get(_MADE)) is not None:
        _result(made)


def _first() -> About:
    if st.query_params.get("case"):
        return "case"
    return "anomaly" if st.query_params.get("id") or not st.query_params.get("from") else "time"


def _anomaly() -> dict[str, str] | None:
    scope = desk().overview.scope(tenant(), None, "all")
    strongest = desk().overview.feed(scope, Wanted(suppressed=True), order="strongest", limit=_STRONGEST).rows
    labels = distinct({row.id: _label(row) for row in strongest})
    asked = st.query_params.get("id")
    if asked and asked not in labels:
        if desk().queries.anomaly(tenant(), asked) or desk().series.anomaly(tenant(), asked):
            labels = {asked: f"Anomaly {asked}"} | labels
        else:
            st.info(
                "There is no flagged window of this id. Its run may be past its time; choose another one."
            )
    if not labels:
        st.info(
            "Nothing was flagged yet, so there is nothing to prove. Analyze a file or feed a stream first."
        )
        st.page_link(links.ANALYZE, label="Go to Analyze")
        return None
    chosen = st.selectbox(
        "Anomaly",
        list(labels),
        index=list(labels).index(asked) if asked in labels else 0,
        format_func=lambda one: labels[one],
        key="report-anomaly",
        help=f"The {_STRONGEST} strongest of all streams; any other one by “Evidence” on its page.",
    )
    return {"anomaly_id": chosen}


def _label(row: FeedRow) -> str:
    return (
        f"{row.stream_name} · {words.moment(row.seen_at)} · {row.severity} · "
        f"{words.signed_bits(row.extra_bits)} bits"
    )


def _case() -> dict[str, str] | None:
    cases = distinct(
        {
            case.id: f"{case.title} · {words.moment(moment(case.first_us))}"
            for case in desk().cases.cases(tenant(), snoozed=True)
        }
    )
    if not cases:
        st.info("There is no case: streams were not flagged at the same time.")
        return None
    asked = st.query_params.get("case")
    chosen = st.selectbox(
        "Case",
        list(cases),
        index=list(cases).index(asked) if asked in cases else 0,
        format_func=lambda one: cases[one],
        key="report-case",
    )
    return {"case_id": chosen}


def distinct(labels: dict[str, str]) -> dict[str, str]:
    """
    *labels* by id, with the beginning of the id behind those that several share: a list is answered by its text.

    >>> distinct({"a1": "api, db", "b2": "api, db", "c3": "cpu"})
    {'a1': 'api, db · a1', 'b2': 'api, db · b2', 'c3': 'cpu'}
    """
    many = Counter(labels.values())
    return {one: f"{label} · {one[:_SHOWN]}" if many[label] > 1 else label for one, label in labels.items()}


def _time() -> dict[str, datetime] | None:
    newest = desk().overview.scope(tenant(), None, "7d")
    last = newest.until or datetime.now(UTC)
    first = newest.since or last
    days = st.date_input(
        "From and to, UTC",
        value=(first.date(), last.date()),
        key="report-days",
        width=320,
        format="YYYY-MM-DD",
    )
    if not isinstance(days, tuple) or len(days) != 2:
        st.info("Choose the last day too.")
        return None
    return {
        "since": datetime.combine(days[0], time.min, tzinfo=UTC),
        "until": datetime.combine(days[1], time.max, tzinfo=UTC),
    }


def _make(
    template: Template,
    form: Form,
    policy: Policy,
    chosen: dict[str, str] | dict[str, datetime],
    *,
    token: bool,
) -> None:
    make = partial(
        desk().reports.make,
        tenant(),
        template=template,
        form=form,
        policy=policy,
        token=token,
        by=reader(),
        **chosen,
    )
    try:
        with st.spinner("Making …"):
            row = once.done("report", (template, form, policy, chosen, token), make)
    except ApplicationError as error:
        st.session_state.pop(_MADE, None)
        st.error(words.literal(str(error)))
        return
    st.session_state[_MADE] = row


def _result(row: ReportRow) -> None:
    with st.container(border=True, key="made"):
        st.markdown(f"**{words.literal(row.name)}**, {reports_parts.size(row.size_bytes)}")
        st.code(f"SHA-256 {row.sha256}", language=None, wrap_lines=True)
        reports_archive.actions(row, key="made")
