"""The reading of a series as text over a small alphabet: bits of each symbol after the four before it."""

import math
from collections import deque
from collections.abc import Sequence
from typing import Any, Final

from driftlock_core.views.numbers import UNITS, Grid

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
        self._base = grid.symbols + 1  # as digits of a context, and as places of its counts
        self._counts: dict[int, list[int]] = {}  # by context: how often each symbol followed, then the total
        self._nested: dict[int, list[list[int]]] = {}  # by newest four symbols: counts after 0 to 4 of them
        self._past = 0  # the newest four symbols as digits, the newest first; 0 where there was none
        self._bits: deque[int] = deque(maxlen=SPAN)  # in units of 1e-9 bits, whose sums are exact
        self._total = 0
        # Symbols of the latest call, and the counts they were added to.
        self._learned: list[tuple[int, list[list[int]]]] = []

    def costs(self, symbols: Sequence[int]) -> list[float]:
        """For each of *symbols* mean bits of the newest 20, itself included. Then learns them."""
        base, recent, total, past = self._base, self._bits, self._total, self._past
        log2, newest = math.log2, self._base ** (ORDER - 1)
        learned, result = [], []
        for symbol in symbols:
            try:
                met = self._nested[past]
            except KeyError:
                met = self._nested[past] = self._after(past)
            probability = 1.0 / (base - 1)
            for counts in met:
                seen, times = counts[symbol], counts[-1]
                probability = (seen + probability) / (times + 1)
                counts[symbol] = seen + 1
                counts[-1] = times + 1
            learned.append((symbol, met))
            past = (symbol + 1) * newest + past // base
            bits = round(log2(probability) * -UNITS)
            total += bits
            if len(recent) == SPAN:
                total -= recent[0]
            recent.append(bits)
            result.append(total / (len(recent) * UNITS))
        self._total, self._past, self._learned = total, past, learned
        return result

    def _after(self, past: int) -> list[list[int]]:
        """Counts after none, the newest one and up to four of the symbols of *past*."""
        met = []
        for order in range(ORDER + 1):
            context = past // self._base ** (ORDER - order)
            if order and not context % self._base:
                break
            met.append(self._counts.setdefault(context, [0] * self._base))
        return met

    def expected(self, back: int = 0) -> list[float]:
        """
        Probability of each symbol before one came: the newest, or *back* symbols earlier in the latest :meth:`costs`.

        What was learned from then on is unlearned for the moment.
        """
        since = self._learned[len(self._learned) - 1 - back :]
        if not since:
            return [1.0 / (self._base - 1)] * (self._base - 1)
        self._add(since, -1)
        probabilities = []
        for symbol in range(self._base - 1):
            probability = 1.0 / (self._base - 1)
            for counts in since[0][1]:
                probability = (counts[symbol] + probability) / (counts[-1] + 1)
            probabilities.append(probability)
        self._add(since, 1)
        return probabilities

    @staticmethod
    def _add(learned: Sequence[tuple[int, list[list[int]]]], times: int) -> None:
        for symbol, met in learned:
            for counts in met:
                counts[symbol] += times
                counts[-1] += times

    def state(self) -> dict[str, Any]:
        """What :meth:`restored` takes."""
        return {
            "counts": [[context, *counts] for context, counts in self._counts.items()],
            "past": self._past,
            "bits": list(self._bits),
        }

    @classmethod
    def restored(cls, grid: Grid, state: dict[str, Any]) -> "ValueContext":
        """As it was when :meth:`state` was called."""
        reading = cls(grid)
        reading._counts = {context: counts for context, *counts in state["counts"]}
        reading._past = state["past"]
        reading._bits.extend(state["bits"])
        reading._total = sum(reading._bits)
        return reading
