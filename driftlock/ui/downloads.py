"""All flagged windows of a stream as a file, built only when asked for."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

import streamlit as st

from driftlock.model import AnomalyRow, Run, Stream
from driftlock.ui import exports, links
from driftlock.ui.session import app, tenant

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
        if stream.flagged:
            for label, (write, ending, mime) in FORMATS.items():
                st.download_button(
                    label,
                    data=partial(_file, write, stream),
                    file_name=f"driftlock-{stream.id}.{ending}",
                    mime=mime,
                    on_click="ignore",
                    icon=":material/download:",
                    help="All flagged windows of this stream",
                )
        links.copy(links.ANALYZE, key="copy-run", run=run.id)


def _file(write: Writer, stream: Stream) -> bytes:
    return write(_all(stream))


def _all(stream: Stream) -> Iterator[AnomalyRow]:
    for offset in range(0, stream.flagged, _BATCH):
        yield from app().queries.anomalies(tenant(), stream.id, order="newest", offset=offset, limit=_BATCH)
