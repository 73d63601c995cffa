"""Severity reads size and persistence."""

import pytest

from driftlock_core.severity import severity


@pytest.mark.parametrize(
    ("expected", "extra_bits", "in_a_row"),
    [
        ("low", 400, 1),  # half of what an ordinary window costs: not yet above it
        ("medium", 401, 1),
        ("medium", 1200, 2),
        ("high", 1201, 1),
        ("medium", 400, 3),
        ("high", 401, 3),
        ("high", 1201, 9),
        ("low", -50, 2),
        ("medium", -50, 3),
    ],
)
def test_steps(expected, extra_bits, in_a_row):
    """Above half and one and a half ordinary windows (here 100 bytes); three in a row raise it by one."""
    assert severity(extra_bits, 100.0, in_a_row) == expected
