"""
Driftlock next to its peers on labelled sets: ``python -m benchmarks.quality.peers [--data DIR] [--sets a,b]``.

DIR (or the variable DRIFTLOCK_DATA) holds dev/*.jsonl.gz. Every detector learns
the units of split "train" and scores the same units of split "test"; labels are
read after all have scored.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.quality import peers_learned as learned
from benchmarks.quality import peers_plain as plain
from benchmarks.quality import peers_tables
from benchmarks.quality.labelled import LITTLE_TO_WIN, Prepared, f1, prepare, roc_auc, sets
from benchmarks.quality.peers_reading import Floats, Task, task_of
from benchmarks.quality.peers_statistics import Difference, bootstrap_aucs, difference
from benchmarks.quality.results import Direction, Result, by_id
from benchmarks.quality.workers import each
from driftlock_core.scoring import Scorer

EXTRA = "bench-peers"
PACKAGES = {"sklearn": "scikit-learn"}  # modules that are installed under another name
ALPHA = 0.05  # largest p-value that Driftlock flags


@dataclass(frozen=True)
class Peer:
    """A detector to compare with; ``id`` never changes."""

    id: str
    title: str
    score: Callable[[Task], Floats]
    module: str | None = None  # what must be importable


PEERS = (
    Peer("iforest", "IsolationForest", learned.isolation_forest, "sklearn"),
    Peer("lof", "LOF (novelty)", lambda task: learned.local_outlier_factor(task.counts), "sklearn"),
    Peer("ocsvm", "one-class SVM", lambda task: learned.one_class_svm(task.counts), "sklearn"),
    Peer("pca", "PCA reconstruction", lambda task: learned.pca_reconstruction(task.counts), "sklearn"),
    Peer(
        "lof_tfidf", "LOF on TF-IDF", lambda task: learned.local_outlier_factor(task.word_weights), "sklearn"
    ),
    Peer(
        "ocsvm_tfidf",
        "one-class SVM on TF-IDF",
        lambda task: learned.one_class_svm(task.word_weights),
        "sklearn",
    ),
    Peer("pca_tfidf", "PCA on TF-IDF", lambda task: learned.pca_reconstruction(task.word_weights), "sklearn"),
    Peer("ecod", "ECOD", learned.ecod, "pyod"),
    Peer("copod", "COPOD", learned.copod, "pyod"),
    Peer("hst", "HalfSpaceTrees", learned.half_space_trees, "river"),
    Peer("drain_new", "Drain3 new templates", learned.drain_new_templates, "drain3"),
    Peer("tfidf_knn", "TF-IDF kNN", plain.tfidf_knn),
    Peer("gzip_knn", "gzip-kNN", plain.gzip_knn),
    Peer("land_new", "new events", plain.unseen_events),
    Peer("land_ecvc", "event-count vectors", plain.count_vectors),
    Peer("land_2gram", "new 2-grams", plain.unseen_pairs),
    Peer("land_edit", "edit distance", plain.edit_distance),
    Peer("length", "length only", plain.length),
    Peer("original", "zstd NCD of whole baseline", plain.original),
)

TITLES = {"driftlock": "**driftlock**"} | {peer.id: peer.title for peer in PEERS}


@dataclass(frozen=True)
class Effort:
    """How much of a set is read, and how often the units are drawn again."""

    units: int
    references: int
    draws: int


FULL = Effort(units=1500, references=1000, draws=2000)
QUICK = Effort(units=300, references=50, draws=500)


@dataclass(frozen=True)
class Comparison:
    """One set's outcome; ``against`` holds each peer's ROC-AUC less Driftlock's."""

    name: str
    shape: str
    units: int
    positive: int
    driftlock: float  # ROC-AUC
    driftlock_f1: float  # at p ≤ 0.05
    flag_everything_f1: float
    peers: dict[str, float]  # ROC-AUC by peer id
    against: dict[str, Difference]

    @property
    def best(self) -> str:
        """Id of the peer with the largest ROC-AUC."""
        return max(self.peers, key=lambda id: self.peers[id])

    @property
    def ahead(self) -> list[str]:
        """Ids of the peers whose whole interval lies above Driftlock, best first."""
        found = [id for id, one in self.against.items() if one.low > 0]
        return sorted(found, key=lambda id: -self.peers[id])


