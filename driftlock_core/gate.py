"""Which windows are worth more than a bound."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    Which windows get more than the bound of their score.

    Exact score and p_perm: bound ≥ threshold and p_stream ≤ alpha. Beside
    these, the exact score alone where the bound reaches *exact*: a chart of
    scores is then all of one kind.
    """

    threshold: float
    alpha: float
    exact: float = inf
