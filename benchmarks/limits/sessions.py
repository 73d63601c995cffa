"""Broken sessions: how many equal ordinary ones, and what a model reaches that is told the kind of fault."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.limits import learned
from benchmarks.limits.bounds import best_auc
from benchmarks.limits.measured import surprises, units_of
from benchmarks.limits.session_columns import SessionColumns
from benchmarks.markdown import table
from benchmarks.quality.broken_sessions import CHOSEN_ON, FEWEST_EVENTS, KINDS, REPORTED, broken, ordinary
from benchmarks.quality.labelled import Prepared, prepare, roc_auc, sets
from benchmarks.quality.workers import each
from driftlock_core.scoring import Scorer

MOST_LEARNT = 200  # baseline units that are broken to learn from
Lines = tuple[bytes, ...]

HEAD = [
    "set",
    "fault",
    "equal in order",
    "equal in counts",
    "beginning of another",
    "no score above",
    "Driftlock",
    "Driftlock, mixed",
    "best statistic of ours",
    "told the kind",
    "and shown the set's",
]


def of_set(data: Path, name: str) -> list[list[str]]:
    """
    One row a kind of fault.

    *Told the kind*: a model that has seen baseline units intact and broken in this way. *Shown the
    set's*: one that has also seen the other folds of the very units that are asked.
    """
    prepared = prepare(data, name)
    numbers = ordinary(name, prepared.units, prepared.positive)
    scorer = Scorer(prepared.baseline, overlapping=prepared.overlapping)
    canonical = scorer.masking.masker.canonical

    def masked(units: Sequence[Sequence[bytes]]) -> list[Lines]:
        return [tuple(canonical(unit)) for unit in units]

    baseline = masked(prepared.baseline)
    calm = masked([unit for unit, odd in zip(prepared.units, prepared.positive, strict=True) if not odd])
    intact = masked([prepared.units[at] for at in numbers])
    learnt = [at for at, unit in enumerate(prepared.baseline) if len(unit) >= FEWEST_EVENTS]
    learnt = [learnt[at] for at in np.linspace(0, len(learnt) - 1, min(MOST_LEARNT, len(learnt))).astype(int)]
    inorder = sorted(baseline + calm)
    known, by_counts = set(inorder), {tuple(sorted(unit)) for unit in inorder}
    scored = scorer.score([prepared.units[at] for at in numbers])
    calm_surprises = surprises(scorer, units_of(scorer, [prepared.units[at] for at in numbers]))
    mixed = None if prepared.overlapping else _mixed(prepared, numbers)
    mixed_scores = mixed.score([prepared.units[at] for at in numbers]).scores if mixed else scored.scores
    columns = SessionColumns(baseline) if learned.available() else None
    rows = []
    for kind in KINDS:
        raw = [broken(name, at, kind, prepared.units[at]) for at in numbers]
        faulty, odd = masked(raw), scorer.score(raw)
        odd_surprises = surprises(scorer, units_of(scorer, raw))
        alone = {id: _auc(part, odd_surprises[id]) for id, part in calm_surprises.items()}
        best = max(alone, key=lambda statistic: alone[statistic])
        reached = ["–", "–"]
        if columns is not None:
            told = masked([broken(f"{name} baseline", at, kind, prepared.baseline[at]) for at in learnt])
            reached = _learned(columns, [baseline[at] for at in learnt], told, intact, faulty)
        shares = (
            np.mean([unit in known for unit in faulty]),
            np.mean([tuple(sorted(unit)) in by_counts for unit in faulty]),
            np.mean([begins(inorder, unit, own) for unit, own in zip(faulty, intact, strict=True)]),
        )
        rows.append(
            [
                name,
                kind,
                *(f"{share:.3f}" for share in shares),
                f"{best_auc(intact, faulty):.3f}",
                f"{_auc(scored.scores, odd.scores):.3f}",
                f"{_auc(mixed_scores, mixed.score(raw).scores):.3f}" if mixed else "–",
                f"{best} {alone[best]:.3f}",
                *reached,
            ]
        )
    return rows


def _auc(intact: np.ndarray, faulty: np.ndarray) -> float:
    scores = np.concatenate((intact, faulty))
    return roc_auc(scores, np.arange(len(scores)) >= len(intact))


def _mixed(prepared: Prepared, numbers: list[int]) -> Scorer:
    """Of a baseline as large, drawn from its units and the ordinary ones that are not asked about."""
    asked = set(numbers)
    others = [unit for at, unit in enumerate(prepared.units) if not prepared.positive[at] and at not in asked]
    pool = prepared.baseline + others
    Random(f"{prepared.name} mixed").shuffle(pool)
    return Scorer(pool[: len(prepared.baseline)])


def begins(inorder: list[Lines], unit: Lines, own: Lines) -> bool:
    """
    Whether another one of the sorted units than *own* begins with, or is, *unit*.

    >>> begins([(b"a",), (b"a", b"b"), (b"a", b"c")], (b"a", b"b"), (b"a", b"b"))
    False
    >>> begins([(b"a",), (b"a", b"b"), (b"a", b"b", b"c")], (b"a", b"b"), (b"a", b"b"))
    True
    """
    at = bisect_left(inorder, unit) + (own[: len(unit)] == unit)
    return at < len(inorder) and inorder[at][: len(unit)] == unit


def _learned(
    columns: SessionColumns, calm: list[Lines], told: list[Lines], intact: list[Lines], faulty: list[Lines]
) -> list[str]:
    known = np.concatenate((columns.of(calm), columns.of(told)))
    labels = np.arange(len(known)) >= len(calm)
    asked = np.concatenate((columns.of(intact), columns.of(faulty)))
    positive = np.arange(len(asked)) >= len(intact)
    # A unit and its broken twin share a fold.
    fold = np.tile(np.arange(len(intact)) % learned.FOLDS, 2)
    shown = np.empty(len(asked))
    for at in range(learned.FOLDS):
        seen = fold != at
        shown[~seen] = learned.trees(
            np.concatenate((known, asked[seen])), np.concatenate((labels, positive[seen])), asked[~seen]
        )
    return [f"{roc_auc(scores, positive):.3f}" for scores in (learned.trees(known, labels, asked), shown)]


def tables(data: Path) -> str:
    """All sets that are there."""
    names = [name for name in (*CHOSEN_ON, *REPORTED) if name in sets(data)]
    rows = [row for found in each(partial(of_set, data), names) for row in found]
    return table(HEAD, rows) + ("" if learned.available() else f"\n\n{learned.NEEDS}")
