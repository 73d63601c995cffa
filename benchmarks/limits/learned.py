"""What a model with labels makes of the same units: an upper reference, never a detector."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Fit = Callable[[Any, Bools, Any], Floats]  # rows with labels, and rows that are asked about

FOLDS: Final = 4
TREES: Final = 50
NEEDS: Final = 'Left out, scikit-learn not being installed: what labels would reach. pip install -e ".[bench-peers]" brings it.'


def available() -> bool:
    """Whether its library is here."""
    return find_spec("sklearn") is not None


def trees(columns: Floats, labels: Bools, asked: Floats) -> Floats:
    """Gradient-boosted trees fitted on labelled rows; how positive each row of *asked* is."""
    made = import_module("sklearn.ensemble").HistGradientBoostingClassifier(
        max_iter=TREES, max_leaf_nodes=15, early_stopping=False, random_state=0
    )
    return np.asarray(made.fit(columns, labels).predict_proba(asked)[:, 1], dtype=np.float64)


def linear(columns: Floats, labels: Bools, asked: Floats) -> Floats:
    """Logistic regression on standardised columns."""
    centre, spread = columns.mean(axis=0), columns.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    made = import_module("sklearn.linear_model").LogisticRegression(C=0.1, max_iter=500)
    fitted = made.fit((columns - centre) / spread, labels)
    return np.asarray(fitted.decision_function((asked - centre) / spread), dtype=np.float64)


def linear_on_pieces(texts: Any, labels: Bools, asked: Any) -> Floats:
    """Logistic regression on TF-IDF weights of all runs of one to four characters."""
    pieces = import_module("sklearn.feature_extraction.text").TfidfVectorizer(
        analyzer="char", ngram_range=(1, 4), sublinear_tf=True, min_df=2, lowercase=False
    )
    made = import_module("sklearn.linear_model").LogisticRegression(
        C=100.0, solver="liblinear", random_state=0
    )
    fitted = made.fit(pieces.fit_transform(texts), labels)
    return np.asarray(fitted.decision_function(pieces.transform(asked)), dtype=np.float64)


def folds(positive: Bools) -> npt.NDArray[np.int64]:
    """A fold for each unit, both classes spread evenly over all of them."""
    fold = np.empty(len(positive), dtype=np.int64)
    for kind in (positive, ~positive):
        fold[kind] = np.arange(int(kind.sum())) % FOLDS
    return fold
