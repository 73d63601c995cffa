"""
View of records by how extreme their numbers are.

A number is compared with those of baseline records that share the value of
the categorical field which foretells it best, for 900 may be an ordinary
amount for a flight and none for a coffee; and with all of its field.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.field_bits import FieldBits
from driftlock_core.views.field_codes import Coded, Ints
from driftlock_core.views.field_text import shown
from driftlock_core.views.number_tails import NumberTails
from driftlock_core.views.record_coding import RecordCoding
from driftlock_core.views.record_fields import event_of

FEWEST_NUMBERS: Final = 8  # under a parent's value; with fewer there is no rank to speak of
MOST_PLACES: Final = 5


class FieldNumbers:
    """Two-sided tails of the numbers in a record."""

    name = "field numbers"
    statistics = (Statistic(name="fnump.sum"), Statistic(name="fnump.max"), Statistic(name="fnum.sum"))

    def __init__(self, baseline: Sequence[Unit], groups: Groups, coding: RecordCoding | None = None) -> None:
        self._coding = coding or RecordCoding(baseline)
        self._fields, coded = self._coding.fields, self._coding.coded
        self._numeric = [field for field, column in enumerate(self._fields.columns) if column.numeric]
        self._parents = FieldBits(self._fields, coded, groups, categorical_parents=True).parents
        compact = np.unique(groups, return_inverse=True)[1].astype(np.int64)
        self._whole: dict[int, NumberTails] = {}
        self._under: dict[tuple[int, int], NumberTails] = {}
        for field in self._numeric:
            along = coded.axis[:, field]
            there = ~np.isnan(along)
            self._whole[field] = NumberTails(along[there], compact[there])
            for code, rows in self._by_parent(coded, field):
                if len(rows) >= FEWEST_NUMBERS:
                    self._under[field, code] = NumberTails(along[rows], compact[rows])
        self._inside = self._rows(coded, compact)

    def inside(self) -> Floats:
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        return self._rows(self._coding.read(units)[1], None)

    def places(self, unit: Unit) -> list[Place]:
        if not unit.raw:
            return []
        (record,), coded = self._coding.read([unit])
        bits = self._bits(coded, None)[0]
        dearest = sorted((n for n in range(len(bits)) if bits[n] > 0), key=lambda n: -float(bits[n]))
        places = []
        for number in dearest[:MOST_PLACES]:
            field = self._numeric[number]
            name, parent = self._fields.columns[field].name, self._parents[field]
            tails = self._whole[field]
            among = f"{len(tails)} baseline numbers"
            if parent is not None and (field, code := int(coded.codes[0, parent])) in self._under:
                tails = self._under[field, code]
                above = self._fields.columns[parent].name
                value = f"is {shown(record[above])}" if above in record else "is missing"
                among = f"{len(tails)} where {shown(above)} {value}"
            places.append(
                Place(
                    event=event_of(unit, name),
                    bits=float(bits[number]),
                    what=f"field {shown(name)} is {shown(record[name])}, far out among {among}: "
                    f"{bits[number]:.1f} bits, {tails.mean_bits:.1f} expected",
                )
            )
        return places

    def _by_parent(self, coded: Coded, field: int) -> Iterator[tuple[int, Ints]]:
        """Rows that hold a number, by the code of the field's parent; nothing without a parent."""
        parent = self._parents[field]
        if parent is None:
            return
        rows = np.flatnonzero(~np.isnan(coded.axis[:, field]))
        codes = coded.codes[rows, parent]
        for code in np.unique(codes).tolist():
            yield code, rows[codes == code]

    def _bits(self, coded: Coded, groups: Groups | None) -> Floats:
        """Bits of each numeric field, shape ``(records, numeric fields)``; 0 where there is no number."""
        bits = np.zeros((len(coded.codes), len(self._numeric)))
        for number, field in enumerate(self._numeric):
            along = coded.axis[:, field]
            under = [
                (code, rows) for code, rows in self._by_parent(coded, field) if (field, code) in self._under
            ]
            left = ~np.isnan(along)
            for code, rows in under:
                left[rows] = False
                bits[rows, number] = _tail(self._under[field, code], along, rows, groups)
            rest = np.flatnonzero(left)
            bits[rest, number] = _tail(self._whole[field], along, rest, groups)
        return bits

    def _rows(self, coded: Coded, groups: Groups | None) -> Floats:
        rows = np.zeros((len(coded.codes), len(self.statistics)))
        for column in self._bits(coded, groups).T:
            rows[:, 0] += column
            rows[:, 1] = np.maximum(rows[:, 1], column)
        for field in self._numeric:
            there = np.flatnonzero(~np.isnan(coded.axis[:, field]))
            rows[there, 2] += _tail(self._whole[field], coded.axis[:, field], there, groups)
        return rows


def _tail(tails: NumberTails, along: Floats, rows: Ints, groups: Groups | None) -> Floats:
    return tails.outside(along[rows]) if groups is None else tails.inside(along[rows], groups[rows])
