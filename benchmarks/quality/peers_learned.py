"""
Peers from optional libraries, each at its library's defaults unless a number is named here.

The libraries are imported where they are used: the benchmarks run without them.
"""

import warnings
from importlib import import_module
from typing import Any, Final

import numpy as np

from benchmarks.quality.peers_reading import Floats, Task

NEIGHBOURS: Final = 20
EXPLAINED: Final = 0.95  # share of the baseline's variance that PCA keeps
TREES: Final = 25
BASELINE_PER_BATCH: Final = 100  # baseline units for each unit scored at once
MOST_COLUMNS: Final = 64  # that half-space trees get, the most variable ones
SEED: Final = 20260302

Columns = tuple[Floats, Floats]  # baseline, units


def isolation_forest(task: Task) -> Floats:
    """How few random cuts isolate the unit."""
    return _outlying(import_module("sklearn.ensemble").IsolationForest(random_state=SEED), task.columns)


def local_outlier_factor(columns: Columns) -> Floats:
    """How much sparser the unit lies than its 20 nearest baseline units."""
    neighbours = min(NEIGHBOURS, len(columns[0]) - 1)
    made = import_module("sklearn.neighbors").LocalOutlierFactor(n_neighbors=neighbours, novelty=True)
    return _outlying(made, columns)


def one_class_svm(columns: Columns) -> Floats:
    """How far outside a radial-basis hull of the baseline the unit lies, a tenth of the baseline left outside."""
    return _outlying(import_module("sklearn.svm").OneClassSVM(nu=0.1, gamma="scale"), columns)


def _outlying(detector: Any, columns: Columns) -> Floats:
    known, asked = columns
    detector.fit(known)
    return -np.asarray(detector.score_samples(asked), dtype=np.float64)


def pca_reconstruction(columns: Columns) -> Floats:
    """Squared distance to the subspace that holds 95 % of the baseline's variance."""
    known, asked = columns
    pca = import_module("sklearn.decomposition").PCA(n_components=EXPLAINED, svd_solver="full").fit(known)
    lost = asked - pca.inverse_transform(pca.transform(asked))
    return np.asarray((lost**2).sum(axis=1), dtype=np.float64)


def ecod(task: Task) -> Floats:
    """How far out in the tails of the columns' own distributions the unit lies."""
    return _tails("ecod", "ECOD", task)


def copod(task: Task) -> Floats:
    """The same by an empirical copula."""
    return _tails("copod", "COPOD", task)


def _tails(module: str, name: str, task: Task) -> Floats:
    known, asked = task.columns
    detector = getattr(import_module(f"pyod.models.{module}"), name)()
    # These two rank what they score together with the baseline. Few at a time, units hardly see each other.
    at_once = max(1, len(known) // BASELINE_PER_BATCH)
    batches = [asked[first : first + at_once] for first in range(0, len(asked), at_once)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the skewness of constant columns
        detector.fit(known)
        return np.concatenate(
            [np.asarray(detector.decision_function(batch), np.float64) for batch in batches]
        )


def half_space_trees(task: Task) -> Floats:
    """How empty the half-spaces are that the unit falls into, the baseline having been streamed once."""
    known, asked = task.columns
    columns = np.argsort(-known.var(axis=0), kind="stable")[:MOST_COLUMNS]
    low, high = known[:, columns].min(axis=0), known[:, columns].max(axis=0)
    known, asked = (
        np.clip((side[:, columns] - low) / np.maximum(high - low, 1e-9), 0.0, 1.0) for side in (known, asked)
    )
    trees = import_module("river.anomaly").HalfSpaceTrees(
        n_trees=TREES, window_size=min(250, len(known) // 2), seed=SEED
    )
    for row in known:
        trees.learn_one(dict(enumerate(row.tolist())))
    return np.array([trees.score_one(dict(enumerate(row.tolist()))) for row in asked])


def drain_new_templates(task: Task) -> Floats:
    """Share of a unit's masked lines that match no template Drain3 made of the baseline's."""
    config = import_module("drain3.template_miner_config").TemplateMinerConfig()
    miner = import_module("drain3").TemplateMiner(config=config)
    for line in dict.fromkeys(line for unit in task.masked_baseline for line in unit):
        miner.add_log_message(line.decode(errors="replace"))
    distinct = dict.fromkeys(line for unit in task.masked_units for line in unit)
    known = {line: miner.match(line.decode(errors="replace")) is not None for line in distinct}
    return np.array([sum(not known[line] for line in unit) / max(len(unit), 1) for unit in task.masked_units])
