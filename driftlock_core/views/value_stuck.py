"""The reading of a series as equal or different: how unlikely it is that the same value stays so long."""

import math
from typing import Any, Final

# Repetitions that one run teaches. A sensor that hangs for a day would else teach that hanging is usual.
TAUGHT: Final = 16
# Runs of measured series vary more than chance has it. A run counts when it is more than four times as long as those
# before, each of which can raise that mark to no more than its fourfold: hanging twice is found twice.
LONGER: Final = 4
# Fewer repetitions are a coincidence: measured numbers have few digits.
FEWEST: Final = 4


class ValueStuck:
    """
    Bits of the newest run of equal values, coded as equal or different after equal or different.

    With n of N earlier records after the same (equal or different) being
    equal, and p the share of equal records in all, an equal one has the
    probability (n + p) / (N + 1). A value met for the second time in a
    row is the first of a run.
    """

    name = "stuck"

    def __init__(self) -> None:
        self._last: float | None = None
        self._run = 0  # records equal to the one before
        self._longest = 0  # run taught so far
        self._known = True  # the run began in the warm-up
        self._bits = 0.0
        self._counts = [[0, 0], [0, 0]]  # after different and equal: how many were different and equal

    def decades(self, value: float, *, warming: bool = False) -> float:
        """
        Surprise of the run that ends with *value*, in decades; 0 without a run. Then learns it.

        10 to the power of −decades is how many runs like it, or less likely
        ones, a series as long as all before is expected to hold by chance. A
        run that began in the *warming* is usual, however long it lasts.
        """
        last, self._last = self._last, value
        if last is None:
            return 0.0
        counts = self._counts[self._run > 0]
        if value != last:
            counts[0] += 1
            most = math.inf if self._known else LONGER * self._longest + 1
            self._longest = max(self._longest, int(min(self._run, most)))
            self._run, self._known, self._bits = 0, warming, 0.0
            return 0.0
        (fresh, begun), (ended, went_on) = self._counts
        seen = fresh + begun + ended + went_on
        share = (begun + went_on + 0.5) / (seen + 1)
        self._bits -= math.log2((counts[1] + share) / (counts[0] + counts[1] + 1))
        self._run += 1
        if self._known or self._run <= TAUGHT:
            counts[1] += 1
        if self._known or self._run < FEWEST or self._run <= LONGER * self._longest:
            return 0.0
        return max(0.0, self._bits * math.log10(2.0) - math.log10(1 + seen))

    def state(self) -> list[Any]:
        """What :meth:`restored` takes."""
        return [self._last, self._run, self._longest, self._known, self._bits, self._counts]

    @classmethod
    def restored(cls, state: list[Any]) -> "ValueStuck":
        """As it was when :meth:`state` was called."""
        reading = cls()
        (
            reading._last,
            reading._run,
            reading._longest,
            reading._known,
            reading._bits,
            reading._counts,
        ) = state
        return reading
