"""Everything that was flagged in a time, as a file in one of five formats."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import streamlit as st

from driftlock.bootstrap import App
from driftlock.reports.annexes import ROWS
from driftlock.reports.html import as_html
from driftlock.reports.pdf import as_pdf
from driftlock.reports.period import listing
from driftlock.services.overview_rows import FeedRow, Scope, Span, Wanted
from driftlock.services.reports_grounds import row_text
from driftlock.ui import exporting, exports, frame, words
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import count_text

FIELDS: Final = (
    "id", "stream_id", "stream_name", "series", "kind", "seen_at", "severity", "ncd", "p", "extra_bits", "label",
    "views", "incident", "suppressed", "sentence",
)  # fmt: skip
MOST_PRINTED: Final = 5_000  # rows of a document; beyond it nobody reads, and a PDF takes minutes
_BATCH: Final = 1_000


def show() -> None:
    """Range, and one button a format."""
    span: Span = st.segmented_control(
        "Range", list(frame.RANGES), format_func=lambda one: frame.RANGES[one], default="all", required=True,
        key="list-range",
    )  # fmt: skip
    scope = desk().overview.scope(tenant(), None, span)
    total = desk().overview.feed(scope, Wanted(suppressed=True), limit=1).total
    figures = desk().overview.figures(scope)
    st.markdown(
        f"{count_text(total)} flagged windows and alerts; of {count_text(figures.tested)} windows tested chance alone "
        f"would have flagged at most about {figures.expected_by_chance:.0f}."
    )
    if not total:
        return
    with st.container(horizontal=True):
        for label, (make, mime) in FORMATS.items():
            st.download_button(
                label,
                data=exporting.noted(partial(_file, make, scope), "list", "flagged"),
                file_name=f"driftlock-flagged-{span}.{label.lower()}",
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"list-{label}",
            )
    if total > MOST_PRINTED:
        st.caption(f"HTML and PDF hold the {count_text(MOST_PRINTED)} newest; the other formats hold all.")


def plain(row: FeedRow) -> dict[str, Any]:
    """Exact numbers, times in ISO 8601."""
    values = {name: getattr(row, name) for name in FIELDS}
    return values | {
        "seen_at": row.seen_at.isoformat(),
        "views": ",".join(row.views),
        "sentence": words.plain(row.sentence),
    }


def _file(make: Callable[[Iterator[FeedRow], Scope], bytes], scope: Scope, app: App) -> bytes:
    return make(_rows(app, scope), scope)


def _rows(app: App, scope: Scope) -> Iterator[FeedRow]:
    offset = 0
    while batch := app.overview.feed(scope, Wanted(suppressed=True), offset=offset, limit=_BATCH).rows:
        yield from batch
        offset += len(batch)


def _csv(rows: Iterator[FeedRow], _scope: Scope) -> bytes:
    return exports.as_csv(rows, fields=FIELDS, plain=plain)


def _ndjson(rows: Iterator[FeedRow], _scope: Scope) -> bytes:
    return exports.as_ndjson(rows, plain=plain)


def _json(rows: Iterator[FeedRow], _scope: Scope) -> bytes:
    return json.dumps([plain(row) for row in rows], ensure_ascii=False, indent=2).encode() + b"\n"


def _document(draw: Callable[[Any], bytes], rows: Iterator[FeedRow], scope: Scope) -> bytes:
    held = [row_text(row) for _, row in zip(range(MOST_PRINTED), rows, strict=False)]
    since = words.moment(scope.since) if scope.since else "the beginning"
    until = words.moment(scope.until) if scope.until else "now"
    return draw(listing("Flagged windows and alerts", f"{since} to {until} UTC, newest first", ROWS, held))


FORMATS: Final[dict[str, tuple[Callable[[Iterator[FeedRow], Scope], bytes], str]]] = {
    "CSV": (_csv, "text/csv"),
    "NDJSON": (_ndjson, "application/x-ndjson"),
    "JSON": (_json, "application/json"),
    "HTML": (partial(_document, as_html), "text/html"),
    "PDF": (partial(_document, as_pdf), "application/pdf"),
}
