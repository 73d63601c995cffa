"""
The time at the head of a text line.

A file writes its times in one way, so the way is chosen once, from a sample,
and every line is then read by that one pattern. Styles that can be read in two
ways (``01/02/2024``) or leave the year out are known as heads of events but
give no time.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from driftlock.decode import times

_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_OPEN = rb"[\[(\"']?"


@dataclass(frozen=True, slots=True)
class Stamp:
    """One way to write a time at the head of a line."""

    name: str  # for the sentence of evidence, "a time such as …"
    pattern: re.Pattern[bytes]  # matched at the line's first byte
    read: (
        Callable[[re.Match[bytes]], int | None] | None
    )  # microseconds; None when the style names no certain time

    def at_us(self, match: re.Match[bytes]) -> int | None:
        """Time of a line *pattern* matched, or None."""
        return None if self.read is None else self.read(match)


def _iso(match: re.Match[bytes]) -> int | None:
    return times.iso(match[1], match[2], match[3])


def _clf(match: re.Match[bytes]) -> int | None:
    return times.clf(match[1], match[2])


def _ctime(match: re.Match[bytes]) -> int | None:
    whole = times.seconds(match[6], match[1], match[2], *match[3].split(b":"))
    return None if whole is None else whole * 1_000_000 + times.micros(match[4] or match[5])


def _compact(match: re.Match[bytes]) -> int | None:
    day = match[1]
    whole = times.seconds(day[:4], day[4:6], day[6:], match[2], match[3], match[4])
    # Milliseconds behind the last colon are a count, not digits of a fraction: ":7" is 7 ms.
    return None if whole is None else whole * 1_000_000 + int(match[5] or 0) * 1_000


def _six_by_six(match: re.Match[bytes]) -> int | None:
    day, clock = match[1], match[2]
    century = b"20" if day[:2] < b"80" else b"19"
    whole = times.seconds(century + day[:2], day[2:4], day[4:], clock[:2], clock[2:4], clock[4:])
    return None if whole is None else whole * 1_000_000


def _epoch(match: re.Match[bytes]) -> int | None:
    return times.from_number(float(match[1]) if b"." in match[1] else int(match[1]))


STAMPS: tuple[Stamp, ...] = (
    Stamp("2024-01-31 23:59:59", re.compile(_OPEN + rb"(?:<\d{1,3}>\d? ?)?" + times.ISO), _iso),
    Stamp(
        "20240131-23:59:59:999", re.compile(rb"(\d{8})-(\d\d?):(\d\d?):(\d\d?)(?::(\d{1,3}))?\b"), _compact
    ),
    Stamp(
        "[Wed Jan 31 23:59:59 2024]",
        re.compile(
            _OPEN + _DAY + rb" (" + _MONTH + rb") +(\d\d?) (\d\d:\d\d:\d\d)(?:\.(\d{1,6})|()) (\d{4})\b"
        ),
        _ctime,
    ),
    Stamp(
        "1706745599", re.compile(_OPEN + rb"(\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?)(?![\w.])"), _epoch
    ),
    Stamp("240131 235959", re.compile(rb"(\d{6}) (\d{6})(?= )"), _six_by_six),
    # Host and user come first in an access log, a level or a thread name in others.
    Stamp("[31/Jan/2024:23:59:59 +0000]", re.compile(rb".{0,200}?\[" + times.CLF + rb"\]"), _clf),
    Stamp("2024-01-31 23:59:59 after a word", re.compile(rb".{1,64}?(?<![\w/-])" + times.ISO), _iso),
    Stamp(
        "Jan 31 23:59:59, no year",
        re.compile(rb"(?:<\d{1,3}>)?" + _MONTH + rb" [ \d]\d \d\d:\d\d:\d\d\b"),
        None,
    ),
    Stamp(
        "01/31 23:59:59, date in doubt",
        re.compile(
            _OPEN
            + rb"(?:[IWEFD]\d{4}|(?:\d\d\d?\d?[-./])?\d\d?[-./]\d\d?(?:[-./]\d{2,4})?),?[ T-]\d\d?:\d\d:\d\d"
        ),
        None,
    ),
    Stamp("23:59:59, no date", re.compile(_OPEN + rb"\d\d:\d\d:\d\d\b"), None),
)

# Styles that begin at the first byte of a line, with a date: a line that starts so begins an event, whatever
# style the rest of the file writes. Log files of several writers hold more than one.
_AT_THE_HEAD = tuple(
    stamp for stamp in STAMPS if not stamp.pattern.pattern.startswith(b".") and "no date" not in stamp.name
)

_STAMPED_SHARE = 0.5  # of the lines that may begin an event must agree on a style


def choose(lines: Sequence[bytes]) -> tuple[Stamp, int] | None:
    """
    The style most of *lines* begin with, and how many do; None when too few agree.

    Args:
        lines: Sampled lines that may begin an event, without recognised continuations.
    """
    best: tuple[Stamp, int] | None = None
    for stamp in STAMPS:
        count = 0
        for line in lines:
            match = stamp.pattern.match(line)
            if match and (stamp.read is None or stamp.read(match) is not None):
                count += 1
        if count > (best[1] if best else 0):
            best = (stamp, count)
    if best is None or best[1] < _STAMPED_SHARE * len(lines):
        return None
    return best


def other_head(line: bytes) -> tuple[Stamp, re.Match[bytes]] | None:
    """The style in which *line* begins with a date, for lines that do not follow their file's own style."""
    for stamp in _AT_THE_HEAD:
        if match := stamp.pattern.match(line):
            return stamp, match
    return None
