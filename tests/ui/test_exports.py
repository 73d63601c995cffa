"""Downloads hold exact numbers and no traps."""

import csv
import io
import json
from datetime import UTC, datetime

from driftlock.model import AnomalyRow
from driftlock.ui.exports import FIELDS, as_csv, as_json, as_ndjson

ROW = AnomalyRow(
    id="9a3af83e97e0ae9b",
    stream_id="5f0c",
    stream_name="=cmd|' /c calc'!A1",
    kind="logs",
    window=12,
    first_seq=571,
    last_seq=620,
    first_at=datetime(2026, 3, 2, 8, 0, 0, tzinfo=UTC),
    last_at=None,
    seen_at=datetime(2026, 3, 2, 8, 0, 4, tzinfo=UTC),
    pattern="1f0c6a0d9b1c22e7",
    status="ready",
    ncd=0.41234567890123,
    p=1 / 201,
    p_stream=1 / 201,
    p_perm=0.001,
    extra_bits=2310.0,
    severity="medium",
    views=("counts", "symbols"),
    incident=1,
    sentence="Window 12 on **shop** needs **2310 more bits**; 5 of its 50 events hold half.",
)


def test_the_three_formats_hold_the_same_exact_numbers() -> None:
    """No number is rounded for a file."""
    from_csv = next(csv.DictReader(io.StringIO(as_csv([ROW]).decode())))
    from_ndjson = json.loads(as_ndjson([ROW]))
    (from_json,) = json.loads(as_json([ROW]))
    assert from_ndjson == from_json
    assert tuple(from_json) == FIELDS
    assert float(from_csv["ncd"]) == from_json["ncd"] == ROW.ncd
    assert from_json["first_at"] == "2026-03-02T08:00:00+00:00"
    assert from_json["last_at"] is None
    assert from_json["views"] == "counts,symbols"


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless() -> None:
    """A stream named like a formula is a text in CSV."""
    row = next(csv.DictReader(io.StringIO(as_csv([ROW]).decode())))
    assert row["stream_name"] == "'=cmd|' /c calc'!A1"


def test_sentences_lose_their_bold_marks() -> None:
    """Stars are for the screen only."""
    assert "**" not in as_ndjson([ROW]).decode()
