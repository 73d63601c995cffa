"""Rows of the feed say what stands in them, no more and no less."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

from driftlock.services.overview_rows import FeedRow
from driftlock.ui import exports
from driftlock.ui.feed_rows import FIELDS, status, values, what_differs

ROW = FeedRow(
    id="0123456789abcdef",
    series=None,
    stream_id="s",
    stream_name="=payments",
    kind="logs",
    seen_at=datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC),
    severity="high",
    ncd=0.948123456789,
    p=1 / 201,
    extra_bits=2310.4,
    sentence=(
        "Window 412 on **payments** stands out by its bytes: it needs **2 310 more bits** than an ordinary "
        "window of this stream; 9 of its 20 events hold at least half of what stands out."
    ),
    views=("bytes", "counts"),
    incident=3,
    pattern="p",
    label=None,
    snoozed_until=None,
    suppressed=False,
)


def test_what_differs_leaves_out_what_other_columns_say() -> None:
    """Extra bits have a column; a sentence about something else is kept whole."""
    assert what_differs(ROW) == "9 of its 20 events hold at least half of what stands out."
    counts = "Window 3 on **a** stands out by its counts: “x; y” comes **9 times**."
    assert what_differs(replace(ROW, sentence=counts)) == "“x; y” comes 9 times."


def test_the_status_names_everything_that_was_said() -> None:
    """Nothing said is open; a label, a snooze and a suppression stand side by side."""
    assert status(ROW) == "Open"
    told = replace(ROW, label="not_real", snoozed_until=ROW.seen_at, suppressed=True)
    assert status(told) == "Not real, Snoozed, Suppressed"


def test_files_hold_the_exact_numbers_of_every_field() -> None:
    """CSV, NDJSON and JSON agree; a name that a spreadsheet would run is made safe in CSV alone."""
    table = list(csv.DictReader(io.StringIO(exports.as_csv([ROW], fields=FIELDS, plain=values).decode())))
    line = json.loads(exports.as_ndjson([ROW], plain=values))
    assert [line] == json.loads(exports.as_json([ROW], plain=values))
    assert tuple(table[0]) == FIELDS
    assert float(table[0]["ncd"]) == line["ncd"] == ROW.ncd
    assert line["seen_at"] == "2026-11-20T14:03:22+00:00"
    assert (table[0]["stream_name"], line["stream_name"]) == ("'=payments", "=payments")
