"""
Times that events name, as microseconds since 1970 UTC.

A number is read by its size: the ranges of seconds, milliseconds,
microseconds and nanoseconds between 1980 and 2100 do not overlap, so nothing
is guessed; whatever lies outside all four is no time. A time without a zone is
taken as UTC.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

_EARLIEST = 315_532_800  # 1980-01-01, seconds
_LATEST = 4_102_444_800  # 2100-01-01, seconds
_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1
    )
}

ISO = (
    rb"(\d{4}[-/]\d\d[-/]\d\d[T _]\d\d:\d\d(?::\d\d)?)"
    rb"(?:[.,](\d{1,12}))?"
    # A number of two digits behind a blank is no zone: "… 10:00:00 -12 items".
    rb"(?:(?: (?![+-]\d\d(?!:?\d\d)))?(Z|z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)(?![\w:]))?"
)
CLF = rb"(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d) ([+-]\d{4})"

_ISO_VALUE = re.compile(ISO + rb"\s*\Z")
_CLF_VALUE = re.compile(rb"\[?" + CLF + rb"\]?\Z")
_NUMBER_VALUE = re.compile(rb"\d{9,19}(?:\.\d+)?\Z")
_DATE_VALUE = re.compile(rb"\d{4}-\d\d-\d\d\Z")
_COMPACT_VALUE = re.compile(rb"(\d{8})T(\d{6})(?:[.,](\d{1,9}))?Z?\Z")
_FURTHEST = 10**20  # nanoseconds stay below
_LONGEST_VALUE = 48  # characters; no time is longer


def from_number(value: int | float) -> int | None:
    """
    Epoch seconds, milliseconds, microseconds or nanoseconds, whichever *value* can be.

    >>> from_number(1700000000), from_number(1700000000123), from_number(12.5)
    (1700000000000000, 1700000000123000, None)
    """
    if not -_FURTHEST < value < _FURTHEST:
        return None  # also whole numbers too long to be divided
    if _EARLIEST <= value <= _LATEST:
        return round(value * 1_000_000)
    if _EARLIEST <= value / 1e3 <= _LATEST:
        return round(value * 1_000)
    if _EARLIEST <= value / 1e6 <= _LATEST:
        return int(value)
    if _EARLIEST <= value / 1e9 <= _LATEST:
        return int(value // 1_000)
    return None


def from_value(value: object) -> int | None:
    """
    A field's value as a time: a number, or text in ISO 8601, access log style or digits.

    >>> from_value("2024-01-02T03:04:05.678+01:00"), from_value("yesterday"), from_value(True)
    (1704161045678000, None, None)
    """
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return from_number(value)


def _from_text(value: str) -> int | None:
    if not 9 <= len(value) <= _LONGEST_VALUE or not value.isascii():
        return None
    text = value.encode()
    if match := _ISO_VALUE.match(text):
        return iso(match[1], match[2], match[3])
    if _NUMBER_VALUE.match(text):
        return from_number(float(text) if b"." in text else int(text))
    if match := _CLF_VALUE.match(text):
        return clf(match[1], match[2])
    if match := _COMPACT_VALUE.match(text):
        day, clock = match[1], match[2]
        whole = b"%b-%b-%bT%b:%b:%b" % (day[:4], day[4:6], day[6:], clock[:2], clock[2:4], clock[4:])
        return iso(whole, match[3], None)
    if _DATE_VALUE.match(text):
        return iso(text + b"T00:00", None, None)
    return None


def iso(whole: bytes, fraction: bytes | None, zone: bytes | None) -> int | None:
    """Date and clock ``yyyy-mm-ddThh:mm[:ss]``, digits of a second, zone; None for a day that is none."""
    seconds = _iso_seconds(whole)
    return None if seconds is None else (seconds - _offset(zone)) * 1_000_000 + micros(fraction)


def clf(whole: bytes, zone: bytes) -> int | None:
    """``10/Oct/2000:13:55:36`` and its zone."""
    seconds = _clf_seconds(whole)
    return None if seconds is None else (seconds - _offset(zone)) * 1_000_000


def micros(fraction: bytes | None) -> int:
    """Digits behind the point of a second, as microseconds; more than six are cut."""
    return int(fraction[:6].ljust(6, b"0")) if fraction else 0


# Neighbouring events mostly share their second, and building a datetime costs more than all the rest.
@lru_cache(maxsize=4096)
def _iso_seconds(whole: bytes) -> int | None:
    return seconds(whole[:4], whole[5:7], whole[8:10], whole[11:13], whole[14:16], whole[17:19] or b"0")


@lru_cache(maxsize=4096)
def _clf_seconds(whole: bytes) -> int | None:
    return seconds(whole[7:11], whole[3:6], whole[:2], whole[12:14], whole[15:17], whole[18:20])


def seconds(year: bytes, month: bytes, day: bytes, hour: bytes, minute: bytes, second: bytes) -> int | None:
    """Epoch seconds of a UTC date between 1980 and 2100, month as digits or English; None otherwise."""
    try:
        number = _MONTHS.get(month) or int(month)
        moment = datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        return None
    epoch = int(moment.timestamp())
    return epoch if _EARLIEST <= epoch <= _LATEST else None


@lru_cache(maxsize=256)
def _offset(zone: bytes | None) -> int:
    """Seconds east of UTC."""
    if not zone or zone[:1] not in b"+-":
        return 0
    digits = zone[1:].replace(b":", b"").ljust(4, b"0")
    east = int(digits[:2]) * 3600 + int(digits[2:4]) * 60
    return -east if zone[:1] == b"-" else east
