"""The record of an anomaly of a numeric series: what came, what was expected, and what it is computed again from."""

import hashlib
import math
import struct
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from driftlock_core import series_alerts
from driftlock_core.series import UNRANKED_PART
from driftlock_core.series_alerts import PAGE_SCORE
from driftlock_core.severity import Severity

# Values kept in the record, up to the alert: enough to see what went before, and never much.
LAST_VALUES: Final = 64
# Decades; twice what a page takes.
HIGH_SCORE: Final = 2.0 * PAGE_SCORE


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEvidence:
    """
    What the numbers came from.

    ``digest`` is chained over every record from the series' first one to the
    alert, see :func:`chained`; ``last_values`` are the newest of them, at
    most 64, oldest first, None where nothing was measured.
    """

    digest: str
    last_values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesVerdict:
    """
    One anomaly of one series: its first alert, and how far the alert stretched.

    Records count from 0 within the series. ``low`` and ``high`` hold the
    central 90 % of what was expected of the alerting record, ``nearest`` is
    the value before it that is nearest to it; all in the series' own unit.
    """

    series: str
    record: int  # of the alert
    last_record: int  # last of the alert stretch, inclusive
    value: float
    low: float
    high: float
    nearest: float
    view: str  # the reading that was surprised most
    surprise: tuple[float, ...]  # decades, in the order of ``readings``
    bits: float  # beyond the usual
    p: float  # rank of the excess among the earlier records' own
    score: float  # decades; the alert's
    page: bool  # worth waking somebody, by the detector's own limit
    timed: bool  # whether the records' times were used
    warmup: int  # records learned before anything is judged
    readings: tuple[str, ...]
    parameters: dict[str, float]  # of the detector
    evidence: SeriesEvidence

    @property
    def outside(self) -> bool:
        """Whether the value itself lies outside the expected range."""
        return not self.low <= self.value <= self.high

    @property
    def severity(self) -> Severity:
        """Low for an alert, medium for a page, high from twice a page's score on."""
        if not self.page:
            return "low"
        return "high" if self.score >= HIGH_SCORE else "medium"

    def as_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON; :meth:`from_record` is the inverse."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "SeriesVerdict":
        """Read back what :meth:`as_record` wrote, also after a trip through JSON; other keys are left out."""
        values = {name: record[name] for name in cls.__dataclass_fields__}
        evidence = dict(values.pop("evidence"))
        evidence["last_values"] = tuple(evidence["last_values"])
        for name in ("surprise", "readings"):
            values[name] = tuple(values[name])
        return cls(**values, evidence=SeriesEvidence(**evidence))


def parameters() -> dict[str, float]:
    """The detector's own numbers, the same for every series: those of its alerts, whichever there are."""
    of_alerts = {
        name.lower(): float(number)
        for name, number in sorted(vars(series_alerts).items())
        if name.isupper() and isinstance(number, int | float)
    }
    return of_alerts | {"unranked_part": UNRANKED_PART}


def chained(records: Iterable[tuple[float, float]], digest: str = "") -> str:
    """
    Digest of *records* behind those that gave *digest*: SHA-256 of the digest before, value and time.

    Unlike one hash over all of them it can be put away and gone on with.

    Args:
        records: Value and time, 8 bytes each, little-endian; NaN where there is none.

    >>> chained([(2.0, 20.0)], chained([(1.0, 10.0)])) == chained([(1.0, 10.0), (2.0, 20.0)])
    True
    """
    newest = bytes.fromhex(digest)
    for record in records:
        newest = hashlib.sha256(newest + b"".join(map(_bytes, record))).digest()
    return newest.hex()


def _bytes(number: float) -> bytes:
    # A NaN has many bit patterns; all of them say the same here.
    return struct.pack("<d", math.nan if math.isnan(number) else number)
