"""
Driftlock next to its peers on labelled sets: ``python -m benchmarks.quality.peers [--data DIR] [--sets a,b]``.

DIR (or the variable DRIFTLOCK_DATA) holds dev/*.jsonl.gz. Every detector learns
the units of split "train" and scores the same units of split "test"; labels are
read after all have scored.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.quality import peers_learned as learned
from benchmarks.quality import peers_plain as plain
from benchmarks.quality.labelled import Prepared, prepare, roc_auc
from benchmarks.quality.peers_reading import Floats, Task, task_of
from benchmarks.quality.peers_statistics import Difference, bootstrap_aucs, difference, f1
from driftlock_core.scoring import Scorer

# Sets in which many anomalous units equal normal ones, or the anomaly is one of meaning: nothing to compare.
LITTLE_TO_WIN = frozenset({"hdfs_100k", "nezha_tt_0129", "halueval_output"})
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
    seconds: dict[str, float]  # learning and scoring together, by id

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
    seconds = {}
    start = time.perf_counter()
    scorer = Scorer(prepared.baseline, overlapping=prepared.overlapping)
    scored = scorer.score(prepared.units)
    seconds["driftlock"] = time.perf_counter() - start
    task = task_of(prepared, scorer.masking.masker, scorer.reading.shape, effort.references)
    by_peer = {}
    for peer in peers:
        start = time.perf_counter()
        # Twelve decimals: what differs only by the order of sums counts as a tie.
        by_peer[peer.id] = np.round(peer.score(task), 12)
        seconds[peer.id] = time.perf_counter() - start
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
        seconds=seconds,
    )


def print_tables(rows: list[Comparison], peers: tuple[Peer, ...]) -> None:
    """Verdicts a set a row, then every ROC-AUC a detector a row."""
    print("## Driftlock and its best peer: ROC-AUC, difference with 95 % interval, F1\n")
    print(
        "| set | read as | units | positive | driftlock | best peer | peer less driftlock | peers ahead "
        "| F1 flag everything | F1 driftlock p ≤ 0.05 |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        best = row.against[row.best]
        print(
            f"| {row.name} | {row.shape} | {row.units} | {row.positive} | {row.driftlock:.3f} "
            f"| {row.best} {row.peers[row.best]:.3f} | {best.value:+.3f} [{best.low:+.3f}, {best.high:+.3f}] "
            f"| {', '.join(row.ahead) or 'none'} | {row.flag_everything_f1:.3f} | {row.driftlock_f1:.3f} |"
        )
    print(
        f"| **mean** | | | | **{mean(row.driftlock for row in rows):.3f}** "
        f"| **{mean(row.peers[row.best] for row in rows):.3f}** (the best on each set) | | "
        f"| **{mean(row.flag_everything_f1 for row in rows):.3f}** | **{mean(row.driftlock_f1 for row in rows):.3f}** |"
    )
    print("\n## ROC-AUC of each detector\n")
    print("| detector | " + " | ".join(row.name for row in rows) + " | mean | seconds |")
    print("|---" * (len(rows) + 3) + "|")
    lines = [("driftlock", "**driftlock**", [row.driftlock for row in rows])]
    lines += [(peer.id, peer.title, [row.peers[peer.id] for row in rows]) for peer in peers]
    for id, title, aucs in sorted(lines, key=lambda line: -mean(line[2])):
        cells = " | ".join(f"{auc:.3f}" for auc in aucs)
        print(f"| {title} | {cells} | **{mean(aucs):.3f}** | {sum(row.seconds[id] for row in rows):.1f} |")


def measures(rows: list[Comparison]) -> dict[str, float]:
    """Every number under an id that later runs use again: ``peers.<set>.<detector>.<measure>``."""
    found: dict[str, float] = {}
    for row in rows:
        start = f"peers.{row.name}"
        found[f"{start}.driftlock.roc_auc"] = row.driftlock
        found[f"{start}.driftlock.f1"] = row.driftlock_f1
        found[f"{start}.flag_everything.f1"] = row.flag_everything_f1
        for id, auc in row.peers.items():
            found[f"{start}.{id}.roc_auc"] = auc
            found[f"{start}.{id}.less_driftlock"] = row.against[id].value
            found[f"{start}.{id}.less_driftlock_low"] = row.against[id].low
            found[f"{start}.{id}.less_driftlock_high"] = row.against[id].high
    for id in ("driftlock", *rows[0].peers):
        found[f"peers.mean.{id}.roc_auc"] = mean(found[f"peers.{row.name}.{id}.roc_auc"] for row in rows)
    return found


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
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number, by permanent id")
    asked = parser.parse_args()
    if asked.data is None or not (folder := Path(asked.data) / "dev").is_dir():
        print(
            "No labelled sets: name a folder with dev/*.jsonl.gz by --data or DRIFTLOCK_DATA.",
            file=sys.stderr,
        )
        return 2
    there = sorted(path.name.removesuffix(".jsonl.gz") for path in folder.glob("*.jsonl.gz"))
    names = asked.sets.split(",") if asked.sets else [name for name in there if name not in LITTLE_TO_WIN]
    if not names or (unknown := sorted(set(names) - set(there))):
        print(f"Not in {folder}: {', '.join(unknown) if names else 'any set'}.", file=sys.stderr)
        return 2
    peers, left_out = available()
    if left_out:
        print(left_out + "\n")
    effort = QUICK if asked.quick else FULL
    rows = []
    for name in names:
        rows.append(compare(prepare(Path(asked.data), name), peers, effort))
        print(f"{name}: {sum(rows[-1].seconds.values()):.0f} s", file=sys.stderr, flush=True)
    print_tables(rows, peers)
    if asked.json:
        asked.json.write_text(json.dumps(measures(rows), indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
