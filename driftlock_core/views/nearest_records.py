"""Distance of a record to the baseline records most like it, mismatches weighted by their bits."""

from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.views.contract import Floats, Groups
from driftlock_core.views.field_codes import FIRST_BIN, FieldCodes, Ints

Codes = npt.NDArray[np.int32]

NEIGHBOURS: Final = 5
DEAREST: Final = 12.0  # bits; one odd value must not drown all the others
REFERENCES: Final = 2000  # an even sample of the baseline: time per record grows with their number
# Whole numbers, so that a distance is exactly the same in whatever order it is added up. A mismatch of
# numbers counts by quarters, a quarter for each bin apart: weights are kept per quarter.
PER_BIT: Final = 256
QUARTERS: Final = 4
_BLOCK: Final = 1 << 16  # distances worked on at a time; fits a core's cache


class NearestRecords:
    """
    Bit-weighted Hamming distance to the five nearest baseline records, their mean, in bits.

    A field whose value differs costs min(bits, 12) of the record's own value,
    numbers fewer than four bins apart accordingly less. The time of day is no
    part of it. Where fewer than five records are left to compare with, those
    lacking count as sharing nothing.
    """

    def __init__(self, fields: FieldCodes, codes: Ints, groups: Groups) -> None:
        self._numeric = [column.numeric for column in fields.columns]
        self._compared = np.array([not column.context for column in fields.columns], dtype=np.int32)
        count = min(REFERENCES, len(codes))
        rows = np.arange(count) * len(codes) // max(1, count)
        self._references = np.ascontiguousarray(self._apart(codes[rows]).T)
        self._reference_groups = groups[rows]
        self._groups = groups

    def inside(self, codes: Ints, bits: Floats) -> Floats:
        """Of the baseline's own records, none compared with its own group."""
        return self._distances(codes, bits, self._groups)

    def outside(self, codes: Ints, bits: Floats) -> Floats:
        """Of other records."""
        return self._distances(codes, bits, None)

    def _apart(self, codes: Ints) -> Codes:
        """Codes on which four steps are a full mismatch: what is no number lies far from all numbers."""
        apart = codes.astype(np.int32)
        for field, numeric in enumerate(self._numeric):
            column = apart[:, field]
            apart[:, field] = (
                np.where(column >= FIRST_BIN, column, -100 * (1 + column)) if numeric else column
            )
        return apart

    def _distances(self, codes: Ints, bits: Floats, groups: Groups | None) -> Floats:
        asked = self._apart(codes)
        weights = np.rint(np.minimum(bits, DEAREST) * (PER_BIT // QUARTERS)).astype(np.int32)
        weights *= self._compared
        result = np.zeros(len(codes))
        block = max(1, _BLOCK // max(1, self._references.shape[1]))
        for start in range(0, len(codes), block):
            rows = slice(start, start + block)
            own = None if groups is None else groups[rows, None] == self._reference_groups[None, :]
            result[rows] = self._block(asked[rows], weights[rows], own)
        return result

    def _block(self, asked: Codes, weights: Codes, own: npt.NDArray[np.bool_] | None) -> Floats:
        shape = (len(asked), self._references.shape[1])
        total, step = np.zeros(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
        for field, reference in enumerate(self._references):
            mine, weight = asked[:, field, None], weights[:, field, None]
            if self._numeric[field]:
                np.subtract(mine, reference, out=step)
                np.abs(step, out=step)
                np.minimum(step, QUARTERS, out=step)
                np.multiply(step, weight, out=step)
            else:
                np.multiply(mine != reference, QUARTERS * weight, out=step)
            total += step
        farthest = QUARTERS * weights.sum(axis=1, dtype=np.int32)[:, None]
        if own is not None:
            total = np.where(own, farthest, total)
        if shape[1] < NEIGHBOURS:
            total = np.hstack([total, np.repeat(farthest, NEIGHBOURS - shape[1], axis=1)])
        nearest = np.partition(total, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
        mean: Floats = nearest.sum(axis=1, dtype=np.int64) / (NEIGHBOURS * PER_BIT)
        return mean
