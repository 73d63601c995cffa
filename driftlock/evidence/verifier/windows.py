"""A flagged window: its events in their order, then every number of its record."""

import base64
import hashlib
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

from driftlock.evidence.verifier.chance import MATRIX_SEED, check_chance, measurement_digest
from driftlock.evidence.verifier.decision import check_configuration, check_decision
from driftlock.evidence.verifier.findings import MOST_LINES, Findings, read_json, read_lines
from driftlock.evidence.verifier.sizes import check_sizes, text_of_events
from driftlock.evidence.verifier.view_checks import (
    MOST_REFERENCES,
    check_statistics,
    check_times,
    check_views,
)

WINDOW: Final = "window.ndjson"
BASELINE: Final = "baseline.ndjson"
RAW: Final = {WINDOW: "window_raw.ndjson", BASELINE: "baseline_raw.ndjson"}
GONE: Final = "the bundle holds no events, only keyed digests of them, or nothing: not recomputable"

MOST_EPOCHS: Final = 2

Line = tuple[int, int | None, bytes | None]  # seq, time in microseconds, the event if it is there


def whole_record(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The record with its configuration and references, which stand in files of their own."""
    record: dict[str, Any] = read_json(files["record.json"])
    references = read_json(files["references.json"])
    record["configuration"] = read_json(files["config.json"])
    record["evidence"]["history"] = references["history"]
    if len(record["evidence"]["epochs"]) > MOST_EPOCHS:
        raise ValueError("more epochs than a window can touch")
    if (views := record["evidence"].get("views")) is not None:
        views["references"] = references["views"]
        if (ranked := len(views["references"])) > MOST_REFERENCES:
            raise ValueError(f"{ranked} references; at most {MOST_REFERENCES} are ranked among")
    return record


def lines_of(data: bytes) -> list[Line]:
    """The events of an NDJSON file."""
    found: list[Line] = []
    for row in read_lines(data):
        held: bytes | None = None
        if "base64" in row:
            held = base64.b64decode(row["base64"], validate=True)
        elif "line" in row:
            held = row["line"].encode()
        found.append((row["seq"], row.get("at_us"), held))
    return found


def check_window(found: Findings, files: Mapping[str, bytes], recomputable: bool) -> None:
    """All steps of a window's bundle behind its integrity."""
    record: dict[str, Any] = {}
    with found.reading("record", "record.json, config.json, references.json"):
        record = whole_record(files)
    if not record:
        return
    window: list[Line] = []
    baselines: list[list[bytes]] = []
    complete = False
    with found.reading("order", "events"):
        window, kept = lines_of(files.get(WINDOW, b"")), lines_of(files.get(BASELINE, b""))
        if window or kept or recomputable:
            _check_seqs(found, record, window, kept)
        complete = bool(window and kept) and all(line is not None for _, _, line in (*window, *kept))
        if complete:
            baselines = [_between(kept, first, last) for first, last, _ in record["evidence"]["epochs"]]
            _check_digests(found, files, record, window, baselines[-1])
    if recomputable and not complete:
        found.failed("order", "events", "the manifest promises them and they are not all there")
    with found.reading("sizes", "compressed sizes"):
        if complete:
            check_sizes(found, record, baselines, _lines(window))
        else:
            found.unchecked("sizes", "compressed sizes", GONE)
    with found.reading("chance", "score and shuffles"):
        check_chance(found, record)
        own = {
            "seed": record["seed"],
            "matrix_seed": MATRIX_SEED,
            "permutations": record["permutations"],
            "measurement_sha256": measurement_digest(record["configuration"], record["compressor"]).hex(),
        }
        given = read_json(files["permutation.json"])
        found.equal("chance", "permutation.json", {name: given[name] for name in own}, own)
    with found.reading("views", "views"):
        if record["evidence"].get("views") is not None:
            if complete:
                check_statistics(found, record, baselines[-1], _lines(window))
            else:
                found.unchecked("views", "statistics of the window", GONE)
            if window:
                check_times(found, record, [time for _, time, _ in window])
            check_views(found, record)
    with found.reading("decision", "decision"):
        check_configuration(found, record)
        check_decision(found, record)


def span(first: int, last: int) -> range:
    """All seqs from *first* to *last*; an error where they are more than any bundle holds."""
    if not 0 < last - first + 1 <= MOST_LINES:
        raise ValueError(f"{last - first + 1} events")
    return range(first, last + 1)


def _check_seqs(
    found: Findings, record: Mapping[str, Any], window: Sequence[Line], kept: Sequence[Line]
) -> None:
    asked = span(record["first_seq"], record["last_seq"])
    found.add(
        "order",
        WINDOW,
        [seq for seq, _, _ in window] == list(asked),
        "every event once, in order",
        "events are missing, doubled or out of order",
    )
    spans = {seq for first, last, _ in record["evidence"]["epochs"] for seq in span(first, last)}
    in_order = [seq for seq, _, _ in kept] == sorted(spans)
    found.add(
        "order",
        BASELINE,
        in_order,
        "every event once, in order",
        "events are missing, doubled or out of order",
    )


def _check_digests(
    found: Findings,
    files: Mapping[str, bytes],
    record: Mapping[str, Any],
    window: Sequence[Line],
    baseline: Sequence[bytes],
) -> None:
    evidence = record["evidence"]
    for what, lines in (("window", _lines(window)), ("baseline", baseline)):
        own = hashlib.sha256(text_of_events(lines)).hexdigest()
        found.equal(
            "order", f"digest of the {what} as the detector saw it", evidence[f"canonical_{what}"], own
        )
    ranges = {WINDOW: (record["first_seq"], record["last_seq"]), BASELINE: tuple(evidence["epochs"][-1][:2])}
    for name, what in ((WINDOW, "window"), (BASELINE, "baseline")):
        label = f"digest of the {what} as received"
        if RAW[name] not in files:
            found.unchecked("order", label, "the events as received are not in the bundle")
            continue
        raw = _between(lines_of(files[RAW[name]]), *ranges[name])
        lengths = struct.pack(f">{len(raw)}Q", *map(len, raw))
        own = hashlib.sha256(b"".join([lengths, *raw])).hexdigest()
        found.equal("order", label, evidence[f"raw_{what}"], own)
    found.unchecked(
        "order", "masking", "masked lines are taken as they are; what they were before is not derived here"
    )


def _between(lines: Sequence[Line], first: int, last: int) -> list[bytes]:
    return _lines([line for line in lines if first <= line[0] <= last])


def _lines(lines: Sequence[Line]) -> list[bytes]:
    return [line for _, _, line in lines if line is not None]
