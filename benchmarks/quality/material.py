"""What the quality benchmarks read: logs in time order with the time of each line."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.quality.detection_call import UNKNOWN_TIME
from benchmarks.sources import lines_of, raw_files
from data_generator import generate
from driftlock.decode import stamps

# Generated logs are cut before their first fault (docs/how-to/samples.md), so that nothing in them is one.
CALM = {"quiet-logs": 6_000, "ssh-logs": 2_000, "web-logs": 2_300}
SAMPLED = 200  # lines from which the way to write times is chosen

Times = npt.NDArray[np.int64]

_WEEKDAY = re.compile(rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? $")  # belongs to the date behind it


@dataclass(frozen=True, eq=False)
class Log:
    """A stream of lines. All times are :data:`UNKNOWN_TIME` where the lines name no certain time."""

    name: str
    events: list[bytes]
    times: Times  # microseconds since 1970 UTC
    stamp: stamps.Stamp | None  # how the lines write their time

    def __len__(self) -> int:
        return len(self.events)

    @property
    def timed(self) -> bool:
        """Whether the lines name their times."""
        return bool((self.times != UNKNOWN_TIME).any())

    def taken(self, positions: npt.NDArray[np.int64]) -> "Log":
        """The events at *positions*, each with its time."""
        return Log(self.name, [self.events[at] for at in positions], self.times[positions], self.stamp)


def logs(data: Path | None) -> list[Log]:
    """DIR/raw/*.log.gz, or generated logs without a fault."""
    if data is not None:
        return [log_of(name, lines_of(text)) for name, text in raw_files(data)]
    return [log_of(name, lines_of(generate(name, events=count).data)) for name, count in CALM.items()]


def log_of(name: str, events: list[bytes]) -> Log:
    """Read the time of each line, in the way most lines write it; a line without one has that of the line before."""
    chosen = stamps.choose(events[:SAMPLED])
    stamp = chosen[0] if chosen else None
    times, last = np.full(len(events), UNKNOWN_TIME, dtype=np.int64), UNKNOWN_TIME
    if stamp is not None:
        for at, event in enumerate(events):
            match = stamp.pattern.match(event)
            read = stamp.at_us(match) if match else None
            last = last if read is None else read
            times[at] = last
    return Log(name, events, times, stamp)


def stamp_span(line: bytes, stamp: stamps.Stamp | None) -> tuple[int, int]:
    """Where *line* writes its time; (0, 0) if nowhere."""
    match = stamp.pattern.match(line) if stamp else None
    if match is None:
        return 0, 0
    start, stop = _span(match)
    weekday = _WEEKDAY.search(line[:start])
    return weekday.start() if weekday else start, stop


def _span(match: re.Match[bytes]) -> tuple[int, int]:
    """From the first part of the time to the last: brackets and words before it stay with the line."""
    parts = [match.span(number) for number in range(1, match.re.groups + 1) if match.span(number) != (-1, -1)]
    return (min(parts)[0], max(stop for _, stop in parts)) if parts else match.span()


def body(line: bytes, stamp: stamps.Stamp | None) -> bytes:
    """*line* without its time."""
    start, stop = stamp_span(line, stamp)
    return line[:start] + line[stop:]


def stamped_as(line: bytes, other: bytes, stamp: stamps.Stamp | None) -> bytes:
    """*line* with the time that *other* writes; unchanged where one of them writes none."""
    start, stop = stamp_span(line, stamp)
    first, last = stamp_span(other, stamp)
    return line[:start] + other[first:last] + line[stop:] if stop > start and last > first else line
