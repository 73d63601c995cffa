"""How far a set of tokens is from the nearest sets of the baseline, rare tokens weighing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups
from driftlock_core.views.stretches import Ints
from driftlock_core.views.token_lists import lists_of

REFERENCES: Final = 2000  # more make every look-up dearer and hardly come nearer
NEIGHBOURS: Final = 3
_LEAST: Final = 0.02  # bits: what everybody has still counts for something
# Weights are whole multiples of this many bits, so that sums of them are exact and no order changes them.
_GRAIN: Final = 2.0**-10


@dataclass(frozen=True, slots=True, eq=False)
class _Left:
    """What leaving references out changes: none for a unit to score."""

    members: Ints  # numbers of the references left out
    tokens: Ints  # known tokens these hold, ascending
    fewer: Ints  # in how many of them each token is


_NONE: Final = np.zeros(0, dtype=np.int64)
_NOBODY: Final = _Left(_NONE, _NONE, _NONE)


class NearestSets:
    """
    Baseline sets of tokens, at most 2000 of them taken at equal steps, behind an inverted index.

    A token that *df* of the n references hold weighs max(0.02, −log2((df + ½) / (n + 1))) bits. With a group
    left out, df counts the others and n stays; what all n hold counts as held by all n.

    Args:
        sets: Tokens of each baseline unit, ascending, each once.
        groups: Which units are left out together.
    """

    def __init__(self, sets: Sequence[Ints], groups: Groups) -> None:
        count = min(len(sets), REFERENCES)
        self.units = np.arange(count) * len(sets) // max(count, 1)  # baseline unit behind each reference
        chosen = [sets[at] for at in self.units.tolist()]
        self._members: dict[int, list[int]] = {}
        for member, group in enumerate(groups[self.units].tolist()):
            self._members.setdefault(group, []).append(member)
        tokens = np.concatenate([_NONE, *chosen])
        holder = np.repeat(np.arange(count), [len(tokens) for tokens in chosen])
        self._vocabulary, place, self._held = np.unique(tokens, return_inverse=True, return_counts=True)
        self._sets = np.split(place, np.cumsum([len(tokens) for tokens in chosen])[:-1])
        self._common = 2 * self._held > count
        listed, self._listed = lists_of(place, holder, self._common, count)
        self._starts = np.cumsum(listed) - listed
        self._lists = listed
        bits = np.maximum(_LEAST, -np.log2((np.arange(count + 1) + 0.5) / (count + 1)))
        self._weights: Floats = np.round(bits / _GRAIN) * _GRAIN  # by number of holders
        every = np.arange(len(self._vocabulary))
        self._sizes = self._shared(self._entries(every), every, self._weights[self._held])

    def distances(self, tokens: Ints, *, without: int | None = None) -> tuple[float, float]:
        """
        Share of the set's weight that a reference lacks, and of the union's that is not shared.

        Each is the mean over its 3 nearest references, those of group *without*
        left out of neighbours and of weights alike. In [0, 1]; 1 if nobody is left.
        """
        residue, jaccard = self._all_distances(tokens, _NOBODY if without is None else self._left(without))
        return _mean_of_least(residue), _mean_of_least(jaccard)

    def nearest(self, tokens: Ints) -> int | None:
        """The reference with the smallest Jaccard distance, the first of equals; none if there are none."""
        _, jaccard = self._all_distances(tokens, _NOBODY)
        return int(np.argmin(jaccard)) if len(jaccard) else None

    def tokens(self, reference: int) -> Ints:
        """The tokens of one reference, ascending."""
        held: Ints = self._vocabulary[self._sets[reference]]
        return held

    def weight(self, token: int) -> float:
        """Bits of one token."""
        place = int(np.searchsorted(self._vocabulary, token))
        known = place < len(self._vocabulary) and self._vocabulary[place] == token
        return float(self._weights[self._held[place] if known else 0])

    def _all_distances(self, tokens: Ints, left: _Left) -> tuple[Floats, Floats]:
        known = self._known(tokens)
        entries = self._entries(known)
        weights = self._weights[self._others(self._held[known], _looked_up(left, known))]
        whole = float(weights.sum()) + (len(tokens) - len(known)) * float(self._weights[0])
        shared = self._shared(entries, known, weights)
        sizes = self._sizes
        if len(left.members):
            before = self._held[left.tokens]
            after = self._others(before, left.fewer)
            change = self._weights[after] - self._weights[before]
            # As a rule the only reference left out is the unit itself: what was looked up serves twice.
            theirs = entries if np.array_equal(left.tokens, known) else self._entries(left.tokens)
            sizes = sizes + self._shared(theirs, left.tokens, change)
        union = whole + sizes - shared
        residue: Floats = (whole - shared) / (whole or 1.0)
        jaccard: Floats = (union - shared) / np.where(union > 0, union, 1.0)
        if not len(left.members):
            return residue, jaccard
        return np.delete(residue, left.members), np.delete(jaccard, left.members)

    def _others(self, held: Ints, left: Ints) -> Ints:
        """
        Holders of tokens once those left out are gone; all n, still, of what everybody holds.

        Else that would weigh a hair more inside the baseline than outside, and
        where all units are alike a hair decides their rank.
        """
        return np.where(held == len(self.units), held, held - left)

    def _known(self, tokens: Ints) -> Ints:
        """Places in the vocabulary of the tokens it holds."""
        if not len(self._vocabulary):
            return _NONE
        place = np.minimum(np.searchsorted(self._vocabulary, tokens), len(self._vocabulary) - 1)
        found: Ints = place[self._vocabulary[place] == tokens]
        return found

    def _left(self, group: int) -> _Left:
        members = self._members.get(group)
        if members is None:
            return _NOBODY
        tokens, fewer = np.unique(
            np.concatenate([self._sets[member] for member in members]), return_counts=True
        )
        return _Left(np.array(members, dtype=np.int64), tokens, fewer)

    def _entries(self, known: Ints) -> Ints:
        """What the index lists for these tokens: references that hold them, or lack them if common."""
        listed = self._lists[known]
        first = np.cumsum(listed) - listed
        places = np.repeat(self._starts[known] - first, listed) + np.arange(int(listed.sum()))
        return self._listed[places]

    def _shared(self, entries: Ints, known: Ints, weights: Floats) -> Floats:
        """Weight of these tokens in each reference, from their *entries*."""
        common = self._common[known]
        signed = np.repeat(np.where(common, -weights, weights), self._lists[known])
        found: Floats = np.bincount(entries, weights=signed, minlength=len(self.units)).astype(np.float64)
        return found + float(weights[common].sum())


def _looked_up(left: _Left, known: Ints) -> Ints:
    """In how many of the references left out each of these tokens is."""
    if not len(left.tokens):
        return np.zeros(len(known), dtype=np.int64)
    place = np.minimum(np.searchsorted(left.tokens, known), len(left.tokens) - 1)
    return np.where(left.tokens[place] == known, left.fewer[place], 0)


def _mean_of_least(distances: Floats) -> float:
    if not len(distances):
        return 1.0
    count = min(NEIGHBOURS, len(distances))
    return float(np.sort(np.partition(distances, count - 1)[:count]).sum()) / count
