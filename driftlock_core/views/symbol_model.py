"""
An interpolated Witten-Bell model of symbol sequences that can take any group of its own baseline back out.

Grams are numbered level by level: a gram of k + 1 symbols is the pair (number
of the k symbols before, last symbol), found by binary search among the pairs
of its level. Counting and looking up are then array operations whatever the
order, and nothing depends on hashing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.views.contract import Floats, Groups

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Coded = tuple[Floats, Bools]  # bits and novelty of each position

_UNSEEN: Final = -1  # number of a symbol or gram the baseline does not hold


@dataclass(frozen=True, slots=True)
class _Level:
    """All grams of k + 1 symbols: ``keys`` sorted, ``counts`` beside them; totals of their k-symbol contexts."""

    keys: Ints
    counts: Ints
    totals: Ints  # N by context
    distinct: Ints  # T by context


class SymbolModel:
    """
    Code lengths of symbols given up to *orders* symbols before them.

    Starting from ``p = 1/(V + escapes)``, V being the distinct symbols of the
    baseline and one more, each order k with a context that was met refines
    ``p ← (n + T·p)/(N + T)``: n times the symbol followed the context, N times
    anything did, T distinct symbols did. Contexts do not cross sequences.

    Inside, n, N and T are those of the other groups; V, and N and T of order 0,
    stay those of the whole baseline. Taking the group out of these too would
    move every bit by a hair: where all units are new in the same way, ranks
    would then tell the baseline's own from the next one like it.

    Args:
        sequences: Baseline; symbols are any integers.
        groups: Leave-out group of each sequence.
        orders: Longest context that will be asked for, ≥ 0.
        escapes: Symbols of the world the baseline has not shown, ≥ 0.

    References:
        Witten & Bell, "The Zero-Frequency Problem", 1991.

    >>> model = SymbolModel([[7, 8], [7, 8], [7, 9]], np.arange(3), orders=1, escapes=0)
    >>> model.bits_outside([7, 8], order=1).round(3).tolist()  # p = 5/12 and 47/90
    [1.263, 0.937]
    """

    def __init__(
        self, sequences: Sequence[Sequence[int]], groups: Groups, *, orders: int, escapes: float
    ) -> None:
        self.orders = orders
        symbols, self._starts, self._depths = _flat(sequences)
        self._alphabet, codes = np.unique(symbols, return_inverse=True)
        self._base = len(self._alphabet) + 1
        self._first_p = 1.0 / (self._base + escapes)
        dense = np.unique(np.asarray(groups, dtype=np.int64), return_inverse=True)[1]
        self._groups: Ints = np.repeat(dense, np.diff(self._starts)).astype(np.int64)
        self._codes: Ints = codes.astype(np.int64).reshape(-1)
        self._levels: list[_Level] = []
        contexts = np.zeros(len(self._codes), dtype=np.int64)
        how_many = 1
        for order in range(orders + 1):
            at = np.flatnonzero(self._depths >= order)
            keys, grams, counts = np.unique(
                contexts[at] * self._base + self._codes[at], return_inverse=True, return_counts=True
            )
            parents = keys // self._base
            totals = np.bincount(parents, weights=counts, minlength=how_many).astype(np.int64)
            distinct = np.bincount(parents, minlength=how_many)
            self._levels.append(_Level(keys, counts, totals, distinct))
            contexts = _contexts_after(at, grams.reshape(-1), len(self._codes))
            how_many = len(keys)
        self._inside: dict[int, Coded] = {}

    def bits_inside(self, at: int, *, order: int) -> Floats:
        """Bits of each position of baseline sequence *at*, its group left out."""
        return self.inside_at(order)[order][0][self._starts[at] : self._starts[at + 1]]

    def novel_inside(self, at: int, *, order: int) -> Bools:
        """
        Which positions of baseline sequence *at* end a gram of order + 1 symbols no other group has.

        Positions with fewer than *order* symbols before them are never novel.
        """
        return self.inside_at(order)[order][1][self._starts[at] : self._starts[at + 1]]

    def bits_outside(self, sequence: Sequence[int], *, order: int) -> Floats:
        """Bits of each position of a sequence the baseline does not hold."""
        return self.outside_at([sequence], order)[order][0]

    def novel_outside(self, sequence: Sequence[int], *, order: int) -> Bools:
        """Which positions end a gram of order + 1 symbols the baseline does not hold."""
        return self.outside_at([sequence], order)[order][1]

    def inside_at(self, *orders: int) -> dict[int, Coded]:
        """All baseline positions, the sequences laid in a row, at each of *orders*. Computed once, then kept."""
        if not self._inside.keys() >= set(orders):
            self._inside |= _kept(self._refine_inside(), orders)
        return {order: self._inside[order] for order in orders}

    def outside_at(self, sequences: Sequence[Sequence[int]], *orders: int) -> dict[int, Coded]:
        """All positions of *sequences*, laid in a row, at each of *orders*. Each sequence is coded alone."""
        return _kept(self._refine_outside(sequences), orders)

    def _refine_inside(self) -> Iterator[Coded]:
        """Probability and novelty of each position, order by order; the arrays are reused."""
        p = np.full(len(self._codes), self._first_p)
        contexts = np.zeros(len(self._codes), dtype=np.int64)
        for order, level in enumerate(self._levels):
            at = np.flatnonzero(self._depths >= order)
            context = contexts[at]
            gram = np.searchsorted(level.keys, context * self._base + self._codes[at])
            own = _Own.of(context, gram, self._groups[at], level, self._base)
            n = level.counts[gram] - own.n
            totals, distinct = level.totals[context], level.distinct[context]
            if order > 0:
                totals, distinct = totals - own.totals, distinct - own.distinct
            p[at] = _refined(p[at], n, totals, distinct)
            novel = np.zeros(len(p), dtype=np.bool_)
            novel[at] = n <= 0
            contexts = _contexts_after(at, gram, len(p))
            yield p, novel

    def _refine_outside(self, sequences: Sequence[Sequence[int]]) -> Iterator[Coded]:
        symbols, _, depths = _flat(sequences)
        codes = _number_of(symbols, self._alphabet)
        p = np.full(len(codes), self._first_p)
        contexts = np.zeros(len(codes), dtype=np.int64)
        for order, level in enumerate(self._levels):
            novel = depths >= order
            at = np.flatnonzero(novel & (contexts != _UNSEEN))
            if not len(level.keys):
                at = at[:0]
            context, code = contexts[at], codes[at]
            gram = _number_of(np.where(code == _UNSEEN, _UNSEEN, context * self._base + code), level.keys)
            novel[at] = gram == _UNSEEN
            n = np.where(gram == _UNSEEN, 0, level.counts[gram]) if len(at) else gram
            p[at] = _refined(p[at], n, level.totals[context], level.distinct[context])
            contexts = _contexts_after(at, gram, len(p))
            yield p, novel


def _kept(refining: Iterator[Coded], orders: Sequence[int]) -> dict[int, Coded]:
    """Bits and novelty at the orders asked for, of all that are passed on the way."""
    coded: dict[int, Coded] = {}
    for order, (p, novel) in zip(range(max(orders) + 1), refining, strict=False):
        if order in orders:
            coded[order] = -np.log2(p), novel
    return coded


@dataclass(frozen=True, slots=True)
class _Own:
    """What a position's own group contributes to its gram and its context."""

    n: Ints
    totals: Ints
    distinct: Ints  # successors of the context that only the own group has

    @classmethod
    def of(cls, context: Ints, gram: Ints, groups: Ints, level: _Level, base: int) -> "_Own":
        spread = int(groups.max(initial=0)) + 1
        pairs, pair, n = np.unique(gram * spread + groups, return_inverse=True, return_counts=True)
        homes, home, totals = np.unique(context * spread + groups, return_inverse=True, return_counts=True)
        grams = pairs // spread
        alone = n == level.counts[grams]
        belongs = (level.keys[grams[alone]] // base) * spread + pairs[alone] % spread
        distinct = np.bincount(np.searchsorted(homes, belongs), minlength=len(homes))
        return cls(n[pair.reshape(-1)], totals[home.reshape(-1)], distinct[home.reshape(-1)])


def _refined(p: Floats, n: Ints, total: Ints, distinct: Ints) -> Floats:
    """(n + T·p)/(N + T) where the context was met, else p."""
    # Two quotients, not one: T/(N + T) of equal shares is then equal to the last bit, whatever N is.
    whole = np.maximum(total + distinct, 1)
    refined: Floats = np.where(total > 0, n / whole + (distinct / whole) * p, p)
    return refined


def _flat(sequences: Sequence[Sequence[int]]) -> tuple[Ints, Ints, Ints]:
    """All symbols in a row, where each sequence starts (and the end), and each symbol's place in its sequence."""
    lengths = np.fromiter((len(sequence) for sequence in sequences), dtype=np.int64, count=len(sequences))
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    parts = [np.asarray(sequence, dtype=np.int64) for sequence in sequences if len(sequence)]
    symbols = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    return symbols, starts, np.arange(len(symbols)) - np.repeat(starts[:-1], lengths)


def _shifted(grams: Ints) -> Ints:
    """At each position the gram that ends just before it."""
    return np.concatenate([[_UNSEEN], grams[:-1]]) if len(grams) else grams


def _contexts_after(at: Ints, grams: Ints, size: int) -> Ints:
    """Contexts of the next order, from the grams that end at positions *at*."""
    ended = np.full(size, _UNSEEN)
    ended[at] = grams
    return _shifted(ended)


def _number_of(keys: Ints, known: Ints) -> Ints:
    """Index of each key in the sorted *known*, or −1."""
    if not len(known):
        return np.full(len(keys), _UNSEEN)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[place] == keys, place, _UNSEEN)
