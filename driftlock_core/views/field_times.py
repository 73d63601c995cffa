"""Fields that tell the time or count upwards: what of them can be compared with a baseline."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_DATE: Final = (
    rb"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ](?:\d{1,2}|[A-Z][a-z]{2})[-/. ]\d{4}"
    rb"|(?:[A-Z][a-z]{2},? )?[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})?)"
)
_TIME: Final = re.compile(
    rb"(?:[A-Z][a-z]{2}, )?(?:" + _DATE + rb"(?:[T _:,] ?)?)?"
    rb"(?:(?<!\d)([01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,:]\d{1,9})?)?(?: ?(?:Z|[A-Z]{3,4}|[+-]\d\d:?\d\d))?(?: \d{4})?)?"
)
_SOME_DIGITS: Final = re.compile(rb"\d[-/.: ]|[a-z] +\d")

# Seconds since 1970, of the years 2001 to 2100, and the same in thousandths, millionths and billionths.
EPOCH: Final = (1e9, 4.1e9)
_PARTS: Final = (1, 10**3, 10**6, 10**9)

STEADY: Final = 0.95  # rank correlation with the place in the baseline; by chance never, among 20 values


def hour_of(value: bytes) -> bytes | None:
    """
    The hour of day of a written time, empty for a date alone; None if it is no time.

    >>> hour_of(b"2026-03-01T07:30:00Z"), hour_of(b"01/Mar/2026:17:30:00 +0100"), hour_of(b"2026-03-01")
    (b'07', b'17', b'')
    >>> hour_of(b"7 o'clock"), hour_of(b"1234")
    (None, None)
    """
    found = _TIME.fullmatch(value) if _SOME_DIGITS.search(value) else None
    if found is None:
        return None
    return found[1].zfill(2) if found[1] else b""


def epoch_part(numbers: Floats) -> int | None:
    """
    How many parts of a second numbers since 1970 count, or None if they are not all times of 2001 to 2100.

    >>> epoch_part(np.array([1.77e9, 1.78e9])), epoch_part(np.array([1.77e12])), epoch_part(np.array([5.0]))
    (1, 1000, None)
    """
    for part in _PARTS:
        if len(numbers) and EPOCH[0] * part <= numbers.min() and numbers.max() <= EPOCH[1] * part:
            return part
    return None


def hour_of_epoch(number: float, part: int) -> bytes:
    """
    The hour of day, UTC.

    >>> hour_of_epoch(1772350200.0, 1)
    b'07'
    """
    return b"%02d" % (int(number) // (3600 * part) % 24)


def grows(numbers: Sequence[float] | Floats) -> bool:
    """
    Whether numbers rise or fall with their place, so that the next ones will lie beyond all of them.

    Spearman's rank correlation with the place is 0.95 or more, either way.

    >>> grows([*range(100, 130)]), grows([1, 2] * 15)
    (True, False)
    """
    values = np.asarray(numbers, dtype=np.float64)
    if len(values) < 3:
        return False
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    ranks = ranks - ranks.mean()
    order = np.arange(len(values)) - (len(values) - 1) / 2
    size = float(np.sqrt((ranks @ ranks) * (order @ order)))
    return size > 0 and abs(float(ranks @ order)) >= STEADY * size
