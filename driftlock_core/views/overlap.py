"""Weighted overlap of token sets with a baseline's, through an inverted index."""

from collections.abc import Hashable, Sequence
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from driftlock_core.views.contract import Floats, Groups

Ints = npt.NDArray[np.int64]
Token = TypeVar("Token", bound=Hashable)

# Beyond this many references the nearest hardly gets nearer, and the time grows with them.
MOST_REFERENCES: Final = 2000
_DECIMALS: Final = 9  # equally near references must not be told apart by rounding
_LEAST_WEIGHT: Final = 0.02  # bits; a token everybody has still counts a little


class Overlap(Generic[Token]):
    """
    Distances between a unit's tokens and those of baseline units.

    Args:
        baseline: Tokens of each unit, without repeats.
        groups: Leave-out group of each unit.
        most: References at most; evenly spread over the baseline if it has more.

    >>> overlap = Overlap([["a", "b"], ["a"], ["a"]], np.arange(3), most=2000)
    >>> overlap.weight_of(1), overlap.distances_outside(["a"], jaccards=1)
    (1.415037499278844, (0.0, 0.0))
    """

    def __init__(
        self, baseline: Sequence[Sequence[Token]], groups: Groups, *, most: int = MOST_REFERENCES
    ) -> None:
        count = len(baseline)
        self._units = count
        self._groups: Ints = np.asarray(groups, dtype=np.int64)
        self._numbers: dict[Token, int] = {}
        self._tokens = [
            np.array([self._numbers.setdefault(token, len(self._numbers)) for token in unit], dtype=np.int64)
            for unit in baseline
        ]
        kinds = len(self._numbers)
        self._df = np.bincount(_joined(self._tokens), minlength=kinds)
        self._weights = self._weight(self._df)
        self._members: dict[int, list[int]] = {}
        for unit, group in enumerate(self._groups.tolist()):
            self._members.setdefault(group, []).append(unit)
        few = min(count, most)
        self.references: Ints = np.arange(few) * count // max(few, 1)
        self._reference_groups = self._groups[self.references]
        chosen = [self._tokens[unit] for unit in self.references.tolist()]
        sizes = np.array([len(tokens) for tokens in chosen], dtype=np.int64)
        owner, token = np.repeat(np.arange(few), sizes), _joined(chosen)
        self._totals: Floats = np.bincount(owner, weights=self._weights[token], minlength=few).astype(
            np.float64
        )
        self._postings = owner[np.argsort(token, kind="stable")]
        self._first = np.concatenate([[0], np.cumsum(np.bincount(token, minlength=kinds))]).astype(np.int64)

    def weight_of(self, df: int) -> float:
        """Bits of a token that *df* other units have."""
        return float(self._weight(np.array([df]))[0])

    def distances_inside(self, unit: int, *, jaccards: int) -> tuple[float, float]:
        """As :meth:`distances_outside`, of a baseline unit, its group neither reference nor counted in df."""
        group = int(self._groups[unit])
        own, df = self._own(group)
        weights = self._weight(df)
        held = np.zeros(len(own), dtype=np.bool_)
        held[np.searchsorted(own, self._tokens[unit])] = True
        references, repeats = self._having(own)
        shared = self._sums(references, np.repeat(np.where(held, weights, 0.0), repeats))
        # Tokens of the own group weigh more in the references too, now that the group is not counted.
        gained = self._sums(references, np.repeat(weights - self._weights[own], repeats))
        free = self._reference_groups != group
        total = float(np.sum(weights[held]))
        return _nearest(total, shared[free], (self._totals + gained)[free], jaccards)

    def distances_outside(self, tokens: Sequence[Token], *, jaccards: int) -> tuple[float, float]:
        """Smallest res, and mean of the *jaccards* smallest jac; 1 where there is nothing to compare with."""
        known = self._known(tokens)
        total = float(np.sum(self._weights[known])) + (len(tokens) - len(known)) * self.weight_of(0)
        return _nearest(total, self._shared(known), self._totals, jaccards)

    def missing(self, tokens: Sequence[Token]) -> tuple[int, list[tuple[Token, float]]]:
        """The reference nearest by res (its place in the baseline, −1: none) and the tokens it lacks, with their bits."""
        known = self._known(tokens)
        held: frozenset[int] = frozenset()
        nearest = -1
        if len(self.references):
            shared = np.round(self._shared(known), _DECIMALS)
            nearest = int(self.references[int(np.argmax(shared))])
            held = frozenset(self._tokens[nearest].tolist())
        lacking = []
        for token in tokens:
            number = self._numbers.get(token)
            if number is None or number not in held:
                bits = self.weight_of(0) if number is None else float(self._weights[number])
                lacking.append((token, bits))
        return nearest, lacking

    def _known(self, tokens: Sequence[Token]) -> Ints:
        return np.array([self._numbers[token] for token in tokens if token in self._numbers], dtype=np.int64)

    def _own(self, group: int) -> tuple[Ints, Ints]:
        """Tokens of a group, sorted, and how many units of other groups have each."""
        own, held = np.unique(
            _joined([self._tokens[unit] for unit in self._members[group]]), return_counts=True
        )
        return own, self._df[own] - held

    def _weight(self, df: Ints) -> Floats:
        weight: Floats = np.maximum(_LEAST_WEIGHT, -np.log2((df + 0.5) / (self._units + 1)))
        return weight

    def _shared(self, tokens: Ints) -> Floats:
        """For each reference, the summed weight of those of *tokens* it has."""
        references, repeats = self._having(tokens)
        return self._sums(references, np.repeat(self._weights[tokens], repeats))

    def _having(self, tokens: Ints) -> tuple[Ints, Ints]:
        """References that have each of *tokens*, in a row, and how many each token has."""
        lengths = self._first[tokens + 1] - self._first[tokens]
        ends = np.cumsum(lengths)
        size = int(ends[-1]) if len(ends) else 0
        places = np.arange(size) + np.repeat(self._first[tokens] - (ends - lengths), lengths)
        return self._postings[places], lengths

    def _sums(self, references: Ints, weights: Floats) -> Floats:
        sums = np.bincount(references, weights=weights, minlength=len(self.references))
        return sums.astype(np.float64, copy=False)


def _nearest(total: float, shared: Floats, totals: Floats, jaccards: int) -> tuple[float, float]:
    """Res and jac of a unit weighing *total* to the references that may be used."""
    if not len(shared):
        return 1.0, 1.0
    if total == 0.0:
        return 0.0, 0.0
    jaccard = 1 - shared / (total + totals - shared)
    few = min(jaccards, len(jaccard))
    nearest = np.sort(np.partition(jaccard, few - 1)[:few])
    return 1 - float(shared.max()) / total, float(np.sum(nearest)) / few


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
