"""The reading of a series as a mix of values: what the newest window costs more than its own best code."""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from driftlock_core.views.numbers import DIGITS, Grid

WINDOW: Final = 48  # records: long enough to count 16 symbols in, four hours at one record in 5 minutes
CELLS: Final = 8  # inside the warm-up's range; the mix needs a finer grid than the order does
PRIOR: Final = 0.5  # counts a symbol begins with (Krichevsky and Trofimov), so that none is impossible


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
        self._grid = grid
        self._window = deque(window)
        self._inside = [0] * grid.symbols
        for symbol in self._window:
            self._inside[symbol] += 1
        self._long_run = [PRIOR] * grid.symbols if long_run is None else list(long_run)
        self._total = math.fsum(self._long_run)

    def cost(self, value: float) -> float:
        """Bits of the window that ends with *value*. Then learns what left it."""
        symbol = self._grid.symbol(value)
        self._window.append(symbol)
        self._inside[symbol] += 1
        if len(self._window) > WINDOW:
            gone = self._window.popleft()
            self._inside[gone] -= 1
            self._long_run[gone] += 1.0
            self._total += 1.0
        rarity = self._total / len(self._window)
        bits = sum(
            count * math.log2(count * rarity / usual)
            for count, usual in zip(self._inside, self._long_run, strict=True)
            if count
        )
        return round(bits, DIGITS)

    def state(self) -> tuple[list[int], list[float]]:
        """The further arguments that make it again."""
        return list(self._window), list(self._long_run)
