"""
Code lengths of field values, each given the field that foretells it best.

Counts are kept in tenths, as whole numbers: a number counts for its bin and
its neighbours (1 2 4 2 1), and what one unit contributed can be taken out
again without a trace.
"""

from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups
from driftlock_core.views.field_codes import FIRST_BIN, MANY_VALUES, Coded, FieldCodes, Ints

KERNEL: Final = ((-2, 1), (-1, 2), (0, 4), (1, 2), (2, 1))  # bins away, tenths
WHOLE: Final = 10  # tenths

MOST_PARENT_CODES: Final = MANY_VALUES
LEAST_SAVING: Final = 0.02  # bits per record; below, a parent is an accident
# Parents are chosen on an even sample: the choice takes fields² · records and gains nothing from more.
SAMPLE: Final = 4000


class Tally:
    """How often each key occurs, in tenths; and how much of that one leave-out group contributed."""

    def __init__(self, keys: Ints, tenths: Ints) -> None:
        self._keys, inverse = np.unique(keys, return_inverse=True)
        self._tenths = np.bincount(inverse, weights=tenths, minlength=len(self._keys)).astype(np.int64)

    def of(self, keys: Ints) -> Ints:
        """Tenths counted for each key; 0 for keys never seen."""
        if not len(self._keys):
            return np.zeros(len(keys), dtype=np.int64)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        counted: Ints = np.where(self._keys[at] == keys, self._tenths[at], 0)
        return counted


