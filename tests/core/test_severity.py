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


@pytest.mark.parametrize(
    ("expected", "beyond", "in_a_row"),
    [
        ("low", [], 1),
        ("low", [0.4, 2.0], 1),  # twice as far as any past window: not yet above it
        ("medium", [2.1], 1),
        ("medium", [4.0], 2),
        ("high", [0.0, 4.1], 1),
        ("medium", [1.0], 3),
        ("high", [2.1], 3),
    ],
)
def test_steps_by_the_views(expected, beyond, in_a_row):
    """A window that takes no more bytes than usual: the furthest view counts, in doublings."""
    assert severity(-50, 100.0, in_a_row, beyond) == expected


def test_the_larger_of_bytes_and_views_counts():
    """Neither lowers the other."""
    assert severity(1201, 100.0, 1, [0.5]) == "high"
    assert severity(401, 100.0, 1, [9.0]) == "high"
