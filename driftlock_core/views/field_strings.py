"""
View of records by how their values are written.

A value never seen before may still be written as values of its field are:
its characters in their order, its oddest character, its shape (letters as
``a``, digits as ``0``) and its length. Of numbers and times only the notation
is read, ``0.0`` for 12.50: how large a number is other views say.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.field_codes import Coded, Ints
from driftlock_core.views.field_surprise import FieldSurprise
from driftlock_core.views.field_text import shown
from driftlock_core.views.record_coding import RecordCoding
from driftlock_core.views.record_fields import Record, event_of
from driftlock_core.views.value_model import TextBits, ValueModel

Present = npt.NDArray[np.bool_]  # which fields a record has

FEWEST_VALUES: Final = 8  # of a field; with fewer there is no rank to speak of
UNKNOWN_FIELD: Final = 3.0  # bits, for a field the baseline has not or hardly
MOST_PLACES: Final = 5

MEASURES: Final = ("fchr", "fcls", "fshp", "flen")
_SAID: Final = ("characters", "oddest character", "shape", "length")

_TO_SHAPE: Final = bytes.maketrans(
    bytes(range(65, 91)) + bytes(range(97, 123)) + b"123456789", b"a" * 52 + b"0" * 9
)
_RUNS: Final = re.compile(rb"([a0 ])\1+")


def shape_of(value: bytes) -> bytes:
    """
    Letters as ``a``, digits as ``0``, runs of either and of spaces as one.

    >>> shape_of(b"Calle 12,  +x9")
    b'a 0, +a0'
    """
    return _RUNS.sub(rb"\1", value.translate(_TO_SHAPE))


class _Values:
    """
    Distinct values of each field, numbered field by field in order of appearance.

    Where a value was *measured*, as a number or a time, its notation stands for it.
    """

    def __init__(self, names: Sequence[bytes], records: Sequence[Record], measured: Present) -> None:
        self.texts: list[bytes] = []
        self.numbers = np.full((len(records), len(names)), -1, dtype=np.int64)  # −1: the field is missing
        bounds = [0]
        for field, name in enumerate(names):
            index: dict[bytes | None, int] = {}
            texts = [record.get(name) for record in records]
            rows = np.flatnonzero(measured[:, field]).tolist()
            notation = {text: shape_of(text or b"") for text in dict.fromkeys(texts[row] for row in rows)}
            for row in rows:
                texts[row] = notation[texts[row]]
            held = [index.setdefault(text, len(index)) for text in texts]
            missing = index.pop(None, -1)
            # What follows the slot of "missing" moves up by one.
            column = np.array(held, dtype=np.int64)
            shifted = column - (column > missing) if missing >= 0 else column
            self.numbers[:, field] = np.where(column == missing, -1, shifted + len(self.texts))
            self.texts += [value for value in index if value is not None]
            bounds.append(len(self.texts))
        self.kinds = np.repeat(np.arange(len(names), dtype=np.int64), np.diff(bounds))


class FieldStrings:
    """Characters, shapes and lengths of values, each as a rank among its field's, in bits."""

    name = "field strings"
    statistics = tuple(Statistic(name=f"{measure}.{of}") for measure in MEASURES for of in ("max", "sum"))

    def __init__(self, baseline: Sequence[Unit], groups: Groups, coding: RecordCoding | None = None) -> None:
        self._coding = coding or RecordCoding(baseline)
        records, coded = self._coding.records, self._coding.coded
        columns = self._coding.fields.columns
        self._names = [column.name for column in columns]
        values = _Values(self._names, records, coded.measured)
        times = np.bincount(values.numbers[values.numbers >= 0], minlength=len(values.texts)).astype(np.int64)
        self._characters = ValueModel(values.texts, values.kinds, times)
        shapes = [shape_of(text) for text in values.texts]
        self._shapes = ValueModel(shapes, values.kinds, times)
        cells = _Cells(values, groups)
        measures = self._measures(
            self._characters.inside(cells.cells, cells.members, cells.times),
            self._shapes.inside(cells.cells, cells.members, cells.times),
            [values.texts[member] for member in cells.members.tolist()],
        )
        present = cells.entries >= 0
        self._ranked = [
            [FieldSurprise(column[cells.entries[present[:, field], field]]) for column in measures.T]
            for field in range(len(self._names))
        ]
        surprise = np.zeros((*cells.entries.shape, len(MEASURES)))
        for field, ranked in enumerate(self._ranked):
            rows = np.flatnonzero(present[:, field])
            for number, one in enumerate(ranked):
                inside = one.inside(measures[cells.entries[rows, field], number])
                surprise[rows, field, number] = inside if len(one) >= FEWEST_VALUES else UNKNOWN_FIELD
        self._inside = self._rows(surprise, _strangers(records, present))

    def inside(self) -> Floats:
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        records, coded = self._coding.read(units)
        surprise, present, _ = self._surprise(records, coded)
        return self._rows(surprise, _strangers(records, present))

    def places(self, unit: Unit) -> list[Place]:
        """The fields written most unusually; their bits are those of the rank among the baseline's."""
        if not unit.raw:
            return []
        (record,), coded = self._coding.read([unit])
        surprise, present, measured = self._surprise([record], coded)
        found = []
        for field in np.flatnonzero(present[0]).tolist():
            number = int(np.argmax(surprise[0, field]))
            found.append((-float(surprise[0, field, number]), field, number))
        places = []
        for bits, field, number in sorted(found)[:MOST_PLACES]:
            name = self._names[field]
            usual = self._ranked[field][number].median
            if bits < 0:
                places.append(
                    Place(
                        event=event_of(unit, name),
                        bits=-bits,
                        what=f"{_SAID[number]} of field {shown(name)}, which is {shown(record[name])}: "
                        f"{_read(number, float(measured[0, field, number]))}, {_read(number, usual)} expected",
                    )
                )
        return places

    def _surprise(self, records: Sequence[Record], coded: Coded) -> tuple[Floats, Present, Floats]:
        """Surprises and measures, shape ``(records, fields, 4)``, and which fields the records have."""
        values = _Values(self._names, records, coded.measured)
        shapes = [shape_of(text) for text in values.texts]
        measures = self._measures(
            self._characters.outside(values.texts, values.kinds),
            self._shapes.outside(shapes, values.kinds),
            values.texts,
        )
        ranked = np.zeros_like(measures)
        for field, each in enumerate(self._ranked):
            rows = np.flatnonzero(values.kinds == field)
            for number, one in enumerate(each):
                outside = one.outside(measures[rows, number])
                ranked[rows, number] = outside if len(one) >= FEWEST_VALUES else UNKNOWN_FIELD
        present = values.numbers >= 0
        surprise, measured = (np.zeros((*present.shape, len(MEASURES))) for _ in range(2))
        surprise[present] = ranked[values.numbers[present]]
        measured[present] = measures[values.numbers[present]]
        return surprise, present, measured

    def _measures(self, characters: TextBits, shapes: TextBits, texts: Sequence[bytes]) -> Floats:
        """Bits a symbol, dearest symbol, bits of the shape, log2 of the length; shape ``(texts, 4)``."""
        lengths = np.array([len(text) for text in texts], dtype=np.float64)
        return np.column_stack(
            [
                characters.total / characters.symbols,
                characters.dearest,
                shapes.total,
                np.log2(1 + lengths),
            ]
        )

    def _rows(self, surprise: Floats, strangers: Ints) -> Floats:
        """Largest and sum over the fields; a field unknown to the baseline costs the same in each measure."""
        rows = np.zeros((len(surprise), len(self.statistics)))
        rows[:, ::2] = np.where(strangers > 0, UNKNOWN_FIELD, 0.0)[:, None]
        rows[:, 1::2] = UNKNOWN_FIELD * strangers[:, None]
        for field in range(surprise.shape[1]):
            rows[:, ::2] = np.maximum(rows[:, ::2], surprise[:, field])
            rows[:, 1::2] += surprise[:, field]
        return rows


