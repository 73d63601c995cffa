"""View "counts": how often a unit holds each of its templates, given how often it holds another."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.field_bits import FieldBits
from driftlock_core.views.field_codes import FieldCodes
from driftlock_core.views.line_templates import Templates
from driftlock_core.views.record_fields import TEMPLATE, Record
from driftlock_core.views.runs import Runs

_EXACT: Final = 6  # counts up to this have a bucket each; above, two buckets an octave
_SMALLEST_DEVIATION: Final = 0.5  # bits; a count that always costs the same is not infinitely sensitive
_LENGTH, _FIRST, _LAST = b"events", b"first", b"last"
_LETTERS: Final = bytes.maketrans(b"0123456789-", b"abcdefghijm")
_MOST_PLACES: Final = 5
_DECIMALS: Final = 9


class CountView:
    """
    What the counts of a unit's templates cost, each given the count that foretells it best, and its longest runs.

    A unit is read as a record: number of events, first and last template, and
    for each of the 80 commonest templates its count, 0 included, in buckets.
    Each of these has the bits of :class:`FieldBits` and so, as a rule, another
    of them as its parent: as many closed as opened, this length for that
    beginning. ``cnt.z`` is Σ max(0, bits − mean) / max(sd, ½), mean and sd over
    the baseline. ``run.exc`` is the largest 2·log2(r/q), r the longest run of a
    template in the unit and q in any unit of another group; 0 for new ones.
    """

    name: Final = "counts"
    statistics: Final = (Statistic(name="cnt.z"), Statistic(name="run.exc"))

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        self._templates = Templates(baseline)
        numbers = self._templates.of(baseline)
        records = [_record(unit) for unit in numbers]
        self._fields = FieldCodes(records)
        coded = self._fields.encode(records)
        self._model = FieldBits(self._fields, coded, groups)
        bits = self._model.inside()
        self._mean: list[float] = [float(column.mean()) if len(bits) else 0.0 for column in bits.T]
        self._deviation = [
            max(float(column.std()), _SMALLEST_DEVIATION) if len(bits) else 1.0 for column in bits.T
        ]
        self._runs = Runs(numbers, groups)
        self._inside = np.stack([self._over(bits), self._runs.inside()], axis=1)

    def inside(self) -> Floats:
        return self._inside.copy()

    def outside(self, units: Sequence[Unit]) -> Floats:
        numbers = self._templates.of(units)
        bits = self._model.outside(self._fields.encode([_record(unit) for unit in numbers]).codes)
        return np.stack([self._over(bits), self._runs.outside(numbers)], axis=1)

    def places(self, unit: Unit) -> list[Place]:
        """The counts that cost most above what they usually cost; their bits are that difference."""
        if not unit.canonical:
            return []
        (numbers,) = self._templates.of([unit])
        record = _record(numbers)
        bits = self._model.outside(self._fields.encode([record]).codes)[0].tolist()
        over = [(bits[at] - self._mean[at], at) for at in range(len(bits)) if bits[at] > self._mean[at]]
        over.sort(key=lambda each: (-each[0], each[1]))
        return [
            Place(event=event, bits=more, what=what)
            for more, at in over[:_MOST_PLACES]
            for event, what in [self._clause(at, unit, numbers)]
        ]

    def _clause(self, field: int, unit: Unit, numbers: list[int]) -> tuple[int, str]:
        """Event and words for one field of the unit's record."""
        name, counts = self._fields.columns[field].name, Counter(numbers)
        parent = self._model.parents[field]
        given = "" if parent is None else f" with {self._said(self._fields.columns[parent].name, numbers)}"
        if name.startswith(b"#"):
            number = int(name[1:])
            event = numbers.index(number) if counts[number] else len(numbers) - 1
        else:
            event = 0 if name == _FIRST else len(numbers) - 1
        return event, f"{self._said(name, numbers)}{given} is rare in the baseline"

    def _said(self, name: bytes, numbers: list[int]) -> str:
        if name == _LENGTH:
            return f"{len(numbers)} events"
        if name in (_FIRST, _LAST):
            return f"this {name.decode()} line"
        return f"{numbers.count(int(name[1:]))} × {self._templates.text(int(name[1:]))[:60].decode(errors='replace')!r}"

    def _over(self, bits: Floats) -> Floats:
        # Field by field: a sum along an axis may add in another order for another number of units.
        total = np.zeros(len(bits))
        for field in range(bits.shape[1]):
            total += np.maximum(0.0, bits[:, field] - self._mean[field]) / self._deviation[field]
        return np.round(total, _DECIMALS)


def _record(numbers: Sequence[int]) -> Record:
    """A unit's counts as named values."""
    record = {TEMPLATE: b"", _LENGTH: _word(bucket_of(len(numbers)))}
    if numbers:
        record[_FIRST], record[_LAST] = _word(numbers[0]), _word(numbers[-1])
    for number, count in Counter(numbers).items():
        if number >= 0:
            record[b"#%d" % number] = _word(bucket_of(count))
    return record


def _word(number: int) -> bytes:
    """
    A number without digits: fields hold names here, which must not be put in bins nor be likened by their digits.

    >>> _word(-120)
    b'mbca'
    """
    return (b"%d" % number).translate(_LETTERS)


def bucket_of(count: int) -> int:
    """
    Counts up to 6 stand alone, then two buckets an octave.

    >>> [bucket_of(count) for count in (1, 6, 7, 8, 9, 11, 12, 15, 16, 10**6)]
    [1, 6, 7, 8, 8, 8, 9, 9, 10, 41]
    """
    if count <= _EXACT:
        return count
    octave = count.bit_length() - 1
    upper = count * count >= 1 << 2 * octave + 1  # count ≥ 2^(octave + ½), exactly
    return 2 * octave + upper + 2
