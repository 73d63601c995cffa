"""Recorded anomalies of series computed again from the file they were found in, in one pass over it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from driftlock.cli.failure import Failure
from driftlock.cli.sources import open_source, shown_name
from driftlock.decode import decode
from driftlock.decode.measurements import Measurements, Reading
from driftlock.model import Kind
from driftlock_core.recompute import Recomputation
from driftlock_core.series_recompute import recompute_series
from driftlock_core.series_verdict import SeriesVerdict

Key = tuple[str, str, int]  # stream, series, record of the alert


@dataclass(frozen=True, slots=True)
class RecordedNumber:
    """One anomaly of a series: the verdict, and the whole record it stands in."""

    verdict: SeriesVerdict
    record: dict[str, Any]

    @property
    def stream(self) -> str:
        """What the record calls its stream."""
        return str(self.record["stream"])

    @property
    def key(self) -> Key:
        """What tells it from every other."""
        return self.stream, self.verdict.series, self.verdict.record


def recompute_numbers(
    path: str, recorded: Sequence[RecordedNumber], *, skip: int = 0, format: str | None, kind: Kind | None
) -> dict[Key, Recomputation]:
    """
    Recompute all of *recorded*, whose series are in the file at *path*.

    Raises:
        Failure: A record does not say how its file was read.
        NotRecomputable: The file is too short for a record.
        MalformedPayload: The file cannot be read.
    """
    name = shown_name(path)
    by_reading: dict[Reading, list[RecordedNumber]] = {}
    for one in recorded:
        if "reading" not in one.record:
            raise Failure(
                f"The record of {one.verdict.series} does not say how its file was read, so it can be computed "
                "again only where it was made: on its page of the dashboard."
            )
        by_reading.setdefault(Reading.from_record(one.record["reading"]), []).append(one)
    results: dict[Key, Recomputation] = {}
    for reading, group in by_reading.items():
        measurements = Measurements(reading)
        series: dict[str, tuple[list[float], list[float]]] = {one.verdict.series: ([], []) for one in group}
        with open_source(path) as source:
            decoding = decode(source, name=name, format=format, kind=kind)
            # Only such a file makes a stream of each kind; what another was taken for may have been chosen by hand.
            several = decoding.recognition.format == "otlp_json" and kind is None
            left_out = 0
            for event in decoding.events():
                if several and event.kind != group[0].record.get("kind", "metrics"):
                    continue
                if left_out < skip:
                    left_out += 1
                    continue
                for one_series, value in measurements.of(event.payload):
                    if one_series in series:
                        values, times = series[one_series]
                        values.append(value)
                        times.append(math.nan if event.at_us is None else event.at_us / 1e6)
        for one in group:
            results[one.key] = recompute_series(one.verdict, *series[one.verdict.series])
    return results
