"""Rows of the feed in words: what a table, a list and a file say of a flagged window or number."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from driftlock.services.overview_rows import FeedRow
from driftlock.ui import links, view_words, words
from driftlock.ui.flagged_table import differs
from driftlock.ui.overview_history import LABEL_WORDS
from driftlock_core.numbers_text import MISSING, ncd_text

FIELDS: Final = tuple(field.name for field in fields(FeedRow))


def table(rows: Sequence[FeedRow]) -> dict[str, list[str]]:
    """
    Columns as they are read on screen; no p is shown below the smallest it could have been.

    A number of a series has no NCD.
    """
    return {
        "Severity": [severity(row) for row in rows],
        "Seen, UTC": [words.moment(row.seen_at) for row in rows],
        "Stream": [stream(row) for row in rows],
        "What differs": [what_differs(row) for row in rows],
        "NCD": [MISSING if row.ncd is None else ncd_text(row.ncd) for row in rows],
        "p": [words.p_value(row.p) for row in rows],
        "Extra bits": [words.signed_bits(row.extra_bits) for row in rows],
        "Status": [status(row) for row in rows],
        "Open": [links.address(links.ANOMALY, id=row.id) for row in rows],
        "Stands out by": [stands_out_by(row) for row in rows],
    }


def severity(row: FeedRow) -> str:
    """The severity with its symbol."""
    return f"{words.SEVERITY_SYMBOLS[row.severity]} {row.severity}"


def stream(row: FeedRow) -> str:
    """Stream with its kind's symbol, and the series where it is one."""
    name = f"{words.KIND_SYMBOLS[row.kind]} {row.stream_name}"
    return name if row.series is None else f"{name} · {row.series}"


def what_differs(row: FeedRow) -> str:
    """What the sentence says that the other columns do not: extra bits have one of their own."""
    said = words.plain(row.sentence if row.series is not None else differs(row.sentence))
    return said.split("; ", 1)[1] if said.startswith("it needs ") and "; " in said else said


def stands_out_by(row: FeedRow) -> str:
    """Views of a window, or how a number stands out."""
    return view_words.plain(row.views)


def status(row: FeedRow) -> str:
    """Label, snooze and suppression; open where nobody said anything."""
    said = []
    if row.label is not None:
        said.append(LABEL_WORDS[row.label].capitalize())
    if row.snoozed_until is not None:
        said.append("Snoozed")
    if row.suppressed:
        said.append("Suppressed")
    return ", ".join(said) or "Open"


def values(row: FeedRow) -> dict[str, Any]:
    """A row as plain values: exact numbers, times in ISO 8601."""
    plain = {name: getattr(row, name) for name in FIELDS}
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in plain.items()
    }
    return plain | {"views": ",".join(row.views), "sentence": words.plain(row.sentence)}
