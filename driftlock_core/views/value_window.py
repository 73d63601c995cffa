"""The reading of a series as a mix of values: what the newest window costs more than its own best code."""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from driftlock_core.views.numbers import UNITS, Grid

WINDOW: Final = 48  # records: long enough to count 16 symbols in, four hours at one record in 5 minutes
CELLS: Final = 8  # inside the warm-up's range; the mix needs a finer grid than the order does
PRIOR: Final = 0.5  # counts a symbol begins with (Krichevsky and Trofimov), so that none is impossible

# n·log2(n) in units of 1e-9 bits, for the counts a window can hold, and one more while its oldest is still in it.
_OWN: Final = [0, *(round(count * math.log2(count) * UNITS) for count in range(1, WINDOW + 2))]


class ValueWindow:
    """
    Bits that the newest 48 symbols take beyond their own entropy when coded for the long run's mix.

    This is the window's length times the Kullback–Leibler divergence of the
    two mixes. A symbol enters the long run when it leaves the window.
    """

    name = "window"

    def __init__(
        self, grid: Grid, window: Iterable[int] = (), long_run: Sequence[float] | None = None
    ) -> None:
        self._window = deque(window)
        self._inside = [0] * grid.symbols
        for symbol in self._window:
            self._inside[symbol] += 1
        self._long_run = [PRIOR] * grid.symbols if long_run is None else list(long_run)
        self._total = math.fsum(self._long_run)
        # Σ n·log2(n / (count · usual / total)), taken apart so that only what changes is computed; all in units of
        # 1e-9 bits, whose sums are exact.
        self._usual = [round(math.log2(count) * UNITS) for count in self._long_run]
        self._own = sum(_OWN[count] for count in self._inside)
        self._coded = sum(count * usual for count, usual in zip(self._inside, self._usual, strict=True))

    def cost(self, symbol: int) -> float:
        """Bits of the window that ends with *symbol*. Then learns what left it."""
        window, inside = self._window, self._inside
        window.append(symbol)
        count = inside[symbol]
        inside[symbol] = count + 1
        self._own += _OWN[count + 1] - _OWN[count]
        self._coded += self._usual[symbol]
        if len(window) > WINDOW:
            gone = window.popleft()
            count = inside[gone]
            inside[gone] = count - 1
            self._own -= _OWN[count] - _OWN[count - 1]
            self._long_run[gone] += 1.0
            self._total += 1.0
            usual = round(math.log2(self._long_run[gone]) * UNITS)
            self._coded += (count - 1) * usual - count * self._usual[gone]
            self._usual[gone] = usual
        length = len(window)
        return (self._own - self._coded + round(length * math.log2(self._total / length) * UNITS)) / UNITS

    def state(self) -> tuple[list[int], list[float]]:
        """The further arguments that make it again."""
        return list(self._window), list(self._long_run)
