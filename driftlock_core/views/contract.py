"""What every view is: fitted on a baseline, it gives each unit a few statistics, higher being more surprising."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unit:
    """A session, window, record or text to be judged as a whole: its events as received and masked."""

    raw: tuple[bytes, ...]
    canonical: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """
    One number a view gives a unit.

    With *two_sided*, unusually small values are as surprising as large ones
    (a source that is stuck compresses too well).
    """

    name: str
    two_sided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a unit a view finds what is new, in bits of that view's code."""

    event: int  # 0-based position in the unit
    bits: float
    what: str  # one clause made of the view's own numbers


class View(Protocol):
    """A reading of units, fitted on a baseline."""

    @property
    def name(self) -> str:
        """What the verdict calls it."""

    @property
    def statistics(self) -> tuple[Statistic, ...]:
        """The columns of :meth:`inside` and :meth:`outside`."""

    def inside(self) -> Floats:
        """
        Statistics of the baseline's own units, each computed as if its group had not been part of the
        baseline; shape ``(baseline units, statistics)``, finite.
        """

    def outside(self, units: Sequence[Unit]) -> Floats:
        """Statistics of units the baseline does not hold; shape ``(units, statistics)``, finite. Learns nothing."""

    def places(self, unit: Unit) -> list[Place]:
        """Where the unit is most surprising, dearest first, at most five."""


def own_groups(count: int) -> Groups:
    """Each unit a group of its own: leave one out."""
    return np.arange(count, dtype=np.int64)
