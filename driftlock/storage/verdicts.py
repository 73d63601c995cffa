"""What was found, for reading."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from driftlock.model import AnomalyRow, ScoreColumns, at, moment
from driftlock.ports import Neighbours, Order
from driftlock.storage.schema import anomalies, streams, windows
from driftlock_core.window_views.catalogue import ASPECTS

_ROW = (
    *(column for column in anomalies.columns if column.name not in ("tenant", "record")),
    streams.c.name.label("stream_name"),
    streams.c.kind,
)
_ANOMALIES_OF_STREAMS = anomalies.join(streams)
_ORDERS = {
    # By severity first: a window may stand out by its counts or its pace and need fewer bits than usual.
    "strongest": (
        sa.case({"high": 2, "medium": 1}, value=anomalies.c.severity, else_=0).desc(),
        anomalies.c.extra_bits.desc(),
        anomalies.c.window,
    ),
    "newest": (anomalies.c.window.desc(),),
}


class SqlVerdicts:
    """:class:`driftlock.ports.VerdictTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def scores(self, tenant: str, stream_id: str) -> ScoreColumns:
        """One row a window, in stream order; all columns empty for a stream that is not there."""
        names = [column.name for column in windows.columns if column.name not in ("tenant", "stream_id")]
        query = sa.select(*(windows.c[name] for name in names)).order_by(windows.c.window)
        with self._engine.connect() as connection:
            rows = connection.execute(
                query.where(windows.c.tenant == tenant, windows.c.stream_id == stream_id)
            ).all()
        values = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))

        def whole(name: str, missing: int = 0) -> Any:
            return np.array([missing if v is None else v for v in values[name]], dtype=np.int64)

        def real(name: str) -> Any:
            return np.array([np.nan if v is None else v for v in values[name]], dtype=np.float64)

        def truth(name: str) -> Any:
            return np.array(values[name], dtype=np.bool_)

        return ScoreColumns(
            window=whole("window"),
            last_seq=whole("last_seq"),
            last_at_us=whole("last_at_us", missing=-1),
            ncd=real("score"),
            exact=truth("exact"),
            p_stream=real("p_stream"),
            p_perm=real("p_perm"),
            extra_bits=8 * (whole("size") - real("mu")),
            flagged=truth("flagged"),
            ready=truth("ready"),
            chance=real("chance"),
            extra={
                "seen_us": whole("seen_us"),
                "first_seq": whole("first_seq"),
                "size": whole("size"),
                "mu": real("mu"),
                "cbar": real("cbar"),
                "m": whole("m"),
                "c_window": whole("c_window"),
                "gated": truth("gated"),
                "factor": whole("factor", missing=1),
                **{
                    f"{aspect.name}_{what}": real(f"{aspect.name}_{what}")
                    for aspect in ASPECTS
                    for what in ("p", "distance")
                },
            },
        )

    def ncd(self, tenant: str, stream_id: str) -> Sequence[float]:
        """The column of that name in :meth:`scores`, alone."""
        query = sa.select(windows.c.score).order_by(windows.c.window)
        with self._engine.connect() as connection:
            return connection.scalars(
                query.where(windows.c.tenant == tenant, windows.c.stream_id == stream_id)
            ).all()

    def anomalies(
        self, tenant: str, stream_id: str, order: Order, offset: int, limit: int
    ) -> list[AnomalyRow]:
        """Flagged windows of a stream; "strongest" by severity and extra bits, "newest" by place in the stream."""
        query = (
            sa.select(*_ROW)
            .select_from(_ANOMALIES_OF_STREAMS)
            .where(anomalies.c.tenant == tenant, anomalies.c.stream_id == stream_id)
            .order_by(*_ORDERS[order])
            .offset(offset)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_row(row) for row in connection.execute(query)]

    def anomaly(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, dict[str, Any]] | None:
        """The row and the record of one flagged window, if this tenant has it."""
        query = (
            sa.select(*_ROW, anomalies.c.record)
            .select_from(_ANOMALIES_OF_STREAMS)
            .where(anomalies.c.tenant == tenant, anomalies.c.id == anomaly_id)
        )
        with self._engine.connect() as connection:
            found = connection.execute(query).first()
        return None if found is None else (_row(found), found.record)

    def neighbours(self, tenant: str, stream_id: str, window: int) -> Neighbours:
        """The flagged windows before and after *window*, and its place among all of the stream."""
        of_stream = (anomalies.c.tenant == tenant) & (anomalies.c.stream_id == stream_id)
        before, after = anomalies.c.window < window, anomalies.c.window > window
        newest, oldest = anomalies.c.window.desc(), anomalies.c.window
        ids = sa.select(anomalies.c.id).limit(1)
        with self._engine.connect() as connection:
            return Neighbours(
                previous_id=connection.scalar(ids.where(of_stream, before).order_by(newest)),
                next_id=connection.scalar(ids.where(of_stream, after).order_by(oldest)),
                position=1 + connection.scalars(_count().where(of_stream, before)).one(),
                total=connection.scalars(_count().where(of_stream)).one(),
            )


def _count() -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(anomalies)


def _row(found: sa.Row[*tuple[Any, ...]]) -> AnomalyRow:
    values = dict(found._mapping)
    values.pop("record", None)
    first_at, last_at = at(values.pop("first_at_us")), at(values.pop("last_at_us"))
    views = tuple((values.pop("views") or "bytes").split(","))
    seen_at = moment(values.pop("seen_us"))
    return AnomalyRow(**values, views=views, first_at=first_at, last_at=last_at, seen_at=seen_at)
