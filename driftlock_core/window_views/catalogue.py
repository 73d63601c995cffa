"""The statistics of a window, the view each belongs to, and the aspects under which they are added up."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

# Columns of the table of statistics, and whose view each is. Sizes in bytes, code lengths in 1/1024 bit,
# times in millionths of a usual interval. New ones come last: records and streams of before have the first so many.
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
    "pairs": "counts",
    "still": "timing",
}
COLUMN: Final = {name: at for at, name in enumerate(STATISTICS)}
TWO_SIDED: Final = frozenset({"own", "duration"})
# The smallest distance from the usual that means anything: a byte, a bit, an event, a usual interval, a tenth of
# a bit per number, a pair, once more an interval.
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
    "pairs": 1,
    "still": 1_000_000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """
    A question put to a window: the surprises of its statistics are added up and ranked once.

    *distance* names what says how far the window is from the usual; of
    several the largest counts. *since* is how many statistics there were when
    the question was thought of: windows that have fewer are not asked it.
    """

    name: str
    statistics: tuple[str, ...]
    distance: tuple[str, ...]
    since: int = 0

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
    Aspect(
        name="mix",
        statistics=("mismatch", "own", "order", "pairs"),
        distance=("mismatch", "order"),
    ),
    # When it is said.
    Aspect(name="pace", statistics=("duration", "gap", "still"), distance=("duration", "gap")),
    # Whether its numbers lie where those before them did.
    Aspect(name="values", statistics=("surprise",), distance=("surprise",)),
    # How much of it never came before, whatever else is said.
    Aspect(name="novelty", statistics=("fresh",), distance=("fresh",), since=11),
)

# Where each aspect stands among all of them: columns of ranks and distances are laid out so.
PLACE: Final = {aspect.name: at for at, aspect in enumerate(ASPECTS)}


@cache
def aspects_of_first(statistics: int) -> tuple[Aspect, ...]:
    """What can be asked of windows that have the first so many statistics, each aspect without the others."""
    held = frozenset(list(STATISTICS)[:statistics])
    found = (
        replace(
            aspect,
            statistics=tuple(name for name in aspect.statistics if name in held),
            distance=tuple(name for name in aspect.distance if name in held),
        )
        for aspect in ASPECTS
        if aspect.since <= statistics
    )
    return tuple(aspect for aspect in found if aspect.statistics)
