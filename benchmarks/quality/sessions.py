"""Broken sessions under permanent ids."""

from functools import partial
from pathlib import Path
from statistics import mean

from benchmarks.quality import broken_sessions, labelled
from benchmarks.quality.results import Result
from benchmarks.quality.workers import each


def measure(data: Path) -> list[Result]:
    """ROC-AUC of each kind of fault in each set that is there, and the mean of each kind."""
    there = set(labelled.sets(data))
    names = [name for name in (*broken_sessions.CHOSEN_ON, *broken_sessions.REPORTED) if name in there]
    rows = [row for found in each(partial(broken_sessions.measure_set, data), names) for row in found]
    results = []
    for row in rows:
        id = f"sessions/{row.name}/{row.kind}"
        results += [
            Result(id=f"{id}/roc_auc", value=row.auc, unit="ROC-AUC", better="higher"),
            Result(
                id=f"{id}/hidden",
                value=row.hidden,
                unit="share of units equal to a baseline unit",
                better="none",
            ),
        ]
    for kind in dict.fromkeys(row.kind for row in rows):
        value = mean(row.auc for row in rows if row.kind == kind)
        results.append(
            Result(id=f"sessions/mean/{kind}/roc_auc", value=value, unit="ROC-AUC", better="higher")
        )
    return results
