"""View "templates": the characters of lines no other unit has."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.line_templates import template_of
from driftlock_core.views.symbol_model import SymbolModel

_ORDER: Final = 4  # characters
_ESCAPES: Final = 60.0
_WINDOW: Final = 12  # characters a worst stretch has
_LONGEST_LINE: Final = 1024  # bytes coded of a line; keeps a dump from costing as much as the rest
_MOST_PLACES: Final = 5
_DECIMALS: Final = 9


class NewTemplatesView:
    """
    How foreign a unit's new lines look to an order-4 model of the baseline's distinct lines.

    Of the distinct templates of the unit that no unit of another group
    has: ``chr.tot`` = log2(1 + all their bits), ``chr.mean`` = bits per byte. 0
    without such lines.
    """

    name: Final = "templates"
    statistics: Final = (Statistic(name="chr.tot"), Statistic(name="chr.mean"))

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        self._baseline = baseline
        self._groups: list[int] = np.asarray(groups, dtype=np.int64).tolist()
        self._templates: dict[bytes, int] = {}
        owners: list[int | None] = []  # the only group that has a template, None if several have
        for unit, group in zip(baseline, self._groups, strict=True):
            for line in _different(unit):
                at = self._templates.setdefault(line, len(self._templates))
                if at == len(owners):
                    owners.append(group)
                elif owners[at] != group:
                    owners[at] = None
        self._owners = owners
        self._lines = frozenset(line for unit in baseline for line in unit.canonical)  # as they are
        # Shared lines stay in whichever group is left out: they get a group that no unit has.
        shared = max(self._groups, default=0) + 1
        self._model = SymbolModel(
            [list(line[:_LONGEST_LINE]) for line in self._templates],
            np.array([shared if owner is None else owner for owner in owners], dtype=np.int64),
            orders=_ORDER,
            escapes=_ESCAPES,
        )

    def inside(self) -> Floats:
        rows = np.zeros((len(self._baseline), 2))
        for row, (unit, group) in enumerate(zip(self._baseline, self._groups, strict=True)):
            own = [self._templates[line] for line in _different(unit)]
            rows[row] = _row(
                [self._model.bits_inside(at, order=_ORDER) for at in own if self._owners[at] == group]
            )
        return np.round(rows, _DECIMALS)

    def outside(self, units: Sequence[Unit]) -> Floats:
        coded: dict[bytes, Floats] = {}
        rows = np.zeros((len(units), 2))
        for row, unit in enumerate(units):
            new = self._new(unit)
            for line in new:
                if line not in coded:
                    coded[line] = self._bits(line)
            rows[row] = _row([coded[line] for line in new])
        return np.round(rows, _DECIMALS)

    def places(self, unit: Unit) -> list[Place]:
        """New lines with most bits, and their dearest stretch."""
        places = []
        for line in self._new(unit):
            bits = self._bits(line)
            at = _dearest_stretch(bits)
            stretch = line[at : at + _WINDOW].decode(errors="replace")
            what = f"a line the baseline does not have, {bits.sum() / max(len(bits), 1):.1f} bits a byte, dearest at {stretch!r}"
            event = next(at for at, own in enumerate(unit.canonical) if template_of(own) == line)
            places.append(Place(event=event, bits=float(bits.sum()), what=what))
        return sorted(places, key=lambda place: (-place.bits, place.event))[:_MOST_PLACES]

    def _new(self, unit: Unit) -> list[bytes]:
        strange = [line for line in dict.fromkeys(unit.canonical) if line not in self._lines]
        return [line for line in dict.fromkeys(map(template_of, strange)) if line not in self._templates]

    def _bits(self, line: bytes) -> Floats:
        return self._model.bits_outside(list(line[:_LONGEST_LINE]), order=_ORDER)


def _different(unit: Unit) -> dict[bytes, None]:
    """The unit's templates, each once, in order of appearance."""
    return dict.fromkeys(template_of(line) for line in dict.fromkeys(unit.canonical))


def _row(lines: list[Floats]) -> tuple[float, float]:
    total = sum(float(np.sum(bits)) for bits in lines)
    size = sum(len(bits) for bits in lines)
    return float(np.log2(1 + total)), total / max(size, 1)


def _dearest_stretch(bits: Floats) -> int:
    """Where the dearest 12 positions in a row start (all, if fewer)."""
    if not len(bits):
        return 0
    window = min(_WINDOW, len(bits))
    return int(np.argmax(np.sum(np.lib.stride_tricks.sliding_window_view(bits, window), axis=1)))
