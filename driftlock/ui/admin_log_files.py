"""Both logs as files, noted in the access log before they are handed out."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from functools import partial
from typing import Any, Final

import streamlit as st

from driftlock.bootstrap import App
from driftlock.services.accesses import AccessRow
from driftlock.services.audit_rows import AuditRow
from driftlock.ui import admin_log_words, exporting, exports
from driftlock.ui.session import tenant
from driftlock_core.numbers_text import count_text

MOST: Final = 100_000  # rows of one file: some 45 MB, which the server holds while it hands them out
_BATCH: Final = 1_000
AUDIT_FIELDS: Final = ("at", "tenant", "seq", "at_us", *(field.name for field in fields(AuditRow)[3:]))
ACCESS_FIELDS: Final = tuple(field.name for field in fields(AccessRow))


def audit() -> None:
    """The newest rows, without a gap, so that whoever gets them can follow the chain."""
    _offer("audit_log", {"NDJSON": _audit_ndjson, "CSV": _audit_csv})
    st.caption(
        f"A file holds the {count_text(MOST)} newest records, whatever is filtered, oldest first, each as it is hashed. "
        f"All of them: `driftlock audit export --tenant {tenant()}`."
    )


def accesses() -> None:
    """The newest rows."""
    _offer("access_log", {"NDJSON": _access_ndjson, "CSV": _access_csv})
    st.caption(f"A file holds the {count_text(MOST)} newest rows, whatever is filtered, newest first.")


def _offer(log: str, formats: dict[str, Callable[[str, App], bytes]]) -> None:
    mimes = {"NDJSON": "application/x-ndjson", "CSV": "text/csv"}
    with st.container(horizontal=True):
        for label, make in formats.items():
            st.download_button(
                label,
                data=exporting.noted(partial(make, tenant()), "log", log),
                file_name=f"driftlock-{log.replace('_', '-')}.{label.lower()}",
                mime=mimes[label],
                on_click="ignore",
                icon=":material/download:",
                key=f"{log}-{label}",
            )


def _audit_rows(tenant: str, app: App) -> Iterator[dict[str, Any]]:
    newest = app.audit.page(tenant, limit=1).rows
    last = newest[0].seq if newest else 0
    for first in range(max(1, last - MOST + 1), last + 1, _BATCH):
        yield from app.audit.rows(tenant, first, min(last, first + _BATCH - 1))


def _audit_ndjson(tenant: str, app: App) -> bytes:
    return b"".join(
        json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        for row in _audit_rows(tenant, app)
    )


def _audit_csv(tenant: str, app: App) -> bytes:
    return exports.as_csv(_audit_rows(tenant, app), fields=AUDIT_FIELDS, plain=admin_log_words.flat)


def _access_rows(tenant: str, app: App) -> Iterator[AccessRow]:
    for offset in range(0, MOST, _BATCH):
        rows = app.accesses.page(tenant, offset=offset, limit=_BATCH).rows
        yield from rows
        if len(rows) < _BATCH:
            return


def _access_plain(row: AccessRow) -> dict[str, Any]:
    return asdict(row) | {"at": row.at.isoformat()}


def _access_ndjson(tenant: str, app: App) -> bytes:
    return exports.as_ndjson(_access_rows(tenant, app), plain=_access_plain)


def _access_csv(tenant: str, app: App) -> bytes:
    return exports.as_csv(_access_rows(tenant, app), fields=ACCESS_FIELDS, plain=_access_plain)
