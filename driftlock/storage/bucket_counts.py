"""Windows, flagged windows and alerts counted by stream and bucket of time."""

from typing import Any, Final

import sqlalchemy as sa

from driftlock.model import microseconds
from driftlock.services.overview_rows import Scope
from driftlock.services.overview_store import BucketRow, Buckets
from driftlock.storage.overview_parts import of_scope
from driftlock.storage.schema import streams, windows

_BITS: Final = 8 * (windows.c.size - windows.c.mu)


def tested_by_bucket(connection: sa.Connection, scope: Scope, buckets: Buckets) -> list[BucketRow]:
    """
    Windows, one row for each stream and bucket that has one.

    Each cell reads its own stretch of an index: grouping half a million windows by an
    expression would sort them first, and take three times as long.
    """
    # As large as what it is added to below: a database may take a plain 0 for a smaller type.
    number = sa.select(sa.literal(0, sa.BigInteger).label("i")).cte("bucket", recursive=True)
    number = number.union_all(sa.select(number.c.i + 1).where(number.c.i + 1 < buckets.count))
    first, end = _edge(number.c.i, buckets), _edge(number.c.i + 1, buckets)

    def of_cell(what: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
        found = sa.select(what).where(
            windows.c.tenant == scope.tenant,
            windows.c.stream_id == streams.c.id,
            windows.c.seen_us >= first,
            windows.c.seen_us < end,
        )
        if scope.since is not None:
            found = found.where(windows.c.seen_us >= microseconds(scope.since))
        return found.correlate(streams, number).scalar_subquery()

    query = (
        sa.select(
            streams.c.id.label("stream_id"),
            number.c.i.label("bucket"),
            of_cell(sa.func.count()).label("count"),
            of_cell(sa.func.max(_BITS)).label("strongest_bits"),
        )
        .select_from(streams.join(number, sa.true()))
        .where(streams.c.tenant == scope.tenant, streams.c.id.in_(scope.stream_ids), streams.c.windows > 0)
    )
    return [BucketRow(**row) for row in connection.execute(query).mappings() if row["count"]]


def flagged_by_bucket(
    connection: sa.Connection,
    table: sa.Table,
    bits: sa.ColumnElement[float],
    scope: Scope,
    buckets: Buckets,
) -> list[BucketRow]:
    """Flagged windows or alerts, one row for each stream and bucket that has one."""
    place = (table.c.seen_us - buckets.low) * buckets.count // (buckets.high - buckets.low)
    query = (
        sa.select(
            table.c.stream_id,
            place.label("bucket"),
            sa.func.count().label("count"),
            sa.func.max(bits).label("strongest_bits"),
        )
        # Without a beginning the range begins with the oldest data there were when the buckets were made.
        .where(of_scope(table, scope), table.c.seen_us >= buckets.low, table.c.seen_us < buckets.high)
        .group_by(table.c.stream_id, sa.text("bucket"))
    )
    return [BucketRow(**row) for row in connection.execute(query).mappings()]


def _edge(number: sa.ColumnElement[int], buckets: Buckets) -> sa.ColumnElement[int]:
    """Where the bucket of that number begins, rounded up to whole microseconds."""
    width = buckets.high - buckets.low
    return buckets.low + (number * width + (buckets.count - 1)) // buckets.count
