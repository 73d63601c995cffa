"""The reading of a series as text over a small alphabet: bits of each symbol after the four before it."""

import math
from collections import deque
from typing import Any, Final

from driftlock_core.views.numbers import DIGITS, Grid

ORDER: Final = 4  # symbols of context; longer ones are hardly ever met twice
CELLS: Final = 4  # inside the warm-up's range; finer cells (16) drown the order of values in their noise
SPAN: Final = 20  # records averaged over: one improbable symbol is noise, a run of them is a change


class ValueContext:
    """
    Adaptive code length under contexts of 0 to 4 symbols, blended from the shortest up.

    With n(s) of N earlier symbols after a context being s, and p the
    probability that the next shorter context gives s, the context's own is
    (n(s) + p) / (N + 1). Nothing is forgotten; there are at most 22 621
    contexts of 12 symbols.
    """

    name = "context"

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._counts: dict[int, list[int]] = {}  # by context: how often each symbol followed, then the total
        self._past: deque[int] = deque(maxlen=ORDER)  # newest first
        self._bits: deque[float] = deque(maxlen=SPAN)

    def cost(self, value: float) -> float:
        """Mean bits of the newest 20 symbols, this one included. Then learns it."""
        symbol, symbols = self._grid.symbol(value), self._grid.symbols
        probability = 1.0 / symbols
        context = 0
        met = [self._following(context)]
        for earlier in self._past:
            context = context * (symbols + 1) + earlier + 1
            met.append(self._following(context))
        for counts in met:
            probability = (counts[symbol] + probability) / (counts[-1] + 1)
            counts[symbol] += 1
            counts[-1] += 1
        self._past.appendleft(symbol)
        self._bits.append(-math.log2(probability))
        return round(math.fsum(self._bits) / len(self._bits), DIGITS)

    def _following(self, context: int) -> list[int]:
        counts = self._counts.get(context)
        if counts is None:
            counts = self._counts[context] = [0] * (self._grid.symbols + 1)
        return counts

    def state(self) -> dict[str, Any]:
        """What :meth:`restored` takes."""
        return {
            "counts": [[context, *counts] for context, counts in self._counts.items()],
            "past": list(self._past),
            "bits": list(self._bits),
        }

    @classmethod
    def restored(cls, grid: Grid, state: dict[str, Any]) -> "ValueContext":
        """As it was when :meth:`state` was called."""
        reading = cls(grid)
        reading._counts = {context: counts for context, *counts in state["counts"]}
        reading._past.extend(state["past"])
        reading._bits.extend(state["bits"])
        return reading
