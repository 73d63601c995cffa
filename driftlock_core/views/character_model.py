"""
Code lengths of long texts under interpolated Witten-Bell contexts, whole batches at once.

Every gram the baseline holds has a number, its place among the sorted
(number of the gram without its last symbol, last symbol) pairs. A context of
any length is thus one whole number, and looking it up is exact. The chance of
every known gram is worked out once; a text to score looks it up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from driftlock_core import kernel
from driftlock_core.views.contract import Floats, Groups
from driftlock_core.views.key_table import KeyTable, numbered
from driftlock_core.views.stretches import Ints, Stretches

_UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """All grams of one length by their numbers, and the contexts they continue, for units to score."""

    table: KeyTable  # of context * alphabet + symbol; the place of a key is the number of the gram
    chances: Floats  # of the last symbol of each gram after the others
    escapes: Floats  # by which the chance under a shorter context is multiplied for a symbol new to a context


@dataclass(frozen=True, slots=True, eq=False)
class CharacterModel:
    """
    ``p ← (n + T·p) / (N + T)`` from order 0 up, starting at ``1 / (V + escapes)``.

    N: how often the context was followed by anything; n: by this symbol; T: by
    how many different ones; V: different symbols in the baseline plus one.
    Contexts lie inside the text; an unseen context leaves p as it is.
    """

    alphabet: Ints
    orders: tuple[_Order, ...]
    floor: float  # probability of a symbol before anything is counted
    _symbols: KeyTable  # of the alphabet

    @classmethod
    def fitted(
        cls, texts: Stretches, groups: Groups, *, orders: Sequence[int], escapes: float
    ) -> tuple[Self, list[Floats]]:
        """
        The model of *texts*, and for each of the asked *orders* (ascending) the bits of every symbol of
        *texts* under the counts of all other groups. V stays that of the whole baseline, so that a symbol
        only one group uses costs that group what a new symbol costs a new text.
        """
        alphabet = np.unique(texts.symbols)
        symbols = np.searchsorted(alphabet, texts.symbols).astype(np.int64)
        plain = np.full(len(symbols), floor := 1 / (len(alphabet) + 1 + escapes))  # nothing left out
        group_of = np.repeat(np.unique(groups, return_inverse=True)[1].astype(np.int64), texts.lengths)
        group_count = len(groups) or 1
        offsets = texts.offsets
        chance = plain.copy()
        grams = np.zeros(len(symbols), dtype=np.int64)  # number of the gram that ends at each position
        own_grams = group_of  # the same, numbered apart for each group
        contexts, own_contexts = 1, group_count
        counted: list[_Order] = []
        bits: list[Floats] = []
        for order in range(max(orders) + 1):
            (at,) = np.nonzero(offsets >= order)
            before, own_before = (grams[at - 1], own_grams[at - 1]) if order else (grams, own_grams)
            table, keys, gram, counts = numbered(before * len(alphabet) + symbols[at])
            _, own_keys, own_gram, own_counts = numbered(gram * group_count + group_of[at])
            above = keys // max(len(alphabet), 1)
            totals = np.bincount(before, minlength=contexts)
            kinds = np.bincount(above, minlength=contexts)
            plain[at] = _continued(plain[at], n=counts[gram], total=totals[before], kinds=kinds[before])
            of_gram = np.zeros(len(keys) + 1)  # the last for "none of them"
            of_gram[gram] = plain[at]
            counted.append(
                _Order(table, of_gram, np.where(totals > 0, kinds / np.maximum(totals + kinds, 1), 1.0))
            )
            example = np.zeros(len(own_keys), dtype=np.int64)
            example[own_gram] = np.arange(len(at))  # all with one own gram have one own context
            nobody_else = own_counts == counts[own_keys // group_count]
            own_totals = np.bincount(own_before, minlength=own_contexts)
            own_kinds = np.bincount(own_before[example[nobody_else]], minlength=own_contexts)
            chance[at] = _continued(
                chance[at],
                n=counts[gram] - own_counts[own_gram],
                total=totals[before] - own_totals[own_before],
                kinds=kinds[before] - own_kinds[own_before],
            )
            grams, own_grams = np.zeros_like(symbols), np.zeros_like(symbols)
            grams[at], own_grams[at] = gram, own_gram
            contexts, own_contexts = len(keys), len(own_keys)
            if order in orders:
                bits.append(-np.log2(chance))
        return cls(alphabet, tuple(counted), floor, KeyTable(alphabet)), bits

    def bits(self, texts: Stretches, *, orders: Sequence[int]) -> list[Floats]:
        """For each of the asked *orders* (ascending) the bits of every symbol of *texts*. Learns nothing."""
        if not len(self.alphabet):
            return [np.full(len(texts.symbols), -np.log2(self.floor)) for _ in orders]
        symbols = self._symbols.find(texts.symbols)
        if kernel.contexts is not None:
            rooms = {number: np.empty(len(symbols)) for number in orders}
            known = tuple(
                (*order.table.parts, order.chances, order.escapes, rooms.get(number))
                for number, order in enumerate(self.orders[: max(orders) + 1])
            )
            kernel.contexts(known, len(self.alphabet), self.floor, symbols, texts.borders)
            return [-np.log2(rooms[number]) for number in orders]
        chance = np.full(len(symbols), self.floor)
        grams = np.zeros(len(symbols), dtype=np.int64)
        offsets = texts.offsets
        found: list[Floats] = []
        for number, order in enumerate(self.orders[: max(orders) + 1]):
            if number:
                before = np.concatenate([[_UNKNOWN], grams[:-1]])
                (at,) = np.nonzero((offsets >= number) & (before != _UNKNOWN))
                before = before[at]
            else:
                at, before = np.arange(len(symbols)), grams
            last = symbols[at]
            gram = order.table.find(np.where(last == _UNKNOWN, _UNKNOWN, before * len(self.alphabet) + last))
            chance[at] = np.where(gram == _UNKNOWN, chance[at] * order.escapes[before], order.chances[gram])
            grams = np.full(len(symbols), _UNKNOWN)
            grams[at] = gram
            if number in orders:
                found.append(-np.log2(chance))
        return found


def _continued(chance: Floats, *, n: Ints, total: Ints, kinds: Ints) -> Floats:
    """One order more of interpolation, where the context has been seen."""
    return np.where(total > 0, (n + kinds * chance) / np.maximum(total + kinds, 1), chance)
