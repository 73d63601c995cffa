"""Golden pairs: small files full of trouble, and exactly what is read from them."""

import json
from pathlib import Path

import pytest

from tests.decode.sources import Dribble, golden_inputs, read_all

every_file = pytest.mark.parametrize("path", golden_inputs(), ids=lambda path: path.name)

every_file_of_lines = pytest.mark.parametrize(
    "path",
    [path for path in golden_inputs() if path.suffix in (".log", ".txt", ".syslog", ".ndjson")],
    ids=lambda path: path.name,
)


def described(path: Path) -> dict[str, object]:
    events, report = read_all(path.read_bytes(), name=path.name)
    return {
        "format": report.recognition.format,
        "kind": report.recognition.kind,
        "format_evidence": report.recognition.format_evidence,
        "kind_evidence": report.recognition.kind_evidence,
        "lines": report.lines,
        "skipped": [f"{skip.line}: {skip.reason}" for skip in report.skipped_lines],
        "joined": report.joined,
        "with_time": report.with_time,
        "out_of_order": report.out_of_order,
        "by_kind": report.by_kind,
        "services": list(report.services),
        "events": [
            {"payload": e.payload.decode(), "kind": e.kind, "at_us": e.at_us, "service": e.service}
            for e in events
        ],
    }


@every_file
def test_is_read_exactly_as_written_down(path: Path) -> None:
    """Format, kind, events, times, services and skipped lines of a golden file are those beside it."""
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text("utf-8"))
    assert expected == described(path)


@every_file_of_lines
def test_events_and_skipped_lines_account_for_every_line_of_a_line_format(path: Path) -> None:
    """In text and NDJSON each line that is not blank is an event, joined to one, or skipped."""
    events, report = read_all(path.read_bytes())
    full = sum(1 for line in path.read_bytes().split(b"\n") if line.strip())
    assert full == len(events) + report.joined + report.skipped


@every_file
@pytest.mark.parametrize("sizes", [(1,), (2, 3), (7, 1, 64)], ids=str)
def test_reads_the_same_from_a_source_that_dribbles(path: Path, sizes: tuple[int, ...]) -> None:
    """What read() returns at a time changes nothing."""
    data = path.read_bytes()
    assert read_all(data) == read_all(Dribble(data, sizes))
