"""Times: read where they are certain, None where they are not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock.decode import times
from driftlock.decode.stamps import choose

NOON = 1_714_564_800  # 2024-05-01T12:00:00Z

moments = st.datetimes(datetime(1980, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))


@given(moment=moments)
def test_every_iso_time_comes_back(moment: datetime) -> None:
    """To the microsecond, with T or a blank, Z, offset or nothing."""
    micros = _micros(moment)
    text = moment.isoformat()
    for written in (text, text.replace("+00:00", "Z"), text.replace("T", " ").replace("+00:00", "")):
        assert micros == times.from_value(written)


@given(moment=moments, unit=st.sampled_from([1, 10**3, 10**6]))
def test_the_size_of_a_number_tells_its_unit(moment: datetime, unit: int) -> None:
    """Milliseconds, microseconds and nanoseconds between 1980 and 2100 do not overlap."""
    micros = _micros(moment)
    nanos = micros * 1_000
    assert nanos // unit * unit // 1_000 == times.from_value(nanos // unit)
    assert nanos // unit * unit // 1_000 == times.from_value(str(nanos // unit))


def _micros(moment: datetime) -> int:
    past = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (NOON, NOON),
        (NOON + 0.25, NOON + 0.25),
        (f"{NOON}.25", NOON + 0.25),
        ("2024-05-01T14:00:00+02:00", NOON),
        ("2024-05-01T14:00:00+0200", NOON),
        ("2024-05-01 12:00:00,250", NOON + 0.25),
        ("2024/05/01 12:00:00.250000000", NOON + 0.25),
        ("2024-05-01T12:00Z", NOON),
        ("20240501T120000Z", NOON),
        ("2024-05-01", NOON - 43_200),
        ("01/May/2024:14:00:00 +0200", NOON),
    ],
)
def test_reads(value: object, seconds: float) -> None:
    """The ways telemetry writes a time in a field."""
    assert round(seconds * 1_000_000) == times.from_value(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        12.5,
        -NOON,
        10**30,
        float("nan"),
        float("inf"),
        "",
        "yesterday",
        "12:00:00",
        "05/01/2024",
        "2024-02-30T00:00:00Z",
        "1706-01-01T00:00:00Z",
        "2024-05-01T25:00:00Z",
        [NOON],
        {"$date": 1},
        "1" * 30,
    ],
    ids=repr,
)
def test_does_not_guess(value: object) -> None:
    """What is no time, or no certain one, is None."""
    assert times.from_value(value) is None


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        (b"2024-05-01T12:00:00.5Z INFO up", NOON + 0.5),
        (b"[2024-05-01 12:00:00,500] INFO up", NOON + 0.5),
        (b"2024-05-01 12:00:00 -12 items left", NOON),
        (b"2024-05-01 14:00:00 +0200 up", NOON),
        (b"2024/05/01 12:00:00 [error] 7#7: up", NOON),
        (b"INFO [main] 2024-05-01 12:00:00.500 up", NOON + 0.5),
        (b"[Wed May 01 12:00:00 2024] [notice] up", NOON),
        (b"[Wed May 01 12:00:00.500000 2024] [notice] up", NOON + 0.5),
        (b"240501 120000 143 INFO up", NOON),
        (b"20240501-12:0:0:7|Step|up", NOON + 0.007),
        (b"1714564800.500 200 GET /", NOON + 0.5),
        (b"1714564800500 up", NOON + 0.5),
        (b'203.0.113.7 - - [01/May/2024:14:00:00 +0200] "GET /"', NOON),
        (b"<34>1 2024-05-01T12:00:00Z web su - - - up", NOON),
        (b"May  1 12:00:00 web su: up", None),
        (b"05/01/2024 12:00:00 up", None),
        (b"01.05.2024 12:00:00 up", None),
        (b"24/05/01 12:00:00 up", None),
        (b"I0501 12:00:00.000001 7 main.go:1] up", None),
        (b"12:00:00.123 up", None),
    ],
)
def test_the_head_of_a_line(line: bytes, seconds: float | None) -> None:
    """Each style is known as the head of an event; a time only where day and year are certain."""
    chosen = choose([line, line])
    assert chosen is not None
    stamp, count = chosen
    match = stamp.pattern.match(line)
    assert match is not None
    assert (2, None if seconds is None else round(seconds * 1_000_000)) == (count, stamp.at_us(match))


@pytest.mark.parametrize(
    "line", [b"order 1714564800 accepted", b"143 INFO up", b"17145648001 up", b"at 12:00"]
)
def test_lines_that_begin_with_no_time(line: bytes) -> None:
    """Numbers and clocks in the text of a line are not its time."""
    assert choose([line]) is None
