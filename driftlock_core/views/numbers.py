"""What the readings of a numeric series share: a grid of symbols, a bounded memory, a rank that goes on past it."""

import math
from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# Newest values remembered, per reading: 57 days at one record in 5 minutes, 256 KiB. 5000 instead cost about
# one point of the NAB score, 2000 about six.
MEMORY: Final = 16384

# Larger numbers are read as this one, so that differences and their sums stay finite.
LARGEST: Final = 1e300

# Steps outside the grid, each twice as wide as the one before: far is told from near, not farther from far.
TAILS: Final = 4

# Bits are rounded, so that costs which are equal stay equal whatever order they were added up in, and whatever
# the last digit of a platform's logarithm: a rank counts ties.
DIGITS: Final = 9

# Values a rank needs before it says anything: the smallest p-value is then 1/31.
FEWEST_RANKED: Final = 30
# The tail begins at the largest twentieth of the remembered values, but never with fewer than five of them:
# a mean of fewer excesses says little about their scale.
TAIL_PART: Final = 20
FEWEST_IN_TAIL: Final = 5
# The extrapolated tail is too optimistic from about 1e-4 on; past 1e-30 further digits decide nothing.
LARGEST_SURPRISE: Final = 30.0


def bounded(value: float) -> float:
    """*value*, at most 1e300 in size; NaN stays NaN."""
    return max(-LARGEST, min(LARGEST, value)) if value == value else value


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


class Newest:
    """The newest numbers, at most 16384 of them, in ascending order and in the order they came."""

    __slots__ = ("_arrived", "_oldest", "ordered")

    def __init__(self, arrived: Iterable[float] = ()) -> None:
        self._arrived = array("d", arrived)
        self._oldest = 0  # position of the next to be overwritten, once full
        self.ordered = array("d", sorted(self._arrived))

    def __len__(self) -> int:
        return len(self.ordered)

    def add(self, number: float) -> None:
        """Remember *number*; the oldest one is forgotten when there is no room."""
        if len(self._arrived) < MEMORY:
            self._arrived.append(number)
        else:
            self.ordered.pop(bisect_left(self.ordered, self._arrived[self._oldest]))
            self._arrived[self._oldest] = number
            self._oldest = (self._oldest + 1) % MEMORY
        insort(self.ordered, number)

    def arrived(self) -> list[float]:
        """All of them, oldest first: what a copy is made from."""
        return [*self._arrived[self._oldest :], *self._arrived[: self._oldest]]

    def at_least(self, number: float) -> int:
        """How many are as large as *number*."""
        return len(self.ordered) - bisect_left(self.ordered, number)


def surprise(number: float, past: Newest) -> float:
    """
    −log10 of the chance that one of *past*, as they come, is as large as *number*.

    Up to the largest twentieth this is the conformal rank (1 + how many are as
    large) / (1 + how many there are). Beyond, the excesses are taken to be
    exponential with their own mean, so that the far is told from the very far.

    Returns:
        In [0, 30], in decades (1 is a factor of ten); 0 while there are fewer than 30.

    >>> past = Newest(float(n) for n in range(99))
    >>> round(surprise(90.0, past), 3), round(surprise(98.0, past), 3), round(surprise(110.0, past), 3)
    (1.0, 1.946, 3.683)
    """
    count = len(past)
    if count < FEWEST_RANKED:
        return 0.0
    tail = max(FEWEST_IN_TAIL, -(-count // TAIL_PART))
    ordered = past.ordered
    border = ordered[count - tail - 1]
    if number <= border:
        return -math.log10((past.at_least(number) + 1) / (count + 1))
    scale = math.fsum(value - border for value in ordered[count - tail :]) / tail
    rank = -math.log10((tail + 1) / (count + 1))
    beyond = number - border
    # Where scale is 0 (the whole tail is one value), anything larger has never been seen at all.
    if beyond >= LARGEST_SURPRISE * math.log(10.0) * scale:
        return LARGEST_SURPRISE
    return min(LARGEST_SURPRISE, rank + beyond / (scale * math.log(10.0)))
