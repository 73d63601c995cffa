"""An anomaly of a numeric series: its values in their order, and what the standard library can make again."""

import hashlib
import math
import struct
from collections.abc import Mapping
from typing import Any, Final

from driftlock.evidence.verifier.findings import Findings, read_json, read_lines

VALUES: Final = "values.ndjson"


def check_series(found: Findings, files: Mapping[str, bytes], recomputable: bool) -> None:
    """
    Digest, place and value of the alert, the reading, severity and bits.

    The score itself rests on five readings of the whole past of the series.
    This program does not hold that detector; it says so.
    """
    with found.reading("record", "record.json, config.json"):
        record = read_json(files["record.json"])
        read_json(files["config.json"])
        _check_values(found, files, record, recomputable)
        surprise, readings = record["surprise"], record["readings"]
        found.equal(
            "series", "reading surprised most", record["view"], readings[surprise.index(max(surprise))]
        )
        page = record["parameters"]["page_score"]
        severity = "low" if not record["page"] else "high" if record["score"] >= 2 * page else "medium"
        found.equal("series", "severity", record["severity"], severity)
        place = record["warmup"] <= record["record"] <= record["last_record"]
        found.add(
            "series", "place", place, f"record {record['record']}", "it lies in its own warm-up or ends early"
        )
        found.unchecked(
            "series",
            "surprise, score, p, bits, expected range",
            "taken as recorded: they need the whole series detector; `driftlock verify` runs it where it is installed",
        )


def _check_values(
    found: Findings, files: Mapping[str, bytes], record: Mapping[str, Any], recomputable: bool
) -> None:
    if VALUES not in files:
        if recomputable:
            found.failed("order", VALUES, "the manifest promises it and it is not there")
        else:
            found.unchecked("order", VALUES, "the bundle holds no values of the series: not recomputable")
        return
    rows = read_lines(files[VALUES])
    found.equal("order", "records", [row[0] for row in rows], list(range(len(rows))))
    digest = b""
    for _, value, time in rows[: record["record"] + 1]:
        digest = hashlib.sha256(digest + _double(value) + _double(time if record["timed"] else None)).digest()
    found.equal("order", "digest of the values up to the alert", record["evidence"]["digest"], digest.hex())
    values = [row[1] for row in rows]
    found.equal("series", "value", record["value"], values[record["record"]])
    last = record["evidence"]["last_values"]
    found.equal(
        "series", "last values", last, values[max(0, record["record"] + 1 - 64) : record["record"] + 1]
    )
    found.add(
        "series",
        "length",
        len(rows) > record["last_record"],
        f"{len(rows)} records",
        f"{len(rows)} records; the anomaly ends at record {record['last_record']}",
    )


def _double(number: float | None) -> bytes:
    """8 bytes, little-endian; the one NaN that says nothing was measured."""
    return struct.pack("<d", math.nan if number is None else number)
