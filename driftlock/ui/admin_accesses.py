"""The access log: who signed in, opened, exported or verified what, and who was refused."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from driftlock.services.accesses import UNKNOWN, WHATS, AccessRow, What
from driftlock.ui import admin_log_files, admin_log_words, admin_times, words
from driftlock.ui.session import desk, may, tenant

PAGE: Final = 50
ALL: Final = "all"


def show() -> None:
    """Filters, a page of rows, the files."""
    names = desk().accounts.names(tenant())
    asked = st.query_params.get("q", ALL)
    offered = (ALL, *WHATS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = st.selectbox(
            "Who",
            [ALL, *names, "visitor", UNKNOWN],
            format_func=lambda one: one if one == ALL else admin_log_words.actor(one, names),
            key="access-who",
            width=200,
        )
        chosen = st.selectbox(
            "What",
            offered,
            index=offered.index(asked) if asked in offered else 0,
            key="access-what",
            on_change=_into_address,
            width=160,
        )
        object_id = st.text_input("Object's id", key="access-id", max_chars=64, width=240)
    actor = None if who == ALL else who
    what: What | None = next((one for one in WHATS if one == chosen), None)
    about = (object_id or "").strip() or None

    def page(offset: int, limit: int = PAGE) -> tuple[tuple[AccessRow, ...], int]:
        found = desk().accesses.page(
            tenant(), actor=actor, what=what, object_id=about, offset=offset, limit=limit
        )
        return found.rows, found.total

    rows, total = page(0)
    pages = max(1, -(-total // PAGE))
    number = st.pagination(pages, key=f"access-page-{pages}") if pages > 1 else 1
    if number > 1:
        rows, total = page((number - 1) * PAGE)
    if not rows:
        st.info("Nobody has signed in, opened or exported anything, or was refused, that matches.")
        return
    zone = admin_times.zone()
    st.dataframe(
        table(rows, names, zone),
        hide_index=True,
        height="content" if len(rows) < 16 else 560,
        alt="Rows of the access log: time, who, role, what was done, object, address",
    )
    st.caption(
        f"{words.plural(total, 'row')}, newest first. An opening is noted once a visit, anomaly and hour; a refused try "
        "once a minute; a wrong password each time that it counts, and “locked” where the account has to wait."
    )
    if may("export"):
        admin_log_files.accesses()


def table(rows: tuple[AccessRow, ...], names: Mapping[str, str], zone: str) -> dict[str, list[object]]:
    """Rows of the log in columns."""
    return {
        f"Time ({zone})": [admin_times.moment(row.at, zone) for row in rows],
        "Who": [admin_log_words.actor(row.actor, names) for row in rows],
        "Role": [row.role for row in rows],
        "What": [row.what for row in rows],
        "Object": [_object(row, names) for row in rows],
        "Id": [row.object_id for row in rows],
        "Address": [row.address or "" for row in rows],
    }


def _object(row: AccessRow, names: Mapping[str, str]) -> str:
    """What it was, and of a person the name, which is of no use to filter by."""
    named = row.object_kind == "user" and row.object_id in names
    return f"user {names[row.object_id]}" if named else row.object_kind


def _into_address() -> None:
    chosen = str(st.session_state["access-what"])
    if chosen == ALL:
        st.query_params.pop("q", None)
    else:
        st.query_params["q"] = chosen
