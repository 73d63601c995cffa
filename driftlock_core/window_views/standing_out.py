"""Which views make a window stand out: single statistics ranked among the references."""

from collections.abc import Sequence
from math import log2

import numpy as np

from driftlock_core.verdict import ViewEvidence
from driftlock_core.window_views.catalogue import COLUMN, STATISTICS, TWO_SIDED, Aspect


def surprises(evidence: ViewEvidence) -> dict[str, float]:
    """
    Bits of surprise of each statistic: log2 of the inverse of its rank among the references.

    Two-sided ones count both looks. The largest possible is log2(m + 1).
    """
    references = np.array(evidence.references, dtype=np.int64)
    found = {}
    for name, at in COLUMN.items():
        rank = 1 + int(np.count_nonzero(references[:, at] >= evidence.values[at]))
        if name in TWO_SIDED:
            below = 1 + int(np.count_nonzero(references[:, at] <= evidence.values[at]))
            rank = min(len(references) + 1, 2 * min(rank, below))
        found[name] = log2((len(references) + 1) / rank)
    return found


def views_standing_out(evidence: ViewEvidence, aspects: Sequence[Aspect], alpha: float) -> tuple[str, ...]:
    """
    Views of the aspects that flagged, most surprising first.

    Those with a statistic that alone ranks among the most unusual share
    *alpha* of the references; where none does, the most surprising one: then
    it is their sum that stands out.
    """
    bits = surprises(evidence)
    best: dict[str, float] = {}
    for name in dict.fromkeys(name for aspect in aspects for name in aspect.statistics):
        view = STATISTICS[name]
        best[view] = max(best.get(view, 0.0), bits[name])
    ordered = sorted(best, key=lambda view: -best[view])  # stable: the catalogue's order among equals
    return tuple(view for view in ordered if best[view] >= log2(1 / alpha)) or (ordered[0],)
