"""The statistics of a window, the view each belongs to, and the aspects under which they are added up."""

from dataclasses import dataclass
from typing import Final

# Columns of the table of statistics, and whose view each is. Sizes in bytes, code lengths in 1/1024 bit,
# times in millionths of a usual interval.
STATISTICS: Final = {
    "size": "bytes",
    "recency": "templates",
    "fresh": "templates",
    "mismatch": "counts",
    "own": "counts",
    "order": "symbols",
    "duration": "timing",
    "gap": "timing",
    "surprise": "values",
}
COLUMN: Final = {name: at for at, name in enumerate(STATISTICS)}
TWO_SIDED: Final = frozenset({"own", "duration"})
# The smallest distance from the usual that means anything: a byte, a bit, an event, a usual interval, a tenth of
# a bit per number.
LEAST: Final = {
    "size": 1,
    "recency": 1024,
    "fresh": 1,
    "mismatch": 1024,
    "own": 1024,
    "order": 1024,
    "duration": 1_000_000,
    "gap": 1_000_000,
    "surprise": 102,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """
    A question put to a window: the surprises of its statistics are added up and ranked once.

    *distance* names what says how far the window is from the usual; of
    several the largest counts.
    """

    name: str
    statistics: tuple[str, ...]
    distance: tuple[str, ...]

    @property
    def columns(self) -> list[int]:
        """Positions of its statistics in the table."""
        return [COLUMN[name] for name in self.statistics]

    @property
    def sides(self) -> list[bool]:
        """For each statistic, whether small values surprise too."""
        return [name in TWO_SIDED for name in self.statistics]

    @property
    def least(self) -> list[int]:
        """For each statistic the smallest distance that means anything."""
        return [LEAST[name] for name in self.statistics]


ASPECTS: Final = (
    # What is said: new bytes, templates long not seen, transitions and counts unlike the baseline's.
    Aspect(
        name="content",
        statistics=("size", "recency", "fresh", "order", "mismatch"),
        distance=("size", "recency", "order"),
    ),
    # How often what is known is said, and in which order; a mix too uniform surprises like one too varied.
    Aspect(name="mix", statistics=("mismatch", "own", "order"), distance=("mismatch", "order")),
    # When it is said.
    Aspect(name="pace", statistics=("duration", "gap"), distance=("duration", "gap")),
    # Whether its numbers lie where those before them did.
    Aspect(name="values", statistics=("surprise",), distance=("surprise",)),
)
