"""Which windows are worth more than a bound."""

from dataclasses import dataclass, replace
from math import inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    Which windows get more than the bound of their score.

    Exact score and p_perm: bound ≥ threshold and p_stream ≤ alpha. Beside
    these, the exact score alone where the bound reaches *exact*: a chart of
    scores is then all of one kind, and so are the distances of aspects.

    With *every_rule*, whatever any rule within these limits would ask for:
    p_perm also where references are still so few that it might decide alone,
    and ranks of aspects from where they would have a say at *alpha*.
    """

    threshold: float
    alpha: float
    exact: float = inf
    every_rule: bool = False

    def reaching(self, threshold: float) -> "Gate":
        """The same gate, open at *threshold* at least."""
        return replace(self, threshold=min(threshold, self.threshold))