class _Cells:
    """
    What is left out together, per field: mostly one value, and then all records that hold it share the cell.

    ``entries[record, field]`` is the row of its value in cells, members and times, or −1.
    """

    def __init__(self, values: _Values, groups: Groups) -> None:
        self.entries = np.full(values.numbers.shape, -1, dtype=np.int64)
        cells = 0
        rows: list[tuple[int, int, int]] = []
        owners = groups.tolist()
        for field, column in enumerate(values.numbers.T.tolist()):
            held: dict[int, dict[int, int]] = {}
            for owner, number in zip(owners, column, strict=True):
                if number >= 0:
                    of_group = held.setdefault(owner, {})
                    of_group[number] = of_group.get(number, 0) + 1
            cell_of: dict[int, dict[int, int]] = {}
            known: dict[tuple[tuple[int, int], ...], dict[int, int]] = {}
            for owner, counts in held.items():
                key = tuple(sorted(counts.items()))
                if key not in known:
                    known[key] = {number: len(rows) + place for place, (number, _) in enumerate(key)}
                    rows += [(cells, number, times) for number, times in key]
                    cells += 1
                cell_of[owner] = known[key]
            self.entries[:, field] = [
                cell_of[owner][number] if number >= 0 else -1
                for owner, number in zip(owners, column, strict=True)
            ]
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        self.cells, self.members, self.times = table[:, 0], table[:, 1], table[:, 2]


def _read(number: int, measured: float) -> str:
    if MEASURES[number] == "flen":
        return f"{2**measured - 1:.0f} characters"
    return f"{measured:.1f} bits" + (" a symbol" if MEASURES[number] == "fchr" else "")


def _strangers(records: Sequence[Record], present: Present) -> Ints:
    """How many fields of each record the baseline has not, or too rarely."""
    held = np.array([len(record) for record in records], dtype=np.int64)
    strangers: Ints = held - np.count_nonzero(present, axis=1)
    return strangers
