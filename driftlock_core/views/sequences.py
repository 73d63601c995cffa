"""View "symbols": the order of a unit's events, each template a symbol."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.line_templates import END, Templates
from driftlock_core.views.repeats import dearest_repeats
from driftlock_core.views.symbol_model import Coded, Ints, SymbolModel

_ESCAPES: Final = 50.0  # templates a system has in store for us; its logarithm is all that matters
_LONGEST: Final = 8  # events; longer contexts gained nothing
_REACH: Final = 4  # events, where places are shown
_ORDERS: Final = (0, 1, 4, 8)
_MOST_PLACES: Final = 5
# Equal patterns reach the same bits by sums over different counts; ranks must not see the last digits.
_DECIMALS: Final = 9
# A unit left out of its baseline is foretold from one unit less, so the very same unit costs a hair more or less
# outside. Where all units are equal that hair would be a rank; whole steps of so many bits have none.
_STEP = 2.0**-8


class SequenceView:
    """
    How dear a unit's sequence of templates is to a coder that knows the baseline's sequences.

    Statistics, L = events + 1 (the end is coded too): mean bits at orders 4
    and 8; median and 0.9-quantile of the bits at order 4; share of the L
    places whose 1- and 2-gram nobody else has; bits of the unit's end at
    orders 1 and 8; log2(1 + bits of the dearest repetition at order 8); the
    unit's own entropies of order 0 and 1 in bits; log2(1 + events).
    """

    name: Final = "symbols"
    statistics: Final = (
        Statistic(name="seq4.mean"),
        Statistic(name="seq8.mean"),
        Statistic(name="seq4.q50"),
        Statistic(name="seq4.q90"),
        Statistic(name="nov0.rate"),
        Statistic(name="nov1.rate"),
        Statistic(name="end1.bits"),
        Statistic(name="end8.bits"),
        Statistic(name="rep.bits"),
        Statistic(name="self.h0", two_sided=True),
        Statistic(name="self.h1", two_sided=True),
        Statistic(name="len.ev", two_sided=True),
    )

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        self._templates = Templates(baseline)
        self._framed = self._templates.framed(baseline)
        self._model = SymbolModel(self._framed, groups, orders=_LONGEST, escapes=_ESCAPES)

    def inside(self) -> Floats:
        return _rows(self._framed, self._model.inside_at(*_ORDERS))

    def outside(self, units: Sequence[Unit]) -> Floats:
        framed = self._templates.framed(units)
        return _rows(framed, self._model.outside_at(framed, *_ORDERS))

    def places(self, unit: Unit) -> list[Place]:
        """The dearest events at order 4. The unit's end costs bits too, but is no event."""
        coded = self._model.outside_at(self._templates.framed([unit]), 0, 1, 4)
        bits = coded[4][0][1:-1]
        places = []
        for event in np.argsort(-bits, kind="stable")[:_MOST_PLACES].tolist():
            if coded[0][1][event + 1]:
                why = "no unit of the baseline has this line"
            elif coded[1][1][event + 1]:
                why = "known, but never seen right after " + (
                    "the start" if event == 0 else "the event before"
                )
            else:
                why = f"known, but seldom after what precedes it (at most {_REACH} events back)"
            places.append(Place(event=event, bits=float(bits[event]), what=why))
        return places


_IN_BITS: Final = [
    at
    for at, statistic in enumerate(SequenceView.statistics)
    if statistic.name.startswith(("seq", "end", "rep"))
]


def _rows(framed: Sequence[Sequence[int]], coded: dict[int, Coded]) -> Floats:
    """One row of statistics a unit; *coded* are the framed sequences laid in a row."""
    if not framed:
        return np.zeros((0, len(SequenceView.statistics)))
    places = np.array([len(sequence) - 1 for sequence in framed], dtype=np.int64)  # the start costs nothing
    ends = np.cumsum(places + 1)
    coded_places = np.ones(int(ends[-1]), dtype=np.bool_)
    coded_places[ends - places - 1] = False
    unit = np.repeat(np.arange(len(framed)), places)

    def per_unit(values: Floats) -> Floats:
        # Sums run from the first place to the last, in company as alone.
        sums = np.bincount(unit, weights=values[coded_places], minlength=len(framed))
        return sums.astype(np.float64)

    symbols = np.fromiter((x for sequence in framed for x in sequence), dtype=np.int64, count=int(ends[-1]))
    borders = np.concatenate([[0], ends]).astype(np.int64)
    rows = [
        per_unit(coded[4][0]) / places,
        per_unit(coded[8][0]) / places,
        *_quantiles(coded[4][0][coded_places], unit, places, (0.5, 0.9)),
        *(per_unit(coded[order][1].astype(np.float64)) / places for order in (0, 1)),
        *(coded[order][0][ends - 1] for order in (1, 8)),
        np.log2(1 + dearest_repeats(symbols, borders, coded[8][0])),
        *_entropies(symbols[coded_places], unit, places - 1),
        np.log2(places),
    ]
    row = np.round(np.stack(rows, axis=1), _DECIMALS)
    row[:, _IN_BITS] = np.round(row[:, _IN_BITS] / _STEP) * _STEP
    return row


def _quantiles(bits: Floats, unit: Ints, places: Ints, shares: Sequence[float]) -> list[Floats]:
    """Quantiles of each unit's bits, linear between neighbours; every unit has at least one place."""
    ordered = bits[np.lexsort((bits, unit))]
    first = np.cumsum(places) - places
    quantiles = []
    for share in shares:
        at = share * (places - 1)
        below = np.floor(at).astype(np.int64)
        above = np.minimum(below + 1, places - 1)
        low, high = ordered[first + below], ordered[first + above]
        quantiles.append(low + (at - below) * (high - low))
    return quantiles


def _entropies(symbols: Ints, unit: Ints, events: Ints) -> tuple[Floats, Floats]:
    """Entropy of each unit's symbols, and of a symbol given the one before; ends are left out."""
    inner = symbols != END
    symbols, unit = symbols[inner], unit[inner]
    follows = np.flatnonzero(unit[1:] == unit[:-1])
    pairs = np.maximum(events - 1, 0)
    numbers = np.unique(symbols, return_inverse=True)[1].reshape(-1).astype(np.int64)
    spread = int(numbers.max(initial=0)) + 1
    of_pairs = _entropy(numbers[follows] * spread + numbers[follows + 1], unit[follows], pairs)
    return _entropy(numbers, unit, events), of_pairs - _entropy(numbers[follows], unit[follows], pairs)


def _entropy(kinds: Ints, unit: Ints, sizes: Ints) -> Floats:
    order = np.lexsort((kinds, unit))
    kinds, unit = kinds[order], unit[order]
    new = np.ones(len(kinds), dtype=np.bool_)
    new[1:] = (kinds[1:] != kinds[:-1]) | (unit[1:] != unit[:-1])
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(kinds)))
    owner = unit[starts]
    by_count = np.lexsort((counts, owner))  # numbers of symbols depend on company, their counts do not
    counts, owner = counts[by_count], owner[by_count]
    spent = np.bincount(owner, weights=counts * np.log2(counts), minlength=len(sizes))
    size = np.maximum(sizes, 1)
    entropy: Floats = np.maximum(np.log2(size) - spent / size, 0.0)
    return entropy
