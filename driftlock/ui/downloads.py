"""All flagged windows of a stream as a file, built only when asked for."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

import streamlit as st

from driftlock.bootstrap import App
from driftlock.model import AnomalyRow, Run, Stream
from driftlock.ui import exporting, exports, links
from driftlock.ui.session import may, tenant

Writer = Callable[[Iterable[AnomalyRow]], bytes]
FORMATS: Final[dict[str, tuple[Writer, str, str]]] = {
    "CSV": (exports.as_csv, "csv", "text/csv"),
    "NDJSON": (exports.as_ndjson, "ndjson", "application/x-ndjson"),
    "JSON": (exports.as_json, "json", "application/json"),
}
_BATCH: Final = 500


def show(run: Run, stream: Stream) -> None:
    """Three formats and the address of this view."""
    with st.container(horizontal=True):
        if stream.flagged and may("export"):
            for label, (write, ending, mime) in FORMATS.items():
                st.download_button(
                    label,
                    data=exporting.noted(partial(_file, write, tenant(), stream), "stream", stream.id),
                    file_name=f"driftlock-{stream.id}.{ending}",
                    mime=mime,
                    on_click="ignore",
                    icon=":material/download:",
                    help="All flagged windows of this stream",
                )
        links.copy(links.ANALYZE, key="copy-run", run=run.id)


def _file(write: Writer, tenant: str, stream: Stream, app: App) -> bytes:
    return write(_all(app, tenant, stream))


def _all(app: App, tenant: str, stream: Stream) -> Iterator[AnomalyRow]:
    for offset in range(0, stream.flagged, _BATCH):
        yield from app.queries.anomalies(tenant, stream.id, order="newest", offset=offset, limit=_BATCH)
