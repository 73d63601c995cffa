"""How well units are told apart, how sure that is, which view does it, and what labels would reach."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.limits import learned
from benchmarks.limits.measured import statistics, units_of
from benchmarks.markdown import table
from benchmarks.quality.labelled import Prepared, prepare, roc_auc, sets
from benchmarks.quality.peers import FULL
from benchmarks.quality.peers_reading import Floats, Task, task_of
from benchmarks.quality.peers_statistics import bootstrap_aucs
from benchmarks.quality.workers import each
from driftlock_core.scoring import Scorer, UnitScores

WANTED = {"fraud": 0.94, "csic2010": 0.995, "deepset_injection": 0.97}
MODELS = {"trees": learned.trees, "linear": learned.linear}
READINGS: dict[str, Callable[[Task], tuple[Floats, Floats]]] = {
    "counts": lambda task: task.counts,
    "columns": lambda task: task.columns,
    "words": lambda task: task.word_weights,
}


def of_set(data: Path, name: str) -> list[str]:
    """One set; every model is asked about units it has not been shown."""
    prepared = prepare(data, name)
    positive = prepared.positive
    scorer = Scorer(prepared.baseline, overlapping=prepared.overlapping)
    scored = scorer.score(prepared.units)
    draws = bootstrap_aucs(scored.scores, positive, FULL.draws)
    low, high = np.nanquantile(draws, (0.025, 0.975))
    views = {view: roc_auc(part, positive) for view, part in scored.by_view.items()}
    reached, weighed = _with_labels(prepared, scorer, scored) if learned.available() else ("–", "–")
    return [
        name,
        f"{WANTED[name]:.3f}",
        f"{roc_auc(scored.scores, positive):.3f}",
        f"{low:.3f}–{high:.3f}",
        f"{np.mean(draws >= WANTED[name]):.3f}",
        ", ".join(f"{view} {views[view]:.3f}" for view in sorted(views, key=lambda view: -views[view])),
        reached,
        weighed,
    ]


def _with_labels(prepared: Prepared, scorer: Scorer, scored: UnitScores) -> tuple[str, str]:
    """The best model with labels: on what peers read, and on what our own views measure."""
    positive = prepared.positive
    task = task_of(prepared, scorer.masking.masker, scorer.reading.shape, FULL.references)
    theirs = {
        f"{model} on {reading}": held_out(fit, *columns(task), positive)
        for reading, columns in READINGS.items()
        for model, fit in MODELS.items()
    }
    known, asked = (
        np.array([b"\n".join(unit).decode(errors="replace") for unit in side])
        for side in (prepared.baseline, prepared.units)
    )
    theirs["linear on pieces of characters"] = held_out(learned.linear_on_pieces, known, asked, positive)
    measured = {
        "sums": np.column_stack([*scored.by_view.values()]),
        "statistics": statistics(scorer, units_of(scorer, prepared.units)),
    }
    ours = {
        f"{model} on {what}": held_out(fit, columns[:0], columns, positive)
        for what, columns in measured.items()
        for model, fit in MODELS.items()
    }
    best, own = (max(found.items(), key=lambda pair: pair[1]) for found in (theirs, ours))
    return f"{best[0]} {best[1]:.3f}", f"{own[0]} {own[1]:.3f}"


def held_out(fit: learned.Fit, known: np.ndarray, asked: np.ndarray, positive: np.ndarray) -> float:
    """ROC-AUC over all folds of the units asked; the baseline is shown to every model."""
    fold = learned.folds(positive)
    aucs = []
    for at in range(learned.FOLDS):
        seen = fold != at
        rows = np.concatenate((known, asked[seen]))
        labels = np.concatenate((np.zeros(len(known), dtype=bool), positive[seen]))
        # Scores of two models cannot be compared, so each fold is measured by itself.
        aucs.append(roc_auc(fit(rows, labels, asked[~seen]), positive[~seen]))
    return float(np.mean(aucs))


def tables(data: Path) -> str:
    """The sets on which more was wanted."""
    names = [name for name in WANTED if name in sets(data)]
    head = [
        "set",
        "wanted",
        "reached",
        "95 % interval",
        "draws that reach it",
        "views alone",
        "the best with labels on what peers read",
        "the best with labels on what our views measure",
    ]
    rows = table(head, each(partial(of_set, data), names))
    return rows + ("" if learned.available() else f"\n\n{learned.NEEDS}")
