"""The baseline as far as it is held: all of it, or a sample that anybody can draw again."""

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from driftlock.cli.units import By, Unit
from driftlock_core.scoring import FEWEST_UNITS

# Views hold what they learn of the baseline: of sessions and windows about 10 times its bytes, of records 75
# times, of texts, which are read letter by letter, 250 times (python -m benchmarks.speed.scoring).
MOST_UNITS: Final = 50_000
MOST_BYTES: Final[dict[By, int]] = {"event": 16 * 1024**2, "group": 64 * 1024**2, "window": 64 * 1024**2}


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSample:
    """Units in the order of the file, and of how many they were chosen."""

    units: list[Unit]
    of: int

    @property
    def capped(self) -> bool:
        """Whether some units are left out."""
        return len(self.units) < self.of


def sampled(units: Iterable[Unit], *, most_units: int, most_bytes: int) -> BaselineSample:
    """
    Those of *units* whose places have the smallest SHA-256, as many as the bounds allow but at least 20.

    A place is the 0-based number of a unit, written in decimal digits. By place
    and not by content: a sample by content would drop all copies of a frequent unit or none.
    """
    held: list[tuple[int, int, Unit]] = []
    size, place = 0, -1
    for place, unit in enumerate(units):
        digest = int.from_bytes(hashlib.sha256(b"%d" % place).digest(), "big")
        heapq.heappush(held, (-digest, place, unit))
        size += _size(unit)
        while len(held) > FEWEST_UNITS and (len(held) > most_units or size > most_bytes):
            size -= _size(heapq.heappop(held)[2])
    held.sort(key=lambda one: one[1])
    return BaselineSample(units=[unit for _, _, unit in held], of=place + 1)


def _size(unit: Unit) -> int:
    return sum(map(len, unit.events))
