"""How long things are kept, what goes next, and what is held back from going."""

from typing import Any, Final

import streamlit as st

from driftlock.model import DEMO
from driftlock.services.plans import plan_named
from driftlock.services.retention import LONGER, StreamRemoval
from driftlock.services.stream_settings import LONGEST_RETENTION
from driftlock.ui import admin_said, admin_times, frame, words
from driftlock.ui.session import desk, reader, tenant
from driftlock_core.numbers_text import count_text

MOST_ROWS: Final = 1_000


def show() -> None:
    """The tenant's days, what the next run removes, and the holds."""
    st.markdown(
        "Events go first, verdicts later. A stream's own days come before the tenant's, these before the plan's; what "
        "an analysis made goes with the analysis."
    )
    _plan()
    _tenant()
    _next()
    _held()


def _plan() -> None:
    name = desk().tenants.get(tenant()).plan
    plan = None if tenant() == DEMO else plan_named(name)
    if plan is None:
        whose = (
            "This tenant belongs to the installation: its plan" if tenant() == DEMO else f"The plan “{name}”"
        )
        st.caption(
            f"{words.literal(whose)} sets no days. Without days of the stream or the tenant, events stay until somebody "
            "deletes them."
        )
    else:
        st.caption(
            f"Plan {plan.name}: events {plan.event_days:,} days, windows and anomalies {plan.verdict_days:,} days."
        )


def _tenant() -> None:
    days = desk().tenant_settings.get(tenant()).retention_days
    with st.form("tenant-days", border=True):
        chosen = st.number_input(
            "Days that events are kept, in this tenant",
            min_value=1,
            max_value=LONGEST_RETENTION,
            value=days,
            placeholder="as the plan says",
            key="tenant-days-value",
            help=f"Windows and anomalies stay at least {LONGER} times as long. Empty: as the plan says.",
            width=320,
        )
        if st.form_submit_button("Keep these days"):
            kept = None if chosen is None else int(chosen)
            if admin_said.act(
                desk().tenant_settings.retention,
                tenant(),
                days=kept,
                by=reader(),
                done="Kept. The next run goes by it.",
            ):
                st.rerun()


def _next() -> None:
    st.subheader("Next run", anchor=False)
    with st.spinner("Counting what would go …"):
        found = desk().retention.preview(tenant())
    when = (
        "It runs once an hour while a worker runs; this process has not run it yet."
        if found.at is None
        else f"It runs once an hour, next at {words.literal(admin_times.said(found.at, admin_times.zone()))}."
    )
    going = [row for row in found.rows if row.events or row.windows or row.anomalies]
    st.markdown(
        f"{when} If it ran now, {words.plural(sum(row.events for row in going), 'event')}, "
        f"{words.plural(sum(row.windows for row in going), 'window')} and "
        f"{words.plural(sum(row.anomalies for row in going), 'anomaly', 'anomalies')} of "
        f"{words.plural(len(going), 'stream')} would go, and {words.plural(found.bundles, 'report')} past their time."
    )
    if not found.rows:
        st.info("No stream has days after which its events go.")
        return
    shown = found.rows[:MOST_ROWS]
    st.dataframe(
        table(shown, frame.names(desk().overview.streams(tenant()))),
        hide_index=True,
        alt="Streams with the days their events are kept, and what the next run removes of each",
    )
    if len(found.rows) > len(shown):
        st.caption(f"{count_text(len(shown))} of {count_text(len(found.rows))} streams.")
    st.caption("A stream's own days are set among its settings, on Streams and anchors.")


def table(rows: tuple[StreamRemoval, ...], names: dict[str, str]) -> dict[str, list[Any]]:
    """One row a stream."""
    return {
        "Stream": [names.get(row.stream_id, row.name) for row in rows],
        "Days kept": [row.days for row in rows],
        "Events that go": [row.events for row in rows],
        "Windows": [row.windows for row in rows],
        "Anomalies": [row.anomalies for row in rows],
        "Through event": [row.through_seq for row in rows],
        "Older ones stay because": [row.why_kept for row in rows],
    }


def _held() -> None:
    st.subheader("Holds", anchor=False)
    held = desk().tenant_settings.held(tenant())
    if not held:
        st.caption(
            "Nothing is held. A report that is held stays whatever retention says, with what it proves; it is held on "
            "Reports and evidence."
        )
        return
    names, zone = desk().accounts.names(tenant()), admin_times.zone()
    st.dataframe(
        {
            "Report": [one.name for one in held],
            f"Made ({zone})": [admin_times.moment(one.at, zone) for one in held],
            "By": [names.get(one.by, one.by) for one in held],
        },
        hide_index=True,
        alt="Reports that are held",
    )
    st.caption("A hold is ended in the archive of Reports and evidence.")
