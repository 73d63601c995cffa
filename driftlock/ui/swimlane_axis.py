"""Moments along the swimlane's axis: whole seconds, minutes, hours, days, months or years, as many as there is room for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_SECONDS: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * _DAY for n in (1, 2, 4, 7, 14)),
)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_MONTH: Final = 31 * _DAY  # at most
_MONDAY: Final = 4 * _DAY  # the first one, in seconds since 1970


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment, and what is written below it."""

    share: float  # of the axis, from its left end
    text: str
    below: str  # what the text leaves open, where that begins or changes; else empty


def ticks(since_us: int, until_us: int, most: int) -> list[Tick]:
    """
    At most *most* moments between both ends, microseconds since 1970; none where the ends are not apart.

    >>> [(one.text, one.below) for one in ticks(1_763_618_400_000_000, 1_763_640_000_000_000, 3)]
    [('06:00', 'Nov 20, 2025'), ('09:00', ''), ('12:00', '')]
    """
    if until_us <= since_us:
        return []
    step, moments = _spaced(since_us, until_us, most)
    found, before = [], ""
    for at in moments:
        text, open_ = _said(at, step)
        share = (round(at.timestamp() * 1_000_000) - since_us) / (until_us - since_us)
        found.append(Tick(share, text, "" if open_ == before else open_))
        before = open_
    return found


def _spaced(since_us: int, until_us: int, most: int) -> tuple[int, list[datetime]]:
    """Seconds from one to the next at most, and the moments."""
    first, last = -(-since_us // 1_000_000), until_us // 1_000_000
    for step in _SECONDS:
        start = _MONDAY if step % (7 * _DAY) == 0 else 0
        begin = first + (start - first) % step
        if len(range(begin, last + 1, step)) <= most:
            return step, [_at(second) for second in range(begin, last + 1, step)]
    for months in _MONTHS:
        found = list(_firsts(_at(first), _at(last), months))
        if len(found) <= most:
            break
    return months * _MONTH, found[:most]


def _firsts(since: datetime, until: datetime, months: int) -> Iterator[datetime]:
    """First days of every so many months."""
    at = -(-(12 * since.year + since.month - 1 + (since.day > 1 or since.hour > 0)) // months) * months
    while (day := datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC)) <= until:
        if day >= since:
            yield day
        at += months


def _said(at: datetime, step: int) -> tuple[str, str]:
    day = f"{at:%b} {at.day}"
    if step < _DAY:
        return f"{at:%H:%M:%S}" if step < _MINUTE else f"{at:%H:%M}", f"{day}, {at.year}"
    if step < _MONTH:
        return day, str(at.year)
    return (f"{at:%b}", str(at.year)) if step < 12 * _MONTH else (str(at.year), "")


def _at(second: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
