"""Every question a screen asks about series. Read only; another tenant's looks like what does not exist."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from driftlock.decode.measurements import Measurements
from driftlock.errors import NotFound
from driftlock.model import Stream
from driftlock.ports import Order
from driftlock.services.queries import Queries
from driftlock.services.series_plan import SeriesPlan, grouped, is_series
from driftlock.services.series_store import SeriesAnomalyRow, SeriesPoints, SeriesStore
from driftlock_core.recompute import Recomputation
from driftlock_core.series_recompute import recompute_series
from driftlock_core.series_verdict import SeriesVerdict

_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAnomaly:
    """One anomaly of a series, whole, and those around it in the order of the stream."""

    row: SeriesAnomalyRow
    record: dict[str, Any]
    verdict: SeriesVerdict
    incident: int  # 1-based number within the stream
    together: tuple[SeriesAnomalyRow, ...]  # of the same incident, most bits first, this one included
    previous_id: str | None
    next_id: str | None
    position: int  # 1-based
    total: int


class SeriesQueries:
    """Reads from *store*; the tenant always comes first. What *queries* calls gone is gone here too."""

    def __init__(self, store: SeriesStore, queries: Queries) -> None:
        self._store = store
        self._queries = queries

    def plan(self, stream: Stream) -> SeriesPlan | None:
        """How the numbers of *stream* are judged; None where it is judged as text."""
        return (
            SeriesPlan.from_configuration(stream.configuration) if is_series(stream.configuration) else None
        )

    def points(self, tenant: str, stream_id: str, series: str) -> SeriesPoints:
        """
        All records of the series of that name.

        Raises:
            NotFound: There is no such stream, or no such series in it.
        """
        stream = self._queries.stream(tenant, stream_id)
        names = list(plan.warmups) if stream is not None and (plan := self.plan(stream)) else []
        if series not in names:
            raise NotFound(f"There is no series of that name in stream {stream_id}.")
        return self._store.series.points(tenant, stream_id, names.index(series))

    def anomalies(
        self, tenant: str, stream_id: str, *, order: Order = "strongest", offset: int = 0, limit: int = 50
    ) -> list[SeriesAnomalyRow]:
        """Anomalies of all series of a stream: most bits first, or the end of the stream first."""
        if self._queries.stream(tenant, stream_id) is None:
            return []
        return self._store.series.anomalies(tenant, stream_id, order, offset, limit)

    def incidents(self, tenant: str, stream_id: str) -> dict[str, int]:
        """Number of the incident of each anomaly, by id."""
        stream = self._queries.stream(tenant, stream_id)
        plan = None if stream is None else self.plan(stream)
        if plan is None:
            return {}
        found = self._store.series.stretches(tenant, stream_id)
        numbers = grouped([(first, last) for _, first, last in found], plan.round)
        return {one: number for (one, _, _), number in zip(found, numbers, strict=True)}

    def anomaly(self, tenant: str, anomaly_id: str) -> SeriesAnomaly | None:
        """One anomaly, whole."""
        found = self._store.series.anomaly(tenant, anomaly_id)
        if found is None or self._queries.stream(tenant, found[0].stream_id) is None:
            return None
        row, record = found
        incidents = self.incidents(tenant, row.stream_id)
        order = list(incidents)
        place = order.index(anomaly_id)
        every = self._store.series.anomalies(tenant, row.stream_id, "strongest", 0, len(order))
        return SeriesAnomaly(
            row=row,
            record=record,
            verdict=SeriesVerdict.from_record(record),
            incident=incidents[anomaly_id],
            together=tuple(one for one in every if incidents[one.id] == incidents[anomaly_id]),
            previous_id=order[place - 1] if place else None,
            next_id=order[place + 1] if place + 1 < len(order) else None,
            position=place + 1,
            total=len(order),
        )

    def anomaly_record(self, tenant: str, anomaly_id: str) -> dict[str, Any] | None:
        """The record of one anomaly alone."""
        found = self._store.series.anomaly(tenant, anomaly_id)
        return None if found is None or self._queries.stream(tenant, found[0].stream_id) is None else found[1]

    def replay(self, tenant: str, anomaly_id: str) -> Recomputation:
        """
        Every number of the record computed again from the stored events.

        Raises:
            NotFound: The tenant has no such anomaly.
            NotRecomputable: The events are gone.
        """
        anomaly = self.anomaly(tenant, anomaly_id)
        stream = None if anomaly is None else self._queries.stream(tenant, anomaly.row.stream_id)
        if anomaly is None or stream is None:
            raise NotFound(f"There is no anomaly {anomaly_id}.")
        values, times = self.values(stream, anomaly.verdict)
        return recompute_series(anomaly.verdict, values, times)

    def values(self, stream: Stream, verdict: SeriesVerdict) -> tuple[list[float], list[float]]:
        """
        Values and times that an anomaly is computed from, from the stored events and not from what was kept of them.

        From the first record of its series on, NaN where there is none; fewer where events are gone.
        """
        measurements = Measurements(SeriesPlan.from_configuration(stream.configuration).reading)
        silent = math.ceil(verdict.parameters["silent_part"] * verdict.warmup)
        most = verdict.last_record + 2 + silent
        values: list[float] = []
        times: list[float] = []
        cursor = 0
        while len(values) < most and (
            slab := self._store.events.after(stream.tenant, stream.id, cursor, _BATCH)
        ):
            for event in slab:
                for name, value in measurements.of(event.payload):
                    if name == verdict.series:
                        values.append(value)
                        times.append(math.nan if event.at_us is None else event.at_us / 1e6)
            cursor = slab[-1].seq
        return values, times


def around(points: SeriesPoints, first: int, last: int, reach: int) -> SeriesPoints:
    """Records *first* to *last* and *reach* more on either side."""
    rows = slice(max(0, first - reach), last + reach + 1)
    return SeriesPoints(
        **{name: np.asarray(getattr(points, name))[rows] for name in SeriesPoints.__dataclass_fields__}
    )
