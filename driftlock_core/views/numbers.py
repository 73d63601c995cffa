"""What the readings of a numeric series share: bounds, the grid of symbols, the unit of bits."""

from dataclasses import dataclass
from typing import Final

# Larger numbers are read as this one, so that differences and their sums stay finite.
LARGEST: Final = 1e300

# Steps outside the grid, each twice as wide as the one before: far is told from near, not farther from far.
TAILS: Final = 4

# Bits are whole numbers of a billionth, so that costs which are equal stay equal whatever order they were added up
# in, and whatever the last digit of a platform's logarithm: a rank counts ties.
UNITS: Final = 1_000_000_000


def bounded(value: float) -> float:
    """*value*, at most 1e300 in size; NaN stays NaN, and −0 is 0."""
    return max(-LARGEST, min(LARGEST, value)) + 0.0 if value == value else value


@dataclass(frozen=True, slots=True)
class Grid:
    """
    A lossy alphabet for numbers: equal cells between two bounds, and steps of doubling width outside.

    >>> grid = Grid(low=0.0, high=8.0, cells=4)
    >>> [grid.symbol(value) for value in (0.0, 7.9, 8.0, 8.1, 13.0, 100.0, -0.1)]
    [0, 3, 3, 4, 5, 7, 8]
    """

    low: float
    high: float
    cells: int

    @property
    def symbols(self) -> int:
        """Size of the alphabet."""
        return self.cells + 2 * TAILS

    def symbol(self, value: float) -> int:
        """0 to cells − 1 between the bounds, then the steps above, then the steps below."""
        width = self.high - self.low
        if value > self.high:
            return self.cells + _step(value - self.high, width)
        if value < self.low:
            return self.cells + TAILS + _step(self.low - value, width)
        return min(self.cells - 1, int((value - self.low) / width * self.cells)) if width else 0


def _step(excess: float, width: float) -> int:
    """⌊log2(1 + 4·excess/width)⌋, at most 3; by comparison, since the quotient may overflow."""
    quarters = 4.0 * excess
    return 0 if quarters < width else 1 if quarters < 3.0 * width else 2 if quarters < 7.0 * width else 3
