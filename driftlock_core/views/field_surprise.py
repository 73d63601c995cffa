"""How unusual a number is for its field: its rank among the baseline's records, in bits."""

from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats

SMALLEST_SPREAD: Final = 0.25
# The very same value costs a trifle more or less when the counts hold one record more. Where all records
# have that value, such a trifle would otherwise rank above the whole baseline.
ALIKE: Final = 1 / 16  # bits; numbers nearer than this are tied


class FieldSurprise:
    """
    Conformal surprise of one field's numbers, higher numbers being more surprising.

    With k of the n baseline numbers at least as high, or within 1/16: a baseline number costs
    −log2(k / n), counting itself; any other −log2((k + 1) / (n + 1)). Beyond
    the highest it costs log2(1 + excess / spread) more; for a baseline number
    highest and spread (the standard deviation) are those of the others.
    Without that, new records would pay for what the baseline's own do not,
    field by field, and a small baseline would find most of them anomalous.

    >>> field = FieldSurprise(np.array([1.0, 2.0, 2.0, 8.0]))
    >>> field.inside(np.array([1.0, 8.0])).round(2).tolist()
    [0.0, 5.77]
    >>> field.outside(np.array([1.0])).tolist()
    [0.0]
    """

    def __init__(self, baseline: Floats) -> None:
        self._ordered = np.sort(baseline)
        self._mean = float(self._ordered.mean()) if len(baseline) else 0.0
        self._squares = float(((self._ordered - self._mean) ** 2).sum())
        self._spread = max(float(self._ordered.std()), SMALLEST_SPREAD) if len(baseline) else SMALLEST_SPREAD

    def __len__(self) -> int:
        return len(self._ordered)

    @property
    def median(self) -> float:
        """The ordinary number of the field; 0 without a baseline."""
        return float(np.median(self._ordered)) if len(self) else 0.0

    def inside(self, values: Floats) -> Floats:
        """Bits of numbers that are the baseline's own."""
        surprise: Floats = np.log2(len(self) / np.maximum(self._at_least(values), 1))
        others = len(self) - 1
        if others < 1:
            return surprise
        highest = np.where(values >= self._ordered[-1], self._ordered[-2], self._ordered[-1])
        excess = np.maximum(0.0, values - highest - ALIKE)
        square = (self._squares - (values - self._mean) ** 2 * len(self) / others) / others
        spread = np.maximum(np.sqrt(np.maximum(square, 0.0)), SMALLEST_SPREAD)
        surprise += np.log2(1 + excess / spread)
        return surprise

    def outside(self, values: Floats) -> Floats:
        """Bits of numbers of other records; 0 without a baseline."""
        if not len(self):
            return np.zeros(len(values))
        excess = np.maximum(0.0, values - self._ordered[-1] - ALIKE)
        surprise: Floats = np.log2((len(self) + 1) / (self._at_least(values) + 1)) + np.log2(
            1 + excess / self._spread
        )
        return surprise

    def _at_least(self, values: Floats) -> Floats:
        counts: Floats = (len(self) - np.searchsorted(self._ordered, values - ALIKE, side="left")).astype(
            np.float64
        )
        return counts
