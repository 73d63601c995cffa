"""Fields of records as small integers: values of a categorical field, bins of a numeric one."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.views.contract import Floats
from driftlock_core.views.field_times import epoch_part, grows, hour_of, hour_of_epoch
from driftlock_core.views.record_fields import TEMPLATE, Record

Ints = npt.NDArray[np.int64]

MOST_FIELDS: Final = 80
RAREST_FIELD: Final = 0.02  # share of baseline records a field must stand in to be counted

NUMERIC_SHARE: Final = 0.95  # of a field's values
NUMERIC_DISTINCT: Final = 8  # a field with fewer numbers is a code, not a quantity
FEWEST_BINS, MOST_BINS = 8, 40
MARGIN: Final = 4  # bins on either side of the baseline's range

# Values that nearly all differ foretell nothing. Where only their digits do, they are compared without.
MANY_VALUES: Final = 60

MISSING: Final = 0
NOT_A_NUMBER: Final = 1
FIRST_BIN: Final = 2

# Values that say there is none: they make a field neither numeric nor not.
NOTHING: Final = frozenset({b"", b"-", b"null", b"NULL", b"None", b"none", b"nan", b"NaN"})

_NUMBER: Final = re.compile(rb"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?")
_LARGEST: Final = 1e300
_DIGITS: Final = re.compile(rb"\d++")


def number_of(value: bytes | None) -> float:
    """
    The value as a finite number, or NaN.

    >>> number_of(b"-1.5e3"), number_of(b"0x10"), number_of(None)
    (-1500.0, nan, nan)
    """
    if value is None or not _NUMBER.fullmatch(value):
        return float("nan")
    number = float(value)
    return number if abs(number) <= _LARGEST else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A numeric field's axis: asinh(4 v / median|v|), cut into equal bins over the baseline's range."""

    factor: float
    low: float
    high: float
    bins: int

    def axis(self, numbers: Floats) -> Floats:
        """Linear near 0, logarithmic far out, for either sign; NaN stays NaN."""
        with np.errstate(over="ignore"):
            scaled = np.clip(numbers * self.factor, -_LARGEST, _LARGEST)
        along: Floats = np.arcsinh(scaled)
        return along

    def codes(self, along: Floats) -> Ints:
        """Bins as codes; the outermost of the four beyond either end takes all that lies farther out."""
        step = (self.high - self.low) / self.bins or 1.0
        known = ~np.isnan(along)
        place = np.floor((np.where(known, along, self.low) - self.low) / step)
        place = np.where(known & (along <= self.high), np.minimum(place, self.bins - 1), place)
        place = np.clip(place, -MARGIN, self.bins + MARGIN - 1)
        codes: Ints = np.where(known, FIRST_BIN + MARGIN + place, NOT_A_NUMBER).astype(np.int64)
        return codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    How one field is coded: 0 is "not there"; of a categorical field the last code is "never seen".

    Of a field that tells the time the hour of day is coded, and it is context: no hour is odd by itself. Of
    a field that only grows (or falls) nothing but that it is a number is coded.
    """

    name: bytes
    size: int  # codes are smaller than this
    index: dict[bytes, int]
    scale: Scale | None = None
    context: bool = False
    counter: bool = False
    part: int | None = None  # of numbers since 1970: how many make a second
    digits_alike: bool = False  # runs of digits count as one 0: /items/17 and /items/4711 are one value

    @property
    def numeric(self) -> bool:
        return self.scale is not None

    def told(self, value: bytes) -> bytes | None:
        """What counts of a time or counter; None if the value is neither."""
        if self.context and self.part is None:
            return hour_of(value)
        number = number_of(value)
        if np.isnan(number):
            return None
        return b"number" if self.part is None else hour_of_epoch(number, self.part)


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Records as numbers, shape ``(records, fields)``: codes, and places on the axis of numeric fields."""

    codes: Ints
    axis: Floats  # NaN where the field is not numeric or holds no number
    measured: npt.NDArray[np.bool_]  # where a number or a time was read, whose characters then say nothing


