"""Rows of a table as CSV, NDJSON and JSON: exact numbers, times in ISO 8601."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from driftlock.model import AnomalyRow
from driftlock.ui import words

FIELDS: Final = (
    "id",
    "stream_name",
    "kind",
    "window",
    "first_seq",
    "last_seq",
    "first_at",
    "last_at",
    "status",
    "severity",
    "views",
    "incident",
    "ncd",
    "p",
    "p_stream",
    "p_perm",
    "extra_bits",
    "sentence",
)
# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


def values(row: AnomalyRow) -> dict[str, Any]:
    """One flagged window as plain values: exact numbers, times in ISO 8601."""
    plain: dict[str, Any] = {}
    for field in FIELDS:
        value = getattr(row, field)
        plain[field] = value.isoformat() if isinstance(value, datetime) else value
    plain["views"] = ",".join(row.views)
    plain["sentence"] = words.plain(row.sentence)
    return plain


def as_csv(
    rows: Iterable[Any],
    *,
    fields: Sequence[str] = FIELDS,
    plain: Callable[[Any], dict[str, Any]] = values,
) -> bytes:
    """CSV with a header; texts that a spreadsheet would run as a formula get a leading apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(fields)
    for row in rows:
        writer.writerow([safe_cell(value) for value in plain(row).values()])
    return text.getvalue().encode()


def safe_cell(value: object) -> object:
    """*value* as a cell that no spreadsheet runs."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value


def as_ndjson(rows: Iterable[Any], *, plain: Callable[[Any], dict[str, Any]] = values) -> bytes:
    """One JSON object a line."""
    return b"".join(json.dumps(plain(row), ensure_ascii=False).encode() + b"\n" for row in rows)


def as_json(rows: Iterable[Any], *, plain: Callable[[Any], dict[str, Any]] = values) -> bytes:
    """One JSON array."""
    return json.dumps([plain(row) for row in rows], ensure_ascii=False, indent=2).encode() + b"\n"
