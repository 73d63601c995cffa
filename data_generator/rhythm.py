"""When things happen: the hour of the day, chance, and bursts."""

from dataclasses import dataclass
from typing import Final

from data_generator.dice import EXPONENTIAL, Dice

SECOND_US: Final = 1_000_000
HOUR_US: Final = 3600 * SECOND_US

# Relative load at each full hour: a shop's day, with a lunch dip and an evening shoulder.
OFFICE_DAY: Final = (
    0.40, 0.33, 0.28, 0.26, 0.30, 0.42, 0.65, 0.95, 1.30, 1.50, 1.58, 1.55,
    1.42, 1.48, 1.55, 1.50, 1.42, 1.35, 1.32, 1.36, 1.28, 1.05, 0.80, 0.55,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """
    How often something happens.

    A burst speeds up the next ``burst_length`` arrivals; ``regular`` arrivals come like a
    clock's ticks, without chance, hour or burst.
    """

    gap_s: float  # mean time between two arrivals at load 1, seconds
    loads: tuple[float, ...] = OFFICE_DAY  # 24 of them, UTC
    burst_chance: float = 0.004  # per arrival
    burst_length: int = 12  # arrivals
    burst_speed: float = 6.0
    regular: bool = False

    def load(self, at_us: int) -> float:
        """
        Relative load at a moment, straight lines between full hours.

        >>> Rhythm(gap_s=1, loads=(1.0, 2.0) + (1.0,) * 22).load(HOUR_US // 2)
        1.5
        """
        hour, into = divmod(at_us, HOUR_US)
        before, after = self.loads[hour % 24], self.loads[(hour + 1) % 24]
        return before + (after - before) * into / HOUR_US


class Arrivals:
    """The moments at which something happens, one after the other."""

    def __init__(self, rhythm: Rhythm, dice: Dice, start_us: int) -> None:
        self._rhythm = rhythm
        self._dice = dice
        self._at_us = start_us
        self._burst_left = 0

    def following(self, speed: float = 1.0) -> int:
        """The next moment, microseconds since 1970; *speed* 2 halves the time until then."""
        rhythm = self._rhythm
        gap_us = rhythm.gap_s * SECOND_US / speed
        if not rhythm.regular:
            if self._burst_left:
                self._burst_left -= 1
                gap_us /= rhythm.burst_speed
            elif self._dice.chance(rhythm.burst_chance):
                self._burst_left = rhythm.burst_length
            gap_us *= self._dice.along(EXPONENTIAL) / rhythm.load(self._at_us)
        self._at_us += max(1, int(gap_us))
        return self._at_us
