"""The audit log: what was changed, by whom, from what to what; filtered, checked, handed out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import streamlit as st

from driftlock.services.acting_verbs import VERBS
from driftlock.services.audit import AuditPage
from driftlock.services.audit_rows import AuditRow
from driftlock.ui import admin_log_files, admin_log_words, admin_times, words
from driftlock.ui.session import desk, may, tenant
from driftlock_core.numbers_text import count_text

PAGE: Final = 50
ALL: Final = "all"
DAYS: Final[Mapping[str, int | None]] = {"1 d": 1, "7 d": 7, "30 d": 30, "365 d": 365, ALL: None}
# What the program does by itself has no verb.
_BY_ITSELF: Final = ("anchor.reset", "member.arrive", "retention.run")
_NAMED: Final = {verb.action for verb in VERBS.values() if verb.action is not None} | set(_BY_ITSELF)
ACTIONS: Final = (ALL, *sorted({name.partition(".")[0] for name in _NAMED} | _NAMED))
KINDS: Final = (ALL, *sorted({verb.kind for verb in VERBS.values() if verb.kind and verb.action}))


def show() -> None:
    """Filters, a page of rows, the check, the files."""
    names = desk().accounts.names(tenant())
    actor, action, kind, object_id, days = _filters(names)
    since = None if days is None else admin_times.now() - timedelta(days=days)

    def page(offset: int, limit: int) -> AuditPage:
        return desk().audit.page(
            tenant(),
            actor=actor,
            action=action,
            object_kind=kind,
            object_id=object_id,
            since=since,
            offset=offset,
            limit=limit,
        )

    first = page(0, PAGE)
    pages = max(1, -(-first.total // PAGE))
    number = st.pagination(pages, key=f"audit-page-{pages}") if pages > 1 else 1
    found = first if number == 1 else page((number - 1) * PAGE, PAGE)
    if not found.rows:
        st.info("Nothing that matches was changed." if any((actor, action, kind, object_id, days)) else EMPTY)
    else:
        zone = admin_times.zone()
        st.dataframe(
            table(found.rows, names, zone),
            hide_index=True,
            height="content" if len(found.rows) < 16 else 560,
            column_config={
                "No.": st.column_config.NumberColumn(width="small", help="Position in the chain, from 1."),
                "Before → after": st.column_config.TextColumn(width="large"),
                "Hash": st.column_config.TextColumn(
                    width="small", help="Beginning of it; files hold all of it."
                ),
            },
            alt="Rows of the audit log: number, time, who, role, action, object, change, reason, address, hash",
        )
        st.caption(f"{words.plural(found.total, 'record')}, newest first.")
    _check()
    if may("export"):
        admin_log_files.audit()


EMPTY: Final = (
    "Nothing was changed yet. Every change from now on leaves a record here, in the same transaction."
)


def table(rows: tuple[AuditRow, ...], names: Mapping[str, str], zone: str) -> dict[str, list[object]]:
    """Rows of the log in columns."""
    return {
        "No.": [row.seq for row in rows],
        f"Time ({zone})": [admin_times.moment(row.at, zone) for row in rows],
        "Who": [admin_log_words.actor(row.actor, names) for row in rows],
        "Role": [row.role for row in rows],
        "Action": [row.action for row in rows],
        "Object": [admin_log_words.thing(row.object_kind, row.object_id) for row in rows],
        "Before → after": [admin_log_words.change(row.before, row.after) for row in rows],
        "Reason": [row.reason or "" for row in rows],
        "Address": [row.address or "" for row in rows],
        "Hash": [f"{row.hash[:8]}…" for row in rows],
    }


def _filters(
    names: Mapping[str, str],
) -> tuple[str | None, str | None, str | None, str | None, int | None]:
    """Who, action, kind, id, days; the action alone stands in the address, as it is one of a list."""
    asked = st.query_params.get("q", ALL)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        actor = st.selectbox(
            "Who",
            [ALL, *names, "system", "visitor"],
            format_func=lambda one: one if one == ALL else admin_log_words.actor(one, names),
            key="audit-who",
            width=200,
        )
        action = st.selectbox(
            "Action",
            ACTIONS,
            index=ACTIONS.index(asked) if asked in ACTIONS else 0,
            key="audit-action",
            on_change=lambda: _into_address("audit-action"),
            width=200,
            help="A word without a dot stands for all that begin with it.",
        )
        kind = st.selectbox("Object", KINDS, key="audit-kind", width=160)
        object_id = st.text_input("Object's id", key="audit-id", max_chars=64, width=200)
        days = st.segmented_control("Since", [*DAYS], default=ALL, required=True, key="audit-days")
    return (
        None if actor == ALL else actor,
        None if action == ALL else action,
        None if kind == ALL else kind,
        (object_id or "").strip() or None,
        DAYS[days],
    )


def _into_address(key: str) -> None:
    chosen = str(st.session_state[key])
    if chosen == ALL:
        st.query_params.pop("q", None)
    else:
        st.query_params["q"] = chosen


def _check() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button("Check chain", key="check-chain", icon=":material/link:")
        st.caption("Recomputes the hash of every record from the first one on; many take a while.")
    if not asked:
        return
    bar = st.progress(0.0, "Recomputing every hash …")

    def tell(read: int, of: int) -> None:
        told = f"{count_text(read)} of {words.plural(of, 'record')}"
        bar.progress(read / of, f"Recomputing every hash: {told} …")

    found = desk().audit.check(tenant(), progress=tell)
    bar.empty()
    (st.success if found.unbroken else st.error)(words.literal(found.sentence))
    if found.records:
        st.caption(
            f"Whoever keeps the head can tell later whether records were cut off: `driftlock audit check --tenant "
            f"{tenant()} --head HASH`. {count_text(found.records)} were read."
        )
