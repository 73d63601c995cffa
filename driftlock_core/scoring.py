"""
Scores of whole units (sessions, records, windows) against a set of baseline units.

Two channels, both code lengths: *bytes*, what a compressor needs for the unit
when it knows the baseline, and *templates*, what an ideal order-0 coder of
canonical lines needs that has counted them in the baseline. Each gives two
statistics, one for the unit as a whole and one for its dearest event.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import Compressor, Digest, compressor_named
from driftlock_core.epoch import text_of
from driftlock_core.errors import TooFewEvents
from driftlock_core.masking import Masker
from driftlock_core.profiles import BALANCED, Profile

Floats = npt.NDArray[np.float64]
Unit = Sequence[bytes]

FEWEST_UNITS: Final = 20  # the smallest p-value is then 1/21, just below the usual 0.05
# Baseline units are costed under a dictionary of the other folds; ten make that dictionary nearly whole.
FOLDS: Final = 10
STATISTICS: Final = ("bytes", "dearest event, bytes", "template bits", "dearest template, bits")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitScores:
    """One entry per unit: ``scores`` in nats, higher is more anomalous; ``p_values`` conformal, in (0, 1]."""

    scores: Floats
    p_values: Floats


def score_units(
    baseline: Sequence[Unit], units: Sequence[Unit], *, profile: Profile = BALANCED
) -> UnitScores:
    """
    Score *units* against *baseline*; raw events in both, any number per unit.

    Every statistic of a baseline unit leaves that unit out, and the p-value of
    a unit is its rank among the baseline units:
    (1 + baseline units with a score at least as high) / (1 + baseline units).

    Raises:
        TooFewEvents: Fewer than 20 baseline units.

    >>> calm = [[b"GET /a", b"GET /b"]] * 30
    >>> scored = score_units(calm, [[b"GET /a", b"GET /b"], [b"panic: out of memory"]])
    >>> [round(float(p), 3) for p in scored.p_values]
    [1.0, 0.032]
    """
    if len(baseline) < FEWEST_UNITS:
        raise TooFewEvents(needed=FEWEST_UNITS, have=len(baseline))
    masker = Masker(profile.masks)
    known = [masker.canonical(unit) for unit in baseline]
    asked = [masker.canonical(unit) for unit in units]
    compressor = compressor_named(profile.compressor)
    inside = np.hstack([_bytes_inside(known, compressor), _templates(known, known, leave_out=True)])
    digest = compressor.digest(dictionary(_all(known), compressor.reach))
    outside = np.hstack([_bytes(asked, compressor, digest), _templates(known, asked, leave_out=False)])
    scores_inside, scores = np.zeros(len(known)), np.zeros(len(asked))
    for statistic in range(len(STATISTICS)):
        ranked = np.sort(inside[:, statistic])
        scores_inside += _surprise(ranked, inside[:, statistic], leave_out=True)
        scores += _surprise(ranked, outside[:, statistic], leave_out=False)
    ordered = np.sort(scores_inside)
    at_least = len(ordered) - np.searchsorted(ordered, scores, side="left")
    return UnitScores(scores=scores, p_values=(1 + at_least) / (1 + len(ordered)))


def _all(units: Sequence[Unit]) -> list[bytes]:
    return [event for unit in units for event in unit]


def _bytes(units: Sequence[Unit], compressor: Compressor, digest: Digest) -> Floats:
    """Share of the unit the baseline does not explain, and cost of its dearest event; shape (units, 2)."""
    known: dict[bytes, int] = {}
    rows = np.empty((len(units), 2))
    for row, unit in enumerate(units):
        text = text_of(unit)
        for event in set(unit) - known.keys():
            known[event] = digest.cost(event + b"\n")
        rows[row] = (
            digest.cost(text) / compressor.size(text),
            max((known[event] for event in unit), default=0),
        )
    return rows


def _bytes_inside(baseline: Sequence[Unit], compressor: Compressor) -> Floats:
    """:func:`_bytes` of each baseline unit under the dictionary of the other folds."""
    rows = np.empty((len(baseline), 2))
    for fold in range(FOLDS):
        others = [unit for number, unit in enumerate(baseline) if number % FOLDS != fold]
        digest = compressor.digest(dictionary(_all(others), compressor.reach))
        rows[fold::FOLDS] = _bytes(baseline[fold::FOLDS], compressor, digest)
    return rows


def _templates(baseline: Sequence[Unit], units: Sequence[Unit], *, leave_out: bool) -> Floats:
    """
    Mean and largest code length of the unit's lines, in bits (Krichevsky–Trofimov); shape (units, 2).

    With *leave_out* the units are the baseline's own and do not count
    themselves. The total stays that of the whole baseline for both, so that
    lines never seen cost exactly the same inside and outside.
    """
    counts = Counter(_all(baseline))
    total = sum(counts.values()) + 0.5 * (len(counts) + 1)
    rows = np.zeros((len(units), 2))
    for row, unit in enumerate(units):
        own = Counter(unit)
        bits = [
            (-math.log2((counts[event] - (number if leave_out else 0) + 0.5) / total), number)
            for event, number in own.items()
        ]
        if bits:
            rows[row] = sum(b * number for b, number in bits) / len(unit), max(bits)[0]
    return rows


def _surprise(ranked: Floats, values: Floats, *, leave_out: bool) -> Floats:
    """−log of the conformal rank among the baseline's values, in nats."""
    at_least = len(ranked) - np.searchsorted(ranked, values, side="left")
    others = len(ranked)
    if leave_out:
        at_least, others = at_least - 1, others - 1
    return -np.log((1 + at_least) / (1 + others))
