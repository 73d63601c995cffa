"""Which aspect of a window decided, and the distance that met the limit."""

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from driftlock_core.verdict import Verdict
from driftlock_core.window_views.catalogue import STATISTICS, Aspect, aspects_of_first
from driftlock_core.window_views.past import distances

ASPECT_NAMES: Final = {
    "content": "content (bytes, templates, counts and order together)",
    "mix": "mix (counts and order together)",
    "pace": "pace (span and longest pauses together)",
    "values": "values (what its numbers cost given those before)",
    "novelty": "novelty (events whose template was never seen)",
}


class Deciding(NamedTuple):
    """One aspect with what the record says of it."""

    aspect: Aspect
    rank: float  # among the references, of the summed surprises
    at_least: int  # past windows whose sum is as large
    past: int  # windows it was ranked among
    distance: float  # (value − usual) / the larger of both, or the score N
    statistic: str  # whose distance that is

    @property
    def view(self) -> str:
        """The view of that statistic."""
        return STATISTICS[self.statistic]


def deciding(verdict: Verdict) -> Deciding:
    """
    The aspect of smallest rank among those far enough from the usual; of all where none is.

    Raises:
        ValueError: The bytes alone decided.
    """
    return min(aspects_of(verdict), key=lambda found: (found.distance < verdict.threshold, found.rank))


def looked_at(verdict: Verdict) -> int:
    """Views looked at: the factor counts all but the values, see :func:`driftlock_core.profiles.counted`."""
    views = verdict.evidence.views
    return verdict.factor + (views is not None and "values" in views.aspects)


def aspects_of(verdict: Verdict) -> tuple[Deciding, ...]:
    """All aspects of the record, in the order of the catalogue; raises like :func:`deciding`."""
    evidence = verdict.evidence.views
    if evidence is None:
        raise ValueError("the verdict rests on the bytes alone")
    past = len(evidence.references)
    row = np.array([evidence.values], dtype=np.int64)
    usual, score = np.array(evidence.usual), np.array([verdict.ncd])
    found = []
    by_name = {aspect.name: aspect for aspect in aspects_of_first(len(evidence.values))}
    for name, (rank, distance) in evidence.aspects.items():
        aspect = by_name[name]
        parts = {
            one: float(distances(replace(aspect, distance=(one,)), row, usual, score)[0])
            for one in aspect.distance
        }
        found.append(
            Deciding(
                aspect, rank, round(rank * (past + 1)) - 1, past, distance, max(parts, key=lambda o: parts[o])
            )
        )
    return tuple(found)
