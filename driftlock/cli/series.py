"""``driftlock score --kind metrics --warmup N``: a numeric series, each record judged by those before it."""

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, Final

from driftlock.cli.failure import Failure, report
from driftlock.cli.sources import open_source, shown_name
from driftlock.decode.compression import Unpacked
from driftlock.decode.lines import numbered_lines
from driftlock.decode.tally import Tally
from driftlock_core.series import SeriesDetector, SeriesScores

# As Python's float takes it, but for the underscores and the digits of other scripts.
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# How programs write a value that is not there; in a first line such a word is no column name.
_NOT_THERE: Final = frozenset(
    ["", "nan", "na", "n/a", "null", "none", "nil", "-", "?", "inf", "-inf", "+inf", "infinity", "-infinity"]
)
# A time may be quoted, and then hold commas.
_TWO_CELLS: Final = re.compile(r'\s*(?:"[^"]*"|[^,"]*)\s*,\s*"?([^",]*)')
_BOM: Final = b"\xef\xbb\xbf"
_AT_ONCE: Final = 256  # records to a call of the detector; how many changes no score
_NAMED: Final = 20  # lines named in the message


def series_lines(path: str, warmup: int) -> Iterator[bytes]:
    """
    One JSON line per record of the series at *path*, many to a piece; at the end, missing values are reported.

    Raises:
        Failure: At the first piece, if the file holds no record.
    """
    name = shown_name(path)
    detector = SeriesDetector(warmup)
    records, missing = 0, 0
    named: list[int] = []
    with open_source(path) as source:
        values = _values(source, name)
        while batch := list(islice(values, _AT_ONCE)):
            yield _written(detector.update(value for _, value in batch), first=records)
            records += len(batch)
            lines = [number for number, value in batch if math.isnan(value)]
            missing += len(lines)
            named += lines[: _NAMED - len(named)]
    if not records:
        raise Failure(f"“{name}” holds no records. Choose a file with at least one line.")
    if missing:
        more = f" and {missing - len(named)} more" if missing > len(named) else ""
        report(
            f"“{name}”: {missing} of {records} records hold no finite number and score 0: "
            f"{'line' if missing == 1 else 'lines'} {', '.join(map(str, named))}{more}."
        )


def _written(scored: SeriesScores, first: int) -> bytes:
    columns = zip(scored.score.tolist(), scored.p_value.tolist(), scored.alert.tolist(), strict=True)
    return b"".join(
        json.dumps(
            {"unit": record, "group": None, "score": score, "p_value": p_value, "flagged": alert}
        ).encode()
        + b"\n"
        for record, (score, p_value, alert) in enumerate(columns, start=first)
    )


def _values(source: BinaryIO, name: str) -> Iterator[tuple[int, float]]:
    """1-based line and number of each record; NaN where there is none. Blank lines are no records."""
    tally = Tally()
    begun, expected = False, 1
    for number, line in numbered_lines(Unpacked(source, name=name), tally):
        # A line too long to be read is a record all the same, or all units behind it would shift.
        yield from ((skipped, math.nan) for skipped in range(expected, number))
        expected = number + 1
        text = (line.removeprefix(_BOM) if number == 1 else line).decode("utf-8", "replace").strip()
        if not text:
            continue
        if text.startswith("{"):
            yield number, _of_object(text)
        else:
            cell = _second_cell(text)
            value = _number(cell)
            if begun or not math.isnan(value) or cell.lower() in _NOT_THERE:
                yield number, value
        begun = True
    yield from ((skipped, math.nan) for skipped in range(expected, tally.lines + 1))


def _second_cell(line: str) -> str:
    """Text of the second column, without quotation marks; empty where there is none."""
    found = _TWO_CELLS.match(line)
    return found.group(1).strip() if found else ""


def _of_object(text: str) -> float:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return math.nan
    value: Any = record.get("value")
    if value is None:
        value = record.get("body")
    if isinstance(value, str):
        return _number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return _finite(float(value))
    except OverflowError:
        return math.nan


def _number(text: str) -> float:
    return _finite(float(text)) if _NUMBER.fullmatch(text) else math.nan


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan
