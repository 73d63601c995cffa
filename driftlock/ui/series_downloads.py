"""All flagged numbers of a stream as a file, built only when asked for."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any, Final

import streamlit as st

from driftlock.bootstrap import App
from driftlock.model import Run, Stream
from driftlock.services.series_store import SeriesAnomalyRow
from driftlock.ui import exporting, links, words
from driftlock.ui.exports import safe_cell
from driftlock.ui.session import may, tenant

FIELDS: Final = tuple(field.name for field in fields(SeriesAnomalyRow) if field.name != "stream_id")
_BATCH: Final = 500


def show(run: Run, stream: Stream) -> None:
    """The table as CSV, the records as NDJSON, and the address of this view."""
    with st.container(horizontal=True):
        if stream.flagged and may("export"):
            for label, write, ending, mime, said in (
                ("CSV", _csv, "csv", "text/csv", "All flagged numbers of this stream"),
                (
                    "NDJSON",
                    _ndjson,
                    "ndjson",
                    "application/x-ndjson",
                    "The whole records, as `driftlock explain` reads them",
                ),
            ):
                st.download_button(
                    label,
                    data=exporting.noted(partial(write, tenant(), stream), "stream", stream.id),
                    file_name=f"driftlock-{stream.id}.{ending}",
                    mime=mime,
                    on_click="ignore",
                    icon=":material/download:",
                    help=said,
                )
        links.copy(links.ANALYZE, key="copy-run", run=run.id)


def values(row: SeriesAnomalyRow) -> dict[str, Any]:
    """One flagged number as plain values: exact numbers, times in ISO 8601."""
    plain = {name: getattr(row, name) for name in FIELDS}
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in plain.items()
    }
    return plain | {"sentence": words.plain(row.sentence)}


def _csv(tenant: str, stream: Stream, app: App) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for row in _rows(app, tenant, stream):
        writer.writerow([safe_cell(value) for value in values(row).values()])
    return text.getvalue().encode()


def _ndjson(tenant: str, stream: Stream, app: App) -> bytes:
    records = (app.series.anomaly_record(tenant, row.id) for row in _rows(app, tenant, stream))
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records if record)


def _rows(app: App, tenant: str, stream: Stream) -> Iterator[SeriesAnomalyRow]:
    for offset in range(0, stream.flagged, _BATCH):
        yield from app.series.anomalies(tenant, stream.id, order="newest", offset=offset, limit=_BATCH)
