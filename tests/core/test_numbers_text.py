"""Numbers in texts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core import numbers_text as numbers
from driftlock_core.numbers_text import MINUS, MISSING, THIN_SPACE


@given(m=st.integers(1, 5000), k=st.integers(0, 5000))
def test_p_is_close_and_never_below_its_floor(m, k):
    """Half a unit of the third digit away, at the floor a whole one upwards, and never below the floor."""
    p = (min(k, m) + 1) / (m + 1)
    shown = float(numbers.p_text(p, 1 / (m + 1)))
    assert shown >= 1 / (m + 1)
    assert shown == pytest.approx(p, rel=0.0051 if k else 0.0101)


@given(p=st.floats(1e-6, 1), limit=st.sampled_from([0.1, 0.05, 0.01, 0.0005]))
def test_p_lies_on_its_side_of_the_limit(p, limit):
    """A p above the limit never reads as one that meets it, nor the reverse."""
    assert (float(numbers.p_text(p, 1e-6, at_most=limit)) <= limit) == (p <= limit) or abs(p - limit) < 1e-12


@given(ncd=st.floats(-2, 4), limit=st.sampled_from([0.2, 0.3, 0.45]), decimals=st.sampled_from([3, 4]))
def test_ncd_lies_on_its_side_of_the_limit(ncd, limit, decimals):
    """An NCD below the limit never reads as one that meets it, nor the reverse."""
    shown = float(numbers.ncd_text(ncd, decimals, at_least=limit).replace(MINUS, "-"))
    assert (shown >= limit) == (ncd >= limit) or abs(ncd - limit) < 1e-8
    assert shown == pytest.approx(ncd, abs=0.00051)


@pytest.mark.parametrize(
    ("expected", "value"),
    [("0", 0), ("999", 999.4), (f"1{THIN_SPACE}000", 999.6), (f"{MINUS}12{THIN_SPACE}444", -12444.0)],
)
def test_bits(expected, value):
    """Whole, with thin spaces from a thousand on, a minus that is one."""
    assert numbers.bits_text(value) == expected


def test_missing_numbers_are_dashes():
    """NaN is never printed."""
    assert (
        numbers.ncd_text(math.nan) == numbers.p_text(math.nan, 0.1) == numbers.bits_text(math.nan) == MISSING
    )


@pytest.mark.parametrize(
    ("expected", "share"),
    [
        ("0.0 %", 0.0),
        ("0.01 %", 0.0001),
        ("0.1 %", 0.000999),
        ("9.9 %", 0.0994),
        ("10 %", 0.0999),
        ("100 %", 1.0),
    ],
)
def test_percent(expected, share):
    """One decimal under ten percent; tiny shares keep two digits instead of reading as nothing."""
    assert numbers.percent_text(share) == expected


@pytest.mark.parametrize(
    ("expected", "size"),
    [
        ("0 B", 0),
        ("1023 B", 1023),
        ("1 KiB", 1024),
        ("1.5 KiB", 1536),
        ("200 MiB", 200 << 20),
        ("3072 GiB", 3 << 40),
    ],
)
def test_bytes(expected, size):
    """Binary units, one decimal under ten."""
    assert numbers.bytes_text(size) == expected


@pytest.mark.parametrize(
    ("expected", "rate"),
    [("0", 0.0), ("0.043", 0.0431), ("1", 1.0), ("9.9", 9.94), ("10", 9.96), ("43", 43.2)],
)
def test_rates(expected, rate):
    """Whole from ten on; small rates keep two digits."""
    assert numbers.rate_text(rate) == expected
