"""What was found, for reading."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import sqlalchemy as sa

from driftlock.model import AnomalyRow, ScoreColumns, at, moment
from driftlock.ports import Neighbours, Order
from driftlock.storage.connect import reading
from driftlock.storage.schema import anomalies, streams, windows
from driftlock.storage.verdicts_columns import read
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


_WHOLE = (
    "window first_seq last_seq last_at_us seen_us size m c_window factor exact gated flagged ready".split()
)
_MISSING = {"last_at_us": -1, "c_window": 0, "factor": 1}  # what stands for a null among whole numbers
_OF_ASPECTS = [f"{aspect.name}_{what}" for aspect in ASPECTS for what in ("p", "distance")]
_REAL = ["mu", "cbar", "p_stream", "score", "p_perm", "chance", *_OF_ASPECTS]


class SqlVerdicts:
    """:class:`driftlock.ports.VerdictTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def scores(self, tenant: str, stream_id: str) -> ScoreColumns:
        """One row a window, in stream order; all columns empty for a stream that is not there."""
        mine = (windows.c.tenant == tenant) & (windows.c.stream_id == stream_id)
        with reading(self._engine, tenant) as connection:
            return columns_of(connection, mine)

    def ncd(self, tenant: str, stream_id: str) -> Sequence[float]:
        """The column of that name in :meth:`scores`, alone."""
        query = sa.select(windows.c.score).order_by(windows.c.window)
        with reading(self._engine, tenant) as connection:
            return connection.scalars(
                query.where(windows.c.tenant == tenant, windows.c.stream_id == stream_id)
            ).all()

    def anomalies(
        self, tenant: str, stream_id: str, order: Order, offset: int, limit: int
    ) -> list[AnomalyRow]:
        """Flagged windows of a stream; "strongest" by severity and extra bits, "newest" by place in the stream."""
        # The places first: sorted with all they hold, the last of fifty thousand takes a second.
        page = (
            sa.select(anomalies.c.window)
            .where(anomalies.c.tenant == tenant, anomalies.c.stream_id == stream_id)
            .order_by(*_ORDERS[order])
            .offset(offset)
            .limit(limit)
        )
        query = (
            sa.select(*_ROW)
            .select_from(_ANOMALIES_OF_STREAMS)
            .where(anomalies.c.tenant == tenant, anomalies.c.stream_id == stream_id)
            .where(anomalies.c.window.in_(page))
            .order_by(*_ORDERS[order])
        )
        with reading(self._engine, tenant) as connection:
            return [_row(row) for row in connection.execute(query)]

    def anomaly(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, dict[str, Any]] | None:
        """The row and the record of one flagged window, if this tenant has it."""
        query = (
            sa.select(*_ROW, anomalies.c.record)
            .select_from(_ANOMALIES_OF_STREAMS)
            .where(anomalies.c.tenant == tenant, anomalies.c.id == anomaly_id)
        )
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query).first()
        return None if found is None else (_row(found), found.record)

    def neighbours(self, tenant: str, stream_id: str, window: int) -> Neighbours:
        """The flagged windows before and after *window*, and its place among all of the stream."""
        of_stream = (anomalies.c.tenant == tenant) & (anomalies.c.stream_id == stream_id)
        before, after = anomalies.c.window < window, anomalies.c.window > window
        newest, oldest = anomalies.c.window.desc(), anomalies.c.window
        ids = sa.select(anomalies.c.id).limit(1)
        with reading(self._engine, tenant) as connection:
            return Neighbours(
                previous_id=connection.scalar(ids.where(of_stream, before).order_by(newest)),
                next_id=connection.scalar(ids.where(of_stream, after).order_by(oldest)),
                position=1 + connection.scalars(_count().where(of_stream, before)).one(),
                total=connection.scalars(_count().where(of_stream)).one(),
            )


def columns_of(
    connection: sa.Connection, which: sa.ColumnElement[bool], extra: Mapping[str, Any] = MappingProxyType({})
) -> ScoreColumns:
    """
    The windows of one stream that *which* names, one row each, in stream order.

    Args:
        extra: To stand beside what the windows themselves hold.
    """
    asked = [
        sa.func.coalesce(windows.c[name], _MISSING[name]) if name in _MISSING else windows.c[name]
        for name in _WHOLE
    ]
    wholes, reals = read(connection, asked, [windows.c[name] for name in _REAL], which, windows.c.window)
    whole, real = dict(zip(_WHOLE, wholes, strict=True)), dict(zip(_REAL, reals, strict=True))
    return ScoreColumns(
        window=whole["window"],
        last_seq=whole["last_seq"],
        last_at_us=whole["last_at_us"],
        ncd=real["score"],
        exact=whole["exact"].astype(np.bool_),
        p_stream=real["p_stream"],
        p_perm=real["p_perm"],
        extra_bits=8 * (whole["size"] - real["mu"]),
        flagged=whole["flagged"].astype(np.bool_),
        ready=whole["ready"].astype(np.bool_),
        chance=real["chance"],
        extra={
            **{name: whole[name] for name in ("seen_us", "first_seq", "size", "m", "c_window", "factor")},
            **{name: real[name] for name in ("mu", "cbar", *_OF_ASPECTS)},
            "gated": whole["gated"].astype(np.bool_),
            **extra,
        },
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