class FieldBits:
    """
    Bits of each field of a record, in an order-0 code or given one parent field.

    Args:
        fields: The coding of the baseline's fields.
        coded: The baseline in that coding.
        groups: Leave-out groups, as in the contract of views.
        categorical_parents: Only categorical fields may be parents, and only numeric fields have one.
    """

    def __init__(
        self, fields: FieldCodes, coded: Coded, groups: Groups, *, categorical_parents: bool = False
    ) -> None:
        self.fields = fields
        self._codes = coded.codes
        self._groups = np.unique(groups, return_inverse=True)[1].astype(np.int64)
        self.distinct = [len(np.unique(column)) for column in self._codes.T]
        self.parents = self._choose(categorical_parents)
        self._alone = [Tally(*self._spread(field, self._codes, None)) for field in range(len(self.parents))]
        self._given = [Tally(*self._spread(*pair)) for pair in self._pairs()]
        # Mean bits of the field in an order-0 code.
        self._usual = [
            float(bits(len(codes), self.distinct[field], self._alone[field].of(codes), None, None).mean())
            for field, codes in enumerate(self._codes.T)
        ]
        self._plain = [Tally(*_plain(column)) for column in self._codes.T]

    def inside(self) -> Floats:
        """Bits of the baseline's records, shape ``(records, fields)``, each without its group's counts."""
        rows = np.zeros(self._codes.shape)
        for field, parent in enumerate(self.parents):
            code = self._codes[:, field]
            alone = self._alone[field].of(code) - self._own(*self._spread(field, self._codes, None), code)
            if parent is None:
                rows[:, field] = self._bits(field, alone, None, None)
                continue
            key = self._key(field, parent, self._codes)
            given = self._given[field].of(key) - self._own(*self._spread(field, self._codes, parent), key)
            above = self._codes[:, parent]
            times = self._plain[parent].of(above)
            # Like the baseline's size, N_g stays whole; but a value only the group has is an unseen one.
            times = np.where(times > self._own(*_plain(above), above), times, 0)
            rows[:, field] = self._bits(field, alone, given, times)
        return rows

    def outside(self, codes: Ints) -> Floats:
        """Bits of records the baseline does not hold, shape ``(records, fields)``."""
        rows = np.zeros(codes.shape)
        for field, parent in enumerate(self.parents):
            alone = self._alone[field].of(codes[:, field])
            if parent is None:
                rows[:, field] = self._bits(field, alone, None, None)
                continue
            given = self._given[field].of(self._key(field, parent, codes))
            rows[:, field] = self._bits(field, alone, given, self._plain[parent].of(codes[:, parent]))
        return rows

    def _bits(self, field: int, alone: Ints, given: Ints | None, times: Ints | None) -> Floats:
        # The whole baseline's size and alphabet, inside too: a value never seen costs the same for both.
        cost = bits(len(self._codes), self.distinct[field], alone, given, times)
        parent = self.parents[field]
        if times is not None and parent is not None and self.fields.columns[parent].context:
            # Of an hour nobody has seen nothing is expected: only what is rare at any hour costs.
            anywhere = bits(len(self._codes), self.distinct[field], alone, None, None)
            cost = np.where(times > 0, cost, np.maximum(anywhere - self._usual[field], 0.0))
        if not self.fields.columns[field].context:
            return cost
        # No hour is odd by itself, or each night would be the first; it may be for what the record says.
        usual = bits(len(self._codes), self.distinct[field], alone, None, None)
        return np.where(alone > 0, np.maximum(cost - usual, 0.0), 0.0)

    def _key(self, field: int, parent: int | None, codes: Ints) -> Ints:
        if parent is None:
            return codes[:, field]
        keys: Ints = codes[:, parent] * self.fields.columns[field].size + codes[:, field]
        return keys

    def _spread(self, field: int, codes: Ints, parent: int | None) -> tuple[Ints, Ints]:
        """Keys and tenths of what the records add to the counts: five entries a record for numbers."""
        key = self._key(field, parent, codes)
        if not self.fields.columns[field].numeric:
            return _plain(key)
        number = codes[:, field] >= FIRST_BIN
        keys = [key + shift * number for shift, _ in KERNEL]
        # Codes that are no numbers count once, in the middle entry.
        tenths = [np.where(number, weight, WHOLE * (shift == 0)) for shift, weight in KERNEL]
        return np.concatenate(keys), np.concatenate(tenths)

    def _own(self, keys: Ints, tenths: Ints, asked: Ints) -> Ints:
        """What each record's own group added at the key that is asked for."""
        if not len(asked):
            return asked
        span = int(max(keys.max(), asked.max())) + 1
        groups = np.tile(self._groups, len(keys) // len(self._groups))
        return Tally(groups * span + keys, tenths).of(self._groups * span + asked)

    def _pairs(self) -> list[tuple[int, Ints, int | None]]:
        return [(field, self._codes, parent) for field, parent in enumerate(self.parents)]

    def _choose(self, categorical_parents: bool) -> list[int | None]:
        """For each field the parent that saves most bits per record of a sample, each record left out."""
        rows = (
            np.arange(min(SAMPLE, len(self._codes)))
            * len(self._codes)
            // max(1, min(SAMPLE, len(self._codes)))
        )
        sample = self._codes[rows]
        columns = self.fields.columns
        able = [
            field
            for field, column in enumerate(columns)
            if 2 <= self.distinct[field] <= MOST_PARENT_CODES and not (categorical_parents and column.numeric)
        ]
        counts = {field: np.bincount(sample[:, field], minlength=columns[field].size) for field in able}
        parents: list[int | None] = []
        for field, column in enumerate(columns):
            parents.append(None)
            if self.distinct[field] < 2 or (categorical_parents and not column.numeric):
                continue
            own = np.where(column.numeric & (sample[:, field] >= FIRST_BIN), KERNEL[2][1], WHOLE)
            alone = _counted(*self._spread(field, sample, None), sample[:, field]) - own
            least = float(bits(len(sample), self.distinct[field], alone, None, None).mean()) - LEAST_SAVING
            for parent in able:
                if parent == field:
                    continue
                key = self._key(field, parent, sample)
                given = _counted(*self._spread(field, sample, parent), key) - own
                times = WHOLE * (counts[parent][sample[:, parent]] - 1)
                mean = float(bits(len(sample), self.distinct[field], alone, given, times).mean())
                if mean <= least:
                    least = float(np.nextafter(mean, -np.inf))  # of equally good parents the first
                    parents[-1] = parent
        return parents


def bits(records: int, distinct: int, alone: Ints, given: Ints | None, times: Ints | None) -> Floats:
    """
    Code length of a value, −log2 q.

    p = (f + .5 / (1 + D)) / (N + .5); with a parent's value that N_g records
    share, q = (f_g + T p) / (N_g + T), T = .5 min(D, N_g) + .5; else q = p.

    Args:
        records, distinct: N and D.
        alone, given, times: f, f_g and N_g, in tenths.
    """
    q = (alone / WHOLE + 0.5 / (1 + distinct)) / (records + 0.5)
    if given is not None and times is not None:
        weight = 0.5 * np.minimum(distinct, times / WHOLE) + 0.5
        q = (given / WHOLE + weight * q) / (times / WHOLE + weight)
    cost: Floats = -np.log2(q)
    return cost


def _plain(codes: Ints) -> tuple[Ints, Ints]:
    return codes, np.full(len(codes), WHOLE, dtype=np.int64)


def _counted(keys: Ints, tenths: Ints, asked: Ints) -> Ints:
    """Tenths at the keys asked for, by a dense table while that is small: the choice asks fields² times."""
    span = int(keys.max()) + 1
    if span > 64 * len(asked) + 4096:
        return Tally(keys, tenths).of(asked)
    table: Ints = np.bincount(keys, weights=tenths, minlength=span)[asked].astype(np.int64)
    return table
