"""Random draws that come out the same to the last bit on every machine."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Final, Generic, TypeVar

import numpy as np

T = TypeVar("T")

_BLOCK: Final = 4096  # uniforms fetched at a time; one call a draw would cost four times as much


class Weighted(Generic[T]):
    """
    Values and how often each is drawn relative to the others.

    Raises:
        ValueError: There is no value, or a weight is not positive.
    """

    def __init__(self, weights: dict[T, float]) -> None:
        if not weights or min(weights.values()) <= 0:
            raise ValueError(f"weights must be positive and at least one: {weights!r}")
        self.values: Final = tuple(weights)
        self.cumulative: Final = tuple(accumulate(weights.values()))


class Quantiles:
    """
    A distribution given by points of its quantile function, straight lines between them.

    Args:
        points: Pairs (share of draws below, value), the shares rising from 0 to 1.

    Raises:
        ValueError: The shares do not rise from 0 to 1.
    """

    def __init__(self, *points: tuple[float, float]) -> None:
        shares = [share for share, _ in points]
        if shares[:1] != [0] or shares[-1:] != [1] or any(a >= b for a, b in pairwise(shares)):
            raise ValueError(f"shares must rise from 0 to 1: {shares}")
        self._starts = shares[:-1]
        self._lines = [(a, low, high - low, b - a) for (a, low), (b, high) in pairwise(points)]

    def at(self, share: float) -> float:
        """
        The value that *share* of the draws stay below, *share* in [0, 1).

        >>> Quantiles((0, 10), (0.5, 20), (1, 100)).at(0.75)
        60.0
        """
        low_share, low, rise, width = self._lines[bisect_right(self._starts, share) - 1]
        return low + rise * (share - low_share) / width


# A Poisson process in units of its mean gap.
EXPONENTIAL: Final = Quantiles(
    (0, 0), (0.1, 0.105), (0.25, 0.288), (0.5, 0.693), (0.75, 1.386), (0.9, 2.303), (0.97, 3.507),
    (0.99, 4.605), (0.999, 6.908), (1, 9),
)  # fmt: skip


class Dice:
    """
    Draws made from PCG64's uniform numbers by arithmetic and comparison alone.

    numpy promises the bits of PCG64 for ever, but neither those of its distributions nor those
    of the C library's ``exp`` and ``log``; so no draw here uses either.

    >>> Dice(7).pick("abc") == Dice(7).pick("abc")
    True
    """

    uniform: Callable[[], float]
    """A number in [0, 1). All others are made of it, so it runs without a line of Python."""

    def __init__(self, seed: int) -> None:
        self.uniform = chain.from_iterable(_blocks(seed)).__next__

    def chance(self, share: float) -> bool:
        """True in *share* of the calls."""
        return self.uniform() < share

    def below(self, stop: int) -> int:
        """A whole number in [0, stop); *stop* at most 2**48, beyond which the low bits are not random."""
        return int(self.uniform() * stop)

    def between(self, first: int, last: int) -> int:
        """A whole number from *first* to *last*, both included."""
        return first + self.below(last - first + 1)

    def pick(self, values: Sequence[T]) -> T:
        """One of *values*, all equally likely."""
        return values[self.below(len(values))]

    def draw(self, weighted: Weighted[T]) -> T:
        """One of the weighted values."""
        cumulative = weighted.cumulative
        return weighted.values[bisect_right(cumulative, self.uniform() * cumulative[-1])]

    def along(self, quantiles: Quantiles) -> float:
        """A number distributed as *quantiles* says."""
        return quantiles.at(self.uniform())

    def hexadecimal(self, digits: int) -> str:
        """So many lower-case hexadecimal digits."""
        uniform, blocks = self.uniform, -(-digits // 8)
        return "".join([f"{int(uniform() * 4_294_967_296):08x}" for _ in range(blocks)])[:digits]

    def uuid(self) -> str:
        """A random (version 4) UUID."""
        text = self.hexadecimal(32)
        variant = "89ab"[self.below(4)]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def _blocks(seed: int) -> Iterator[Iterator[float]]:
    """Uniform numbers, each block from its end."""
    bits = np.random.PCG64(seed)
    while True:
        # What Generator.random does today, which numpy does not promise for later versions.
        yield reversed(((bits.random_raw(_BLOCK) >> np.uint64(11)) * 2.0**-53).tolist())
