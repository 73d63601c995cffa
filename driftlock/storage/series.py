"""Points and anomalies of series."""

from datetime import datetime
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
import zstandard

from driftlock.model import at, moment
from driftlock.ports import Order
from driftlock.services.series_store import FoundSeriesAnomaly, SeriesAnomalyRow, SeriesPoints, SeriesStep
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import detector_states, series_anomalies, series_slabs, streams

_COLUMNS: Final = (
    ("seq", "<i8"),
    ("at_us", "<i8"),
    ("value", "<f8"),
    ("low", "<f8"),
    ("high", "<f8"),
    ("score", "<f8"),
)
_VERDICT: Final = (
    "series",
    "record",
    "last_record",
    "value",
    "low",
    "high",
    "nearest",
    "view",
    "bits",
    "p",
    "score",
)
_ROW: Final = (
    *(column for column in series_anomalies.columns if column.name not in ("tenant", "whole")),
    streams.c.name.label("stream_name"),
)
_OF_STREAMS: Final = series_anomalies.join(streams)
_ORDERS: Final = {
    "strongest": (series_anomalies.c.bits.desc(), series_anomalies.c.first_seq, series_anomalies.c.series),
    "newest": (series_anomalies.c.first_seq.desc(), series_anomalies.c.series),
}


class SqlSeries:
    """:class:`driftlock.services.series_store.SeriesTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def save(self, tenant: str, stream_id: str, step: SeriesStep, *, until: datetime) -> bool:
        """
        Points, anomalies, counts, state and cursor in one transaction.

        The cursor moves only from where the step began and only under the
        step's own lease, so no slab is kept twice, whatever clocks do.
        """
        of_stream = {"tenant": tenant, "stream_id": stream_id}
        with writing(self._engine, tenant, lasting=False, alone=False) as connection:
            moved = connection.execute(
                sa.update(detector_states)
                .where(
                    detector_states.c.tenant == tenant,
                    detector_states.c.stream_id == stream_id,
                    detector_states.c.lease_owner == step.owner,
                    detector_states.c.cursor == step.before,
                )
                .values(cursor=step.cursor, state=step.state, lease_until=until)
            ).rowcount
            if not moved:
                return False
            if step.points:
                connection.execute(
                    sa.insert(series_slabs),
                    [
                        of_stream | {"series": series, "before": step.before, "points": _packed(points)}
                        for series, points in step.points
                    ],
                )
            if step.anomalies:
                connection.execute(
                    sa.insert(series_anomalies), [of_stream | _row(found) for found in step.anomalies]
                )
            connection.execute(
                sa.update(streams)
                .where(streams.c.tenant == tenant, streams.c.id == stream_id)
                .values(
                    status=step.status,
                    events_needed=0,
                    windows=streams.c.windows + step.judged,
                    flagged=streams.c.flagged + len(step.anomalies),
                    incidents=step.incidents,
                )
            )
        return True

    def points(self, tenant: str, stream_id: str, series: int) -> SeriesPoints:
        """All records of one series, in order; empty columns where there is nothing."""
        query = (
            sa.select(series_slabs.c.points)
            .where(
                series_slabs.c.tenant == tenant,
                series_slabs.c.stream_id == stream_id,
                series_slabs.c.series == series,
            )
            .order_by(series_slabs.c.before)
        )
        with reading(self._engine, tenant) as connection:
            slabs = [_unpacked(packed) for packed in connection.scalars(query)]
        return SeriesPoints(
            **{
                name: np.concatenate([slab[name] for slab in slabs]) if slabs else np.empty(0, dtype=kind)
                for name, kind in _COLUMNS
            }
        )

    def stretches(self, tenant: str, stream_id: str) -> list[tuple[str, int, int]]:
        """Id, first and last seq of every anomaly, in the order of the stream."""
        query = (
            sa.select(series_anomalies.c.id, series_anomalies.c.first_seq, series_anomalies.c.last_seq)
            .where(series_anomalies.c.tenant == tenant, series_anomalies.c.stream_id == stream_id)
            .order_by(series_anomalies.c.first_seq, series_anomalies.c.series)
        )
        with reading(self._engine, tenant) as connection:
            return [(row.id, row.first_seq, row.last_seq) for row in connection.execute(query)]

    def anomalies(
        self, tenant: str, stream_id: str, order: Order, offset: int, limit: int
    ) -> list[SeriesAnomalyRow]:
        """Anomalies of a stream; "strongest" by bits, "newest" by place in the stream."""
        query = (
            sa.select(*_ROW)
            .select_from(_OF_STREAMS)
            .where(series_anomalies.c.tenant == tenant, series_anomalies.c.stream_id == stream_id)
            .order_by(*_ORDERS[order])
            .offset(offset)
            .limit(limit)
        )
        with reading(self._engine, tenant) as connection:
            return [_read(row) for row in connection.execute(query)]

    def anomaly(self, tenant: str, anomaly_id: str) -> tuple[SeriesAnomalyRow, dict[str, Any]] | None:
        """The row and the record of one anomaly, if this tenant has it."""
        query = (
            sa.select(*_ROW, series_anomalies.c.whole)
            .select_from(_OF_STREAMS)
            .where(series_anomalies.c.tenant == tenant, series_anomalies.c.id == anomaly_id)
        )
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query).first()
        return None if found is None else (_read(found), found.whole)


def _packed(points: SeriesPoints) -> bytes:
    """The columns one behind the other, little-endian, compressed."""
    columns = (np.asarray(getattr(points, name)).astype(kind).tobytes() for name, kind in _COLUMNS)
    return zstandard.ZstdCompressor(level=3).compress(b"".join(columns))


def _unpacked(packed: bytes) -> dict[str, Any]:
    raw = zstandard.ZstdDecompressor().decompress(packed)
    each = len(raw) // len(_COLUMNS)
    return {
        name: np.frombuffer(raw, dtype=kind, count=each // 8, offset=place * each)
        for place, (name, kind) in enumerate(_COLUMNS)
    }


def _row(found: FoundSeriesAnomaly) -> dict[str, Any]:
    place = found.place
    return {
        "id": found.id,
        "first_seq": place.first_seq,
        "last_seq": place.last_seq,
        "first_at_us": place.first_at_us,
        "last_at_us": place.last_at_us,
        "seen_us": place.seen_us,
        "pattern": found.pattern,
        **{name: found.record[name] for name in _VERDICT},
        "severity": found.severity,
        "sentence": found.sentence,
        "whole": found.record,
    }


def _read(found: sa.Row[*tuple[Any, ...]]) -> SeriesAnomalyRow:
    values = dict(found._mapping)
    values.pop("whole", None)
    first_at, last_at = at(values.pop("first_at_us")), at(values.pop("last_at_us"))
    seen_at = moment(values.pop("seen_us"))
    return SeriesAnomalyRow(**values, first_at=first_at, last_at=last_at, seen_at=seen_at)
