"""What the services keep of series: slabs of points, and anomalies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from driftlock.ports import Order, Store
from driftlock.services.series_records import Place
from driftlock_core.severity import Severity
from driftlock_core.verdict import Status


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesPoints:
    """
    Records of one series, column by column (numpy arrays of equal length), in order.

    ``at_us`` is −1 where an event names no time; ``value`` is NaN where
    nothing was measured, ``low`` and ``high`` where no range was computed.
    """

    seq: Any  # int64
    at_us: Any  # int64
    value: Any  # float64
    low: Any  # float64
    high: Any  # float64
    score: Any  # float64, decades


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSeriesAnomaly:
    """An anomaly of a series with everything written about it, ready to be kept."""

    id: str
    place: Place
    severity: Severity
    pattern: str
    sentence: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAnomalyRow:
    """One anomaly of a series as lists show it."""

    id: str
    stream_id: str
    stream_name: str
    series: str
    record: int  # of the alert, from 0
    last_record: int
    first_seq: int
    last_seq: int
    first_at: datetime | None
    last_at: datetime | None
    value: float
    low: float
    high: float
    nearest: float
    view: str
    bits: float
    p: float
    score: float
    severity: Severity
    sentence: str
    seen_at: datetime
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStep:
    """One slab of a stream of series, worked off: everything here is kept, or nothing of it."""

    owner: str  # of the lease
    before: int  # cursor the slab began behind
    cursor: int
    state: bytes
    status: Status
    points: Sequence[tuple[int, SeriesPoints]]  # by number of the series in the plan
    anomalies: Sequence[FoundSeriesAnomaly]
    judged: int  # records of this slab behind their warm-up
    incidents: int  # of the whole stream, after this step


class SeriesTable(Protocol):
    """The points and anomalies of all series."""

    def save(self, tenant: str, stream_id: str, step: SeriesStep, *, until: datetime) -> bool:
        """Keep *step*, and the lease until *until*; False, and nothing kept, if the lease was lost."""

    def points(self, tenant: str, stream_id: str, series: int) -> SeriesPoints:
        """All records of the series of that number; empty columns where there is nothing."""

    def stretches(self, tenant: str, stream_id: str) -> list[tuple[str, int, int]]:
        """Id, first and last seq of every anomaly, in the order of the stream."""

    def anomalies(
        self, tenant: str, stream_id: str, order: Order, offset: int, limit: int
    ) -> list[SeriesAnomalyRow]: ...

    def anomaly(self, tenant: str, anomaly_id: str) -> tuple[SeriesAnomalyRow, dict[str, Any]] | None:
        """The row and the record."""


class SeriesStore(Store, Protocol):
    """A store that keeps series too."""

    @property
    def series(self) -> SeriesTable: ...
