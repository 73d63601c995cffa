"""Reading back what ``detect`` wrote."""

from dataclasses import dataclass
from typing import Any

import orjson

from driftlock.cli.failure import Failure
from driftlock.cli.number_recomputing import RecordedNumber
from driftlock.cli.sources import open_source, shown_name
from driftlock.services.records import verdict_of
from driftlock_core.profiles import Profile
from driftlock_core.series_verdict import SeriesVerdict
from driftlock_core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Recorded:
    """One flagged window: the verdict, and the whole record it stands in."""

    verdict: Verdict
    record: dict[str, Any]

    @property
    def stream(self) -> str:
        """What the record calls its stream."""
        return str(self.record["stream"])

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from every other."""
        return self.stream, self.verdict.window


def read_records(path: str) -> list[Recorded | RecordedNumber]:
    """
    The flagged windows, and numbers of series, in a file of ``detect --output jsonl`` or ``json``, in order.

    Raises:
        Failure: The file holds something else; the message names the line or the missing field.
    """
    name = shown_name(path)
    with open_source(path) as source:
        text = source.read()
    return [_recorded(record, name) for record in _records(text, name)]


def _records(text: bytes, name: str) -> list[Any]:
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError:
        return [
            _parsed(line, number, name) for number, line in enumerate(text.splitlines(), 1) if line.strip()
        ]
    if not isinstance(whole, dict):
        raise _foreign(name, "it is no JSON object")
    files = whole.get("files", [whole] if "anomalies" in whole else None)
    return [whole] if files is None else [record for file in files for record in file.get("anomalies", [])]


def _parsed(line: bytes, number: int, name: str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _foreign(name, f"line {number} is no JSON") from error


def _recorded(record: Any, name: str) -> Recorded | RecordedNumber:
    try:
        if isinstance(record, dict) and "series" in record:
            number = RecordedNumber(SeriesVerdict.from_record(record), record)
            record["stream"], *(record["explanation"][level] for level in ("sentence", "paragraph", "method"))
            return number
        recorded = Recorded(verdict_of(record), record)
        Profile.from_configuration(recorded.verdict.configuration)
        record["stream"], *(record["explanation"][level] for level in ("sentence", "paragraph", "method"))
        if not all(len(epoch) == 3 for epoch in recorded.verdict.evidence.epochs or ((),)):
            raise ValueError("its evidence names no baseline")
    except KeyError as missing:
        raise _foreign(name, f"a record has no {missing.args[0]}") from missing
    except (TypeError, ValueError) as wrong:
        raise _foreign(name, f"a record cannot be read ({wrong})") from wrong
    return recorded


def _foreign(name: str, what: str) -> Failure:
    return Failure(
        f"“{name}” holds no records of flagged windows: {what}. Write them with `driftlock detect --output jsonl`."
    )
