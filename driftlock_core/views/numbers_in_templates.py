"""View "values": each number of an event against the numbers other units have in the same place of the same line."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit
from driftlock_core.views.leave_out_ranks import Tails
from driftlock_core.views.line_templates import template_of

_MOST_NUMBERS: Final = 6  # of a line; later ones are mostly lists of the same
_MOST_PLACES: Final = 5
_DECIMALS: Final = 9
# Lines met this often get an expression of their own; making one takes as long as reading some fifty lines.
_OFTEN: Final = 50

_PLACEHOLDER = re.compile(rb"(<(?:N|TS|JWT|ARN|URL|EMAIL|UUID|IP|DOMAIN|B64|HEX)>)")
_NUMBER = re.compile(rb"-?\d{1,300}(?:\.\d{1,300})?")
# Possessive: a long run of digits is tried once, not once for each of its lengths.
_FREE_NUMBER = re.compile(rb"(?<![\w.])-?+\d{1,300}+(?:\.\d{1,300}+)?+(?![\w.]*\w)")

Key = tuple[bytes, int]  # a template whatever its numbers' widths, and which of its numbers
Found = tuple[int, Key, float]  # event, key, value


class ValuesView:
    """
    How far out the numbers of a unit lie, in bits.

    For number j of a template, on y = asinh(value), against the N ≥ 8 values
    other groups have there: two-sided rank tail
    ``−log2 min(1, 2·min((lo + 1)/(N + 1), (hi + 1)/(N + 1)))``, lo and hi the
    values not above and not below, and beyond the extremes
    ``2·log2(1 + excess/max(sd, 0.25))`` more. ``num.mean`` and ``num.max`` over
    the numbers of the unit that can be judged; 0 without any.
    """

    name: Final = "values"
    statistics: Final = (Statistic(name="num.mean"), Statistic(name="num.max"))

    def __init__(self, baseline: Sequence[Unit], groups: Groups) -> None:
        self._units = len(baseline)
        self._keys: dict[Key, int] = {}
        shapes: dict[bytes, Shape] = {}
        rows: list[int] = []
        keys: list[int] = []
        values: list[float] = []
        for row, unit in enumerate(baseline):
            for _, key, value in numbers_of(unit, shapes):
                rows.append(row)
                keys.append(self._keys.setdefault(key, len(self._keys)))
                values.append(value)
        self._row = np.array(rows, dtype=np.int64)
        groups = np.asarray(groups, dtype=np.int64)[self._row]
        self._tails = Tails(
            np.array(keys, dtype=np.int64), np.arcsinh(np.array(values, dtype=np.float64)), groups
        )

    def inside(self) -> Floats:
        return _rows(self._row, self._tails.inside(), self._units)

    def outside(self, units: Sequence[Unit]) -> Floats:
        shapes: dict[bytes, Shape] = {}
        found = [(row, key, v) for row, unit in enumerate(units) for _, key, v in numbers_of(unit, shapes)]
        row = np.array([row for row, _, _ in found], dtype=np.int64)
        return _rows(row, self._bits([(key, value) for _, key, value in found]), len(units))

    def places(self, unit: Unit) -> list[Place]:
        """Events with the numbers furthest out."""
        found = numbers_of(unit, {})
        bits = self._bits([(key, value) for _, key, value in found])
        places: dict[int, Place] = {}
        for at in np.argsort(-bits, kind="stable").tolist():
            event, key, value = found[at]
            if not bits[at] > 0 or len(places) == _MOST_PLACES:
                break
            low, high = np.sinh(self._tails.extremes(self._keys[key]))
            what = f"number {key[1] + 1} is {value:g}; in the baseline it lies between {low:g} and {high:g}"
            places.setdefault(event, Place(event=event, bits=float(bits[at]), what=what))
        return list(places.values())

    def _bits(self, numbers: Sequence[tuple[Key, float]]) -> Floats:
        """Bits of each number, NaN where the baseline has fewer than 8."""
        keys = np.array([self._keys.get(key, -1) for key, _ in numbers], dtype=np.int64)
        values = np.arcsinh(np.array([value for _, value in numbers], dtype=np.float64))
        return self._tails.outside(keys, values)


class Shape:
    """A template cut at its masked places: the text between them and what kind each place is."""

    __slots__ = ("_met", "_reader", "keys", "masks", "template", "texts")

    def __init__(self, template: bytes) -> None:
        self.template = template
        parts = _PLACEHOLDER.split(template)
        self.texts, self.masks = parts[::2], parts[1::2]
        self.keys = [(self.template, j) for j in range(_MOST_NUMBERS)]
        self._met = 0
        self._reader: re.Pattern[bytes] | None = None

    def numbers(self, raw: bytes) -> list[float]:
        """
        The first six numbers of *raw* where this line has them.

        Texts between masked places are looked for one after the other; where
        they are not found (JSON, whose keys masking sorts) all free-standing
        numbers count instead, in the order received.
        """
        if b"<N>" not in self.masks:
            return []
        if self._reader is None:
            self._met += 1
            if self._met <= _OFTEN:
                return self._walked(raw)
            self._reader = self._expression()
        found = self._reader.match(raw)
        return [*map(float, found.groups())] if found else _free_numbers(raw)

    def _walked(self, raw: bytes) -> list[float]:
        if not raw.startswith(self.texts[0]):
            return _free_numbers(raw)
        position = len(self.texts[0])
        numbers: list[float] = []
        for mask, text in zip(self.masks, self.texts[1:], strict=True):
            start = position
            if mask == b"<N>":
                number = _NUMBER.match(raw, position)
                if number is None:
                    return _free_numbers(raw)
                numbers.append(float(number.group()))
                start = number.end()
                if len(numbers) == _MOST_NUMBERS:
                    break
            found = raw.find(text, start)
            if found < 0:
                return _free_numbers(raw)
            position = found + len(text)
        return numbers

    def _expression(self) -> re.Pattern[bytes]:
        """The walk as one expression. Atomic groups keep the first place where a text is found, as the walk does."""
        parts = [re.escape(self.texts[0])]
        count = 0
        for mask, text in zip(self.masks, self.texts[1:], strict=True):
            if mask == b"<N>":
                parts.append(rb"(-?+\d{1,300}+(?:\.\d{1,300}+)?+)")
                count += 1
                if count == _MOST_NUMBERS:
                    break
            parts.append(b"(?>.*?%b)" % re.escape(text))
        return re.compile(b"".join(parts), re.DOTALL)


def numbers_of(unit: Unit, shapes: dict[bytes, Shape]) -> list[Found]:
    """
    Event, place and value of all numbers of a unit. *shapes* remembers lines already cut.

    >>> unit = Unit((b"took 12.5 ms of 40",), (b"took <N2>.<N1> ms of <N2>",))
    >>> [(which, value) for _, (_, which), value in numbers_of(unit, {})]
    [(0, 12.5), (1, 40.0)]
    """
    found: list[Found] = []
    for event, (raw, canonical) in enumerate(zip(unit.raw, unit.canonical, strict=True)):
        shape = shapes.get(canonical)
        if shape is None:
            template = template_of(canonical)
            shape = shapes[canonical] = shapes.setdefault(template, Shape(template))
        found += [(event, key, value) for key, value in zip(shape.keys, shape.numbers(raw), strict=False)]
    return found


def _free_numbers(raw: bytes) -> list[float]:
    numbers = []
    for found in _FREE_NUMBER.finditer(raw):
        numbers.append(float(found.group()))
        if len(numbers) == _MOST_NUMBERS:
            break
    return numbers


def _rows(row: np.ndarray, bits: Floats, units: int) -> Floats:
    judged = ~np.isnan(bits)
    row, bits = row[judged], bits[judged]
    rows = np.zeros((units, 2))
    rows[:, 0] = np.bincount(row, weights=bits, minlength=units)
    rows[:, 0] /= np.maximum(np.bincount(row, minlength=units), 1)
    np.maximum.at(rows[:, 1], row, bits)
    return np.round(rows, _DECIMALS)
