"""Reports that were made: handed out, verified again, held, deleted."""

from functools import partial
from typing import Final

import streamlit as st

from driftlock.bootstrap import App
from driftlock.errors import ApplicationError
from driftlock.services.reports_rows import ReportRow
from driftlock.ui import exporting, reports_parts, verify_bundle, words
from driftlock.ui.session import desk, may, reader, tenant
from driftlock_core.numbers_text import count_text

PAGE: Final = 10


def show() -> None:
    """A page of them, newest first."""
    total = desk().reports.all(tenant(), limit=1)[1]
    if not total:
        st.info(
            "No report was made yet. “Make” begins one; it stays here until it is past its time or deleted."
        )
        return
    pages = -(-total // PAGE)
    number = st.pagination(pages, key="archive-page") if pages > 1 else 1
    rows, _ = desk().reports.all(tenant(), offset=(number - 1) * PAGE, limit=PAGE)
    st.caption(f"{count_text(total)} {'report' if total == 1 else 'reports'}, newest first.")
    names = desk().accounts.names(tenant())
    for row in rows:
        with st.container(border=True, key=f"report-{row.id}"):
            held = " · **held**" if row.held else ""
            until = f"until {words.moment(row.expires_at)} UTC" if row.expires_at else "without end"
            st.markdown(f"**{words.literal(row.name)}**{held}")
            st.caption(
                f"{reports_parts.NAMES[row.template]}, {reports_parts.size(row.size_bytes)}, made "
                f"{words.moment(row.at)} UTC by {words.literal(names.get(row.by, row.by))}, kept {until}.  \n"
                f"SHA-256 {row.sha256}"
            )
            actions(row, key=row.id)


def actions(row: ReportRow, *, key: str) -> None:
    """Download, verify, hold, delete; those the reader may do."""
    ending = row.name.rpartition(".")[2]
    with st.container(horizontal=True):
        st.download_button(
            "Download",
            data=exporting.noted(partial(_content, tenant(), row.id), "report", row.id),
            file_name=row.name,
            mime=reports_parts.MIME[ending],
            on_click="ignore",
            icon=":material/download:",
            key=f"download-{key}",
        )
        verify = row.template == "evidence" and st.button("Verify now", key=f"verify-{key}")
        if may("hold"):
            st.button(
                "End hold" if row.held else "Hold",
                key=f"hold-{key}",
                on_click=_hold,
                args=(row.id, not row.held),
                help="What is held stays, with the anomaly it proves, whatever retention says.",
            )
        if may("delete") and not row.held:
            with st.popover("Delete", key=f"delete-{key}"):
                st.markdown("The report is gone for good. Copies that were handed out are not.")
                st.button("Delete it", key=f"delete-it-{key}", on_click=_remove, args=(row.id,))
    if row.template == "evidence":
        st.code(f"driftlock verify {row.name}{_key()}", language=None, wrap_lines=True)
    if verify:
        try:
            with st.spinner("Checking …"):
                found = desk().reports.verify(tenant(), row.id)
        except ApplicationError as error:
            st.error(words.literal(str(error)))
            return
        verify_bundle.steps(found)


def _key() -> str:
    """Without the signer's public key nobody can tell whether a bundle is unchanged."""
    return " --key PUBLIC.pem" if desk().reports.signer else ""


def _content(tenant: str, report_id: str, app: App) -> bytes:
    return app.reports.content(tenant, report_id)


def _hold(report_id: str, held: bool) -> None:
    try:
        desk().reports.hold(tenant(), report_id, held, by=reader())
    except ApplicationError as error:
        st.toast(words.literal(str(error)))


def _remove(report_id: str) -> None:
    try:
        desk().reports.remove(tenant(), report_id, by=reader())
        st.session_state.pop("made-report", None)
    except ApplicationError as error:
        st.toast(words.literal(str(error)))
