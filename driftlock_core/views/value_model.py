"""
Characters of short texts, predicted from up to four before them, given what kind of text it is.

Interpolated Witten–Bell: p = 1 / (V + 60); then for the contexts of 0 to 4
preceding characters, as long as they are known, p ← (n + T p) / (N + T), where
the context was seen N times with T different successors, n times with this one.
Contexts do not cross texts; each text ends with an end symbol.

Contexts are numbered order by order: the context of k characters before a
place is the (k−1)-gram, in its own context, at the place before. So each
order takes one search per character in a sorted array.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats
from driftlock_core.views.field_codes import Ints

ORDER: Final = 4
ESCAPE: Final = 60  # symbols that might yet come
END: Final = 256
_SYMBOLS: Final = 512  # keys are context · 512 + symbol
_BLOCK: Final = 1 << 19  # characters worked on at a time, at least one text


@dataclass(frozen=True, slots=True, eq=False)
class TextBits:
    """Per text: bits of all its symbols, their number (the end included), its dearest at order 0."""

    total: Floats
    symbols: Ints
    dearest: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """Counts of one order: keys sorted; N and T by number of the context."""

    keys: Ints
    counts: Ints
    times: Ints
    successors: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Symbols:
    """Texts laid end to end."""

    symbols: Ints
    text: Ints  # which text a place belongs to
    position: Ints  # in its text
    starts: Ints


class ValueModel:
    """
    Counts of texts by kind.

    Args:
        texts, kinds: Distinct texts with their kinds, numbered from 0.
        times: How often the baseline has each.
    """

    def __init__(self, texts: Sequence[bytes], kinds: Ints, times: Ints) -> None:
        self._texts, self._kinds = texts, kinds
        laid = _laid(texts)
        weights = times[laid.text]
        self._alphabet = len(np.unique(laid.symbols)) + 1
        self._orders: list[_Order] = []
        context = kinds[laid.text]
        contexts = int(kinds.max()) + 1 if len(kinds) else 0
        for _ in range(ORDER + 1):
            able = np.flatnonzero(context >= 0)
            keys, inverse = np.unique(context[able] * _SYMBOLS + laid.symbols[able], return_inverse=True)
            counts = _summed(inverse, weights[able], len(keys))
            above = keys // _SYMBOLS
            totals = _summed(above, counts, contexts)
            self._orders.append(_Order(keys, counts, totals, np.bincount(above, minlength=contexts)))
            node = np.full(len(context), -1, dtype=np.int64)
            node[able] = inverse
            context, contexts = _next(node, laid), len(keys)

    def outside(self, texts: Sequence[bytes], kinds: Ints) -> TextBits:
        """Bits of texts under the baseline."""
        parts = []
        for start, stop in _blocks([len(text) + 1 for text in texts]):
            laid = _laid(texts[start:stop])
            chance = np.full(len(laid.symbols), 1 / (self._alphabet + ESCAPE))
            first = chance
            context = kinds[start:stop][laid.text]
            for number, order in enumerate(self._orders):
                node, seen = _found(order, context, laid.symbols)
                known = np.flatnonzero(context >= 0)
                times, successors = order.times[context[known]], order.successors[context[known]]
                chance[known] = _mixed(chance[known], seen[known], times, successors)
                if number == 0:
                    first = chance.copy()
                context = _next(node, laid)
            parts.append(_of_texts(laid, chance, first))
        return _joined(parts)

    def inside(self, cells: Ints, members: Ints, times: Ints) -> TextBits:
        """
        Bits of baseline texts, each with the counts of its cell taken out.

        Args:
            cells: Ascending, one entry per text to cost: texts of one kind that are left out together.
            members: Which text, as numbered in the constructor.
            times: How often the cell holds it.
        """
        lengths = [len(self._texts[member]) + 1 for member in members.tolist()]
        parts = []
        for start, stop in _blocks(lengths, cells):
            chosen = members[start:stop]
            laid = _laid([self._texts[member] for member in chosen.tolist()])
            cell = np.unique(cells[start:stop], return_inverse=True)[1][laid.text]
            weight = times[start:stop][laid.text]
            chance = np.full(len(laid.symbols), 1 / (self._alphabet + ESCAPE))
            first = chance
            context = self._kinds[chosen][laid.text]
            for number, order in enumerate(self._orders):
                node, seen = _found(order, context, laid.symbols)
                known = np.flatnonzero(context >= 0)
                own = _own(order, cell[known], node[known], context[known], weight[known])
                above = context[known]
                chance[known] = _mixed(
                    chance[known],
                    seen[known] - own[0],
                    order.times[above] - own[1],
                    order.successors[above] - own[2],
                )
                if number == 0:
                    first = chance.copy()
                context = _next(node, laid)
            parts.append(_of_texts(laid, chance, first))
        return _joined(parts)


def _own(order: _Order, cell: Ints, node: Ints, context: Ints, weight: Ints) -> tuple[Ints, Ints, Ints]:
    """What each place's cell contributed to n, N and T there."""
    if not len(cell):
        return cell, cell, cell
    pairs, first, inverse = np.unique(
        cell * (len(order.keys) + 1) + node, return_index=True, return_inverse=True
    )
    seen = _summed(inverse, weight, len(pairs))
    contexts, above = np.unique(cell * (len(order.times) + 1) + context, return_inverse=True)
    times = _summed(above, weight, len(contexts))
    alone = (seen == order.counts[node[first]]).astype(np.int64)
    successors = _summed(above[first], alone, len(contexts))
    return seen[inverse], times[above], successors[above]


