"""Which views make a window stand out: single statistics ranked among the references."""

from collections.abc import Sequence
from math import log2

import numpy as np
import numpy.typing as npt

from driftlock_core.verdict import ViewEvidence
from driftlock_core.window_views.catalogue import COLUMN, STATISTICS, TWO_SIDED, Aspect

Ints = npt.NDArray[np.int64]


def surprises(evidence: ViewEvidence, references: Ints | None = None) -> dict[str, float]:
    """
    Bits of surprise of each statistic: log2 of the inverse of its rank among the references.

    Two-sided ones count both looks. The largest possible is log2(m + 1).

    Args:
        references: Those of the evidence as an array, where there is one.
    """
    if references is None:
        references = np.array(evidence.references, dtype=np.int64)
    values, m = np.array(evidence.values), len(references)
    above = np.add.reduce(references >= values, axis=0, dtype=np.int64).tolist()
    below = np.add.reduce(references <= values, axis=0, dtype=np.int64).tolist()
    found = {}
    for name, at in list(COLUMN.items())[: len(evidence.values)]:  # a record of before a statistic lacks it
        rank = 1 + above[at]
        if name in TWO_SIDED:
            rank = min(m + 1, 2 * min(rank, 1 + below[at]))
        found[name] = log2((m + 1) / rank)
    return found


def views_standing_out(
    evidence: ViewEvidence, aspects: Sequence[Aspect], alpha: float, references: Ints | None = None
) -> tuple[str, ...]:
    """
    Views of the aspects that flagged, most surprising first.

    Those with a statistic that alone ranks among the most unusual share
    *alpha* of the references; where none does, the most surprising one: then
    it is their sum that stands out.

    Args:
        references: As :func:`surprises` takes them.
    """
    bits = surprises(evidence, references)
    best: dict[str, float] = {}
    for name in dict.fromkeys(name for aspect in aspects for name in aspect.statistics):
        view = STATISTICS[name]
        best[view] = max(best.get(view, 0.0), bits[name])
    ordered = sorted(best, key=lambda view: -best[view])  # stable: the catalogue's order among equals
    return tuple(view for view in ordered if best[view] >= log2(1 / alpha)) or (ordered[0],)