class FieldCodes:
    """The coding of a baseline's fields, the template first, then by how many records have them."""

    def __init__(self, baseline: Sequence[Record]) -> None:
        present = Counter(name for record in baseline for name in record)
        enough = [name for name, count in present.items() if count >= RAREST_FIELD * len(baseline)]
        # Sorting is stable and the counter keeps order of appearance: no tie is left to chance.
        enough.sort(key=lambda name: (name != TEMPLATE, -present[name]))
        self.columns = [_column(name, baseline) for name in enough[: MOST_FIELDS + 1]]
        self.names = frozenset(column.name for column in self.columns)

    def encode(self, records: Sequence[Record]) -> Coded:
        """Codes of any records, the baseline's or others."""
        shape = (len(records), len(self.columns))
        codes, axis = np.zeros(shape, dtype=np.int64), np.full(shape, np.nan)
        measured = np.zeros(shape, dtype=np.bool_)
        for number, column in enumerate(self.columns):
            values = [record.get(column.name) for record in records]
            if column.context or column.counter:
                known = {v: None if v is None else column.told(v) for v in dict.fromkeys(values)}
                told = [known[value] for value in values]
                measured[:, number] = [one is not None for one in told]
                values = [value if one is None else one for value, one in zip(values, told, strict=True)]
            elif column.digits_alike:
                values = [None if value is None else _DIGITS.sub(b"0", value) for value in values]
            if column.scale is None:
                unseen, index = column.size - 1, column.index
                codes[:, number] = [MISSING if v is None else index.get(v, unseen) for v in values]
            else:
                # Numbers recur: each different one is read once.
                numbers = {value: number_of(value) for value in dict.fromkeys(values)}
                along = column.scale.axis(np.array([numbers[value] for value in values], dtype=np.float64))
                there = np.array([value is not None for value in values], dtype=bool)
                axis[:, number] = along
                measured[:, number] = ~np.isnan(along)
                codes[:, number] = np.where(there, column.scale.codes(along), MISSING)
        return Coded(codes, axis, measured)


def _column(name: bytes, baseline: Sequence[Record]) -> Column:
    values = [record[name] for record in baseline if name in record]
    filled = [value for value in values if value not in NOTHING]
    fewest = max(1, NUMERIC_SHARE * len(filled))
    if name == TEMPLATE:
        return _categories(name, values)
    if sum(hour_of(value) is not None for value in filled) >= fewest:
        return _categories(name, values, context=True)
    numbers = np.array([number_of(value) for value in filled], dtype=np.float64)
    numbers = numbers[~np.isnan(numbers)]
    if len(np.unique(numbers)) <= NUMERIC_DISTINCT or len(numbers) < fewest:
        return _categories(name, values)
    if grows(numbers):
        part = epoch_part(numbers)
        return _categories(name, values, context=part is not None, counter=part is None, part=part)
    scale = _scale(numbers)
    return Column(name=name, size=FIRST_BIN + scale.bins + 2 * MARGIN, index={}, scale=scale)


def _categories(
    name: bytes,
    values: Sequence[bytes],
    *,
    context: bool = False,
    counter: bool = False,
    part: int | None = None,
) -> Column:
    column = Column(name=name, size=0, index={}, context=context, counter=counter, part=part)
    if context or counter:
        values = [value if (told := column.told(value)) is None else told for value in values]
    elif len(different := set(values)) > MANY_VALUES:
        alike = [_DIGITS.sub(b"0", value) for value in values]
        if len(set(alike)) <= min(MANY_VALUES, len(different) // 2):
            values, column = alike, replace(column, digits_alike=True)
    index = {value: code for code, value in enumerate(dict.fromkeys(values), start=1)}
    return replace(column, size=len(index) + 2, index=index)


def _scale(numbers: Floats) -> Scale:
    sizes = np.abs(numbers)
    # A field that is mostly 0 has no median size; its other values have.
    middle = float(np.median(sizes)) or float(np.median(sizes[sizes > 0]))
    factor = min(4 / middle, _LARGEST) if middle > 4 / _LARGEST else _LARGEST
    bins = int(np.clip(round(3 * len(numbers) ** (1 / 3)), FEWEST_BINS, MOST_BINS))
    axis = Scale(factor=factor, low=0.0, high=0.0, bins=bins).axis(numbers)
    return Scale(factor=factor, low=float(axis.min()), high=float(axis.max()), bins=bins)
