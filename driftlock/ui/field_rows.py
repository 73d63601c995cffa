"""Bits by field in whole numbers that add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

from driftlock.ui.words import plural
from driftlock_core.field_bits import FieldBits, FieldReport

OVERHEAD: Final = "coder overhead"
REST: Final = "rest"
ROLE_WORDS: Final = {"value": "value", "key": "name of the field", "punctuation": "between fields"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One line of the table, or one pair of bars."""

    key: str  # what an address calls it
    name: str
    part: str
    bits: int
    usual: int

    @property
    def label(self) -> str:
        """The name where there is no column for the part."""
        return f"{self.name} (name)" if self.part == ROLE_WORDS["key"] else self.name


def field_key(field: FieldBits) -> str:
    """
    What an address calls a field: its path, and its role where that is not its value.

    >>> field_key(FieldBits(path="a.b", role="key", bits=1.0, usual_bits=0.0, by_event=()))
    'a.b (name)'
    """
    return f"{field.path} (name)" if field.role == "key" else field.path


def rows(report: FieldReport) -> list[FieldRow]:
    """Every field, the largest difference first, then the coder overhead; both columns add up to their totals."""
    bits = whole([*(field.bits for field in report.fields), report.overhead], round(report.total))
    usual = whole(
        [*(field.usual_bits for field in report.fields), report.usual_overhead], round(report.usual_total)
    )
    named = [(field_key(field), field.path, ROLE_WORDS[field.role]) for field in report.fields]
    return [
        FieldRow(key=key, name=name, part=part, bits=own, usual=before)
        for (key, name, part), own, before in zip(
            [*named, (OVERHEAD, OVERHEAD, "")], bits, usual, strict=True
        )
    ]


def folded(found: Sequence[FieldRow], most: int) -> list[FieldRow]:
    """The first *most* fields, all others in one row, and the overhead as it is."""
    *fields, overhead = found
    if len(fields) <= most + 1:
        return list(found)
    rest = fields[most:]
    together = FieldRow(
        key=REST,
        name=f"{plural(len(rest), 'other field')}",
        part="",
        bits=sum(row.bits for row in rest),
        usual=sum(row.usual for row in rest),
    )
    return [*fields[:most], together, overhead]


def whole(values: Sequence[float], total: int) -> list[int]:
    """
    Whole numbers near *values* that add up to *total*: those with the largest fractions are rounded up.

    >>> whole([0.4, 0.4, 0.2], 1), whole([2.6, -1.2, 3.6], 5)
    ([1, 0, 0], [3, -1, 3])
    """
    low = [floor(value) for value in values]
    left = total - sum(low)
    order = sorted(range(len(values)), key=lambda at: (low[at] - values[at], at))
    # Values that add up to the total leave fewer ones than there are values; what is more goes round again.
    for number in range(abs(left)):
        low[order[number % len(order)]] += 1 if left > 0 else -1
    return low