def _mixed(chance: Floats, seen: Ints, times: Ints, successors: Ints) -> Floats:
    known = times > 0
    mixed: Floats = np.where(
        known, (seen + successors * chance) / np.where(known, times + successors, 1), chance
    )
    return mixed


def _found(order: _Order, context: Ints, symbols: Ints) -> tuple[Ints, Ints]:
    """Number of the symbol in its context, −1 if never seen there, and how often it was."""
    node, seen = np.full(len(context), -1, dtype=np.int64), np.zeros(len(context), dtype=np.int64)
    able = np.flatnonzero(context >= 0)
    if len(able) and len(order.keys):
        keys = context[able] * _SYMBOLS + symbols[able]
        at = np.minimum(np.searchsorted(order.keys, keys), len(order.keys) - 1)
        hit = order.keys[at] == keys
        node[able[hit]], seen[able[hit]] = at[hit], order.counts[at[hit]]
    return node, seen


def _next(node: Ints, laid: _Symbols) -> Ints:
    """The contexts of one order more: what stands one place before, in the same text."""
    context = np.full(len(node), -1, dtype=np.int64)
    context[1:] = np.where(laid.position[1:] > 0, node[:-1], -1)
    return context


def _laid(texts: Sequence[bytes]) -> _Symbols:
    lengths = np.array([len(text) + 1 for text in texts], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    text = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    symbols = np.full(len(text), END, dtype=np.int64)
    inner = np.ones(len(text), dtype=bool)
    inner[starts + lengths - 1] = False
    symbols[inner] = np.frombuffer(b"".join(texts), dtype=np.uint8)
    return _Symbols(symbols, text, np.arange(len(text), dtype=np.int64) - starts[text], starts)


def _of_texts(laid: _Symbols, chance: Floats, first: Floats) -> TextBits:
    count = len(laid.starts)
    # bincount adds one by one: the sum of a text does not depend on its neighbours.
    total = np.bincount(laid.text, weights=-np.log2(chance), minlength=count).astype(np.float64)
    plain = np.where(laid.symbols == END, 0.0, -np.log2(first))
    return TextBits(total, np.bincount(laid.text, minlength=count), np.maximum.reduceat(plain, laid.starts))


def _joined(parts: Sequence[TextBits]) -> TextBits:
    if not parts:
        return TextBits(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))
    return TextBits(
        np.concatenate([part.total for part in parts]),
        np.concatenate([part.symbols for part in parts]),
        np.concatenate([part.dearest for part in parts]),
    )


def _blocks(lengths: Sequence[int], cells: Ints | None = None) -> list[tuple[int, int]]:
    """Runs of texts of about equal total length; a cell is never split."""
    blocks, start, held = [], 0, 0
    for stop, length in enumerate(lengths):
        whole = cells is None or stop == 0 or cells[stop] != cells[stop - 1]
        if held >= _BLOCK and whole:
            blocks.append((start, stop))
            start, held = stop, 0
        held += length
    return [*blocks, (start, len(lengths))] if lengths else []


def _summed(places: Ints, weights: Ints, size: int) -> Ints:
    totals: Ints = np.bincount(places, weights=weights, minlength=size).astype(np.int64)
    return totals
