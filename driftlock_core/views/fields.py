"""
View of records by the values of their fields.

Each value is coded given the field that foretells it best, and compared with
what that field usually costs; whole records are compared with their nearest
baseline records; names the baseline lacks are counted.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.field_bits import FieldBits
from driftlock_core.views.field_surprise import FieldSurprise
from driftlock_core.views.field_text import shown
from driftlock_core.views.nearest_records import NearestRecords
from driftlock_core.views.record_coding import RecordCoding
from driftlock_core.views.record_fields import Record, event_of

SMALLEST_DEVIATION: Final = 0.5  # bits; a field that always costs the same is not infinitely sensitive
MOST_PLACES: Final = 5


class Fields:
    """What the values of a record's fields cost, each given one parent field."""

    name = "fields"
    statistics = tuple(
        Statistic(name=name)
        for name in ("fldp.z", "fldp.zmax", "fldp.rank", "fldp.rmax", "fld.near5", "fld.unk")
    )

    def __init__(self, baseline: Sequence[Unit], groups: Groups, coding: RecordCoding | None = None) -> None:
        self._coding = coding or RecordCoding(baseline)
        records, coded = self._coding.records, self._coding.coded
        self._fields = self._coding.fields
        self._model = FieldBits(self._fields, coded, groups)
        bits = self._model.inside()
        columns = range(bits.shape[1])
        self._mean = [float(bits[:, field].mean()) for field in columns]
        self._deviation = [max(float(bits[:, field].std()), SMALLEST_DEVIATION) for field in columns]
        self._ranked = [FieldSurprise(bits[:, field]) for field in columns]
        self._nearest = NearestRecords(self._fields, coded.codes, groups)
        self._only_group = _only_groups(records, groups)
        surprise = np.zeros_like(bits)
        for field, ranked in enumerate(self._ranked):
            surprise[:, field] = ranked.inside(bits[:, field])
        unknown = [
            sum(self._only_group[name] == group for name in record)
            for record, group in zip(records, groups.tolist(), strict=True)
        ]
        self._inside = self._rows(bits, surprise, self._nearest.inside(coded.codes, bits), unknown)

    def inside(self) -> Floats:
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        records, coded = self._coding.read(units)
        codes = coded.codes
        bits = self._model.outside(codes)
        surprise = np.zeros_like(bits)
        for field, ranked in enumerate(self._ranked):
            surprise[:, field] = ranked.outside(bits[:, field])
        unknown = [sum(name not in self._only_group for name in record) for record in records]
        return self._rows(bits, surprise, self._nearest.outside(codes, bits), unknown)

    def places(self, unit: Unit) -> list[Place]:
        """The fields that cost most above what they usually cost; their bits are that difference."""
        if not unit.raw:
            return []
        (record,), coded = self._coding.read([unit])
        bits = self._model.outside(coded.codes)[0].tolist()
        # What a coder pays that has seen the field in none of n records, Krichevsky–Trofimov.
        unheard = float(np.log2(2 * (len(self._inside) + 1)))
        found = [
            (unheard, name, f"field {shown(name)} is in no baseline record; it is {shown(value)}")
            for name, value in record.items()
            if name not in self._only_group
        ]
        for field, column in enumerate(self._fields.columns):
            over = bits[field] - self._mean[field]
            if over > 0:
                found.append((over, column.name, self._clause(field, record, bits[field])))
        found.sort(key=lambda place: -place[0])
        return [
            Place(event=event_of(unit, name), bits=over, what=what)
            for over, name, what in found[:MOST_PLACES]
        ]

    def _clause(self, field: int, record: Record, cost: float) -> str:
        name = self._fields.columns[field].name
        value = record.get(name)
        said = f"field {shown(name)} " + ("is missing" if value is None else f"is {shown(value)}")
        parent = self._model.parents[field]
        if parent is not None:
            above = self._fields.columns[parent].name
            said += f" where {shown(above)} " + (
                f"is {shown(record[above])}" if above in record else "is missing"
            )
        return f"{said}: {cost:.1f} bits, {self._mean[field]:.1f} expected"

    def _rows(self, bits: Floats, surprise: Floats, nearest: Floats, unknown: list[int]) -> Floats:
        rows = np.zeros((len(bits), len(self.statistics)))
        # Field by field: a sum along an axis may add in another order for another number of records.
        for field in range(bits.shape[1]):
            over = np.maximum(0.0, bits[:, field] - self._mean[field]) / self._deviation[field]
            rows[:, 0] += over
            rows[:, 1] = np.maximum(rows[:, 1], over)
            rows[:, 2] += surprise[:, field]
            rows[:, 3] = np.maximum(rows[:, 3], surprise[:, field])
        rows[:, 4] = nearest
        rows[:, 5] = unknown
        return rows


def _only_groups(records: Sequence[Record], groups: Groups) -> dict[bytes, int | None]:
    """For each field name the one group that has it, or None if several do."""
    only: dict[bytes, int | None] = {}
    for record, group in zip(records, groups.tolist(), strict=True):
        for name in record:
            if only.setdefault(name, group) != group:
                only[name] = None
    return only