def compare(prepared: Prepared, peers: tuple[Peer, ...], effort: Effort) -> Comparison:
    """Learn and score with Driftlock and each of *peers*, then look at the labels."""
    kept = np.linspace(0, len(prepared.units) - 1, min(effort.units, len(prepared.units))).astype(int)
    positive = prepared.positive[kept]
    prepared = replace(prepared, units=[prepared.units[at] for at in kept], positive=positive)
    scorer = Scorer(prepared.baseline, overlapping=prepared.overlapping)
    scored = scorer.score(prepared.units)
    task = task_of(prepared, scorer.masking.masker, scorer.reading.shape, effort.references)
    # Twelve decimals: what differs only by the order of sums counts as a tie.
    by_peer = {peer.id: np.round(peer.score(task), 12) for peer in peers}
    own, own_draws = roc_auc(scored.scores, positive), bootstrap_aucs(scored.scores, positive, effort.draws)
    aucs = {id: roc_auc(scores, positive) for id, scores in by_peer.items()}
    return Comparison(
        name=prepared.name,
        shape=scorer.reading.shape,
        units=len(prepared.units),
        positive=int(positive.sum()),
        driftlock=own,
        driftlock_f1=f1(scored.p_values <= ALPHA, positive),
        flag_everything_f1=f1(np.ones_like(positive), positive),
        peers=aucs,
        against={
            id: difference(aucs[id] - own, bootstrap_aucs(scores, positive, effort.draws), own_draws)
            for id, scores in by_peer.items()
        },
    )


def results(rows: list[Comparison]) -> list[Result]:
    """Every number under its id; of differences the ends of the interval are kept."""
    found: list[Result] = []

    def keep(id: str, value: float, unit: str = "ROC-AUC", better: Direction = "none") -> None:
        found.append(Result(id=f"peers/{id}", value=value, unit=unit, better=better))

    for row in rows:
        keep(f"{row.name}/driftlock/roc_auc", row.driftlock, better="higher")
        keep(f"{row.name}/driftlock/f1", row.driftlock_f1, "F1 at p ≤ 0.05", "higher")
        keep(f"{row.name}/flag_everything/f1", row.flag_everything_f1, "F1")
        keep(f"{row.name}/peers_ahead", len(row.ahead), "peers", "lower")
        for id, auc in row.peers.items():
            keep(f"{row.name}/{id}/roc_auc", auc)
            keep(f"{row.name}/{id}/less_driftlock_low", row.against[id].low)
            keep(f"{row.name}/{id}/less_driftlock_high", row.against[id].high)
    for id in rows[0].peers:
        keep(f"mean/{id}/roc_auc", mean(row.peers[id] for row in rows))
    keep("mean/driftlock/roc_auc", mean(row.driftlock for row in rows), better="higher")
    return found


def measure(data: Path | None, names: list[str], effort: Effort) -> list[Result]:
    """Compare on the sets called *names*, with the peers that can be imported."""
    return results(each(partial(_of_set, data, effort), names))


def _of_set(data: Path | None, effort: Effort, name: str) -> Comparison:
    return compare(prepare(data, name), available()[0], effort)


def available(peers: tuple[Peer, ...] = PEERS) -> tuple[tuple[Peer, ...], str]:
    """The peers whose library is here, and a sentence about the others ("" if none is missing)."""
    here = tuple(peer for peer in peers if peer.module is None or find_spec(peer.module) is not None)
    missing = [peer for peer in peers if peer not in here]
    if not missing:
        return here, ""
    titles = ", ".join(peer.title for peer in missing)
    modules = ", ".join(sorted({peer.module for peer in missing if peer.module}))
    return (
        here,
        f'Left out, {modules} not being installed: {titles}. pip install -e ".[{EXTRA}]" brings them.',
    )


def main() -> int:
    """Parse the command line, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.peers", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    parser.add_argument("--sets", help="names with commas between; else all sets with something to win")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK.units} units of each set")
    asked = parser.parse_args()
    if asked.data is None or not (folder := Path(asked.data) / "dev").is_dir():
        print(
            "No labelled sets: name a folder with dev/*.jsonl.gz by --data or DRIFTLOCK_DATA.",
            file=sys.stderr,
        )
        return 2
    there = sets(Path(asked.data))
    names = asked.sets.split(",") if asked.sets else [name for name in there if name not in LITTLE_TO_WIN]
    if not names or (unknown := sorted(set(names) - set(there))):
        print(f"Not in {folder}: {', '.join(unknown) if names else 'any set'}.", file=sys.stderr)
        return 2
    if left_out := available()[1]:
        print(left_out + "\n")
    found = by_id(measure(Path(asked.data), names, QUICK if asked.quick else FULL))
    print(peers_tables.verdicts(found), peers_tables.detectors(found, TITLES), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
