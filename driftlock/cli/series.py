"""``driftlock score --kind metrics --warmup N``: a numeric series, each record judged by those before it."""

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from driftlock.cli.failure import Failure, report
from driftlock.cli.progress import Progress, unseen
from driftlock.cli.sources import open_source, shown_name
from driftlock.decode import times
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
_TWO_CELLS: Final = re.compile(r'\s*(?:"([^"]*)"|([^,"]*))\s*,\s*"?([^",]*)')
_BOM: Final = b"\xef\xbb\xbf"
_AT_ONCE: Final = 256  # records to a call of the detector; how many changes no score
_NAMED: Final = 20  # lines named in the message


class _Record(NamedTuple):
    """NaN where there is no number, and where there is no time."""

    line: int  # 1-based
    at: float  # seconds since 1970 UTC
    value: float


def series_lines(path: str, warmup: int, *, progress: Progress = unseen) -> Iterator[bytes]:
    """
    One JSON line per record of the series at *path*, many to a piece; at the end, missing values are reported.

    Args:
        progress: Told the bytes read so far, after each piece.

    Raises:
        Failure: At the first piece, if the file holds no record.
    """
    name = shown_name(path)
    detector = SeriesDetector(warmup)
    records, missing = 0, 0
    timed = False
    named: list[int] = []
    with open_source(path) as source:
        unpacked = Unpacked(source, name=name)
        found = _records(unpacked)
        while batch := list(islice(found, _AT_ONCE)):
            if not records:
                # All records of a file have times or none has. The first decides, since no score may
                # depend on a later record.
                timed = not math.isnan(batch[0].at)
            at = [record.at for record in batch] if timed else None
            yield _written(detector.update([record.value for record in batch], at), first=records)
            progress(unpacked.bytes_read)
            records += len(batch)
            lines = [record.line for record in batch if math.isnan(record.value)]
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
    columns = zip(
        scored.score.tolist(),
        scored.p_value.tolist(),
        scored.alert.tolist(),
        scored.page.tolist(),
        strict=True,
    )
    return b"".join(
        json.dumps(
            {
                "unit": record,
                "group": None,
                "score": score,
                "p_value": p_value,
                "flagged": alert,
                "page": page,
            }
        ).encode()
        + b"\n"
        for record, (score, p_value, alert, page) in enumerate(columns, start=first)
    )


def _records(unpacked: Unpacked) -> Iterator[_Record]:
    """The records of the series; blank lines are none."""
    tally = Tally()
    begun, expected = False, 1
    for number, line in numbered_lines(unpacked, tally):
        # A line too long to be read is a record all the same, or all units behind it would shift.
        yield from (_Record(skipped, math.nan, math.nan) for skipped in range(expected, number))
        expected = number + 1
        text = (line.removeprefix(_BOM) if number == 1 else line).decode("utf-8", "replace").strip()
        if not text:
            continue
        if text.startswith("{"):
            yield _Record(number, *_of_object(text))
        else:
            first, second = _two_cells(text)
            value = _number(second)
            if begun or not math.isnan(value) or second.lower() in _NOT_THERE:
                yield _Record(number, _time(first), value)
        begun = True
    yield from (_Record(skipped, math.nan, math.nan) for skipped in range(expected, tally.lines + 1))


def _two_cells(line: str) -> tuple[str, str]:
    """Text of the first two columns, without quotation marks; empty where there are no two."""
    found = _TWO_CELLS.match(line)
    return ((found[1] or found[2] or "").strip(), found[3].strip()) if found else ("", "")


def _of_object(text: str) -> tuple[float, float]:
    """Time and value."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return math.nan, math.nan
    value = record.get("value")
    return _time(record.get("ts")), _value(record.get("body") if value is None else value)


def _time(written: Any) -> float:
    try:
        at_us = times.from_value(written)
    except OverflowError:  # a whole number of hundreds of digits
        return math.nan
    return math.nan if at_us is None else at_us / 1e6


def _value(written: Any) -> float:
    if isinstance(written, str):
        return _number(written.strip())
    if isinstance(written, bool) or not isinstance(written, int | float):
        return math.nan
    try:
        return _finite(float(written))
    except OverflowError:
        return math.nan


def _number(text: str) -> float:
    return _finite(float(text)) if _NUMBER.fullmatch(text) else math.nan


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan
