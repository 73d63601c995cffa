"""What the questions about the desk share."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar

import sqlalchemy as sa

from driftlock.services.review_store import Review, StoredChange, StoredNote, StoredSuppression, Target
from driftlock.storage.schema import anomalies, desk_changes, detector_states, runs, series_anomalies, streams
from driftlock.storage.work_queue import LIVE

# Values in one statement; databases differ in how many they take, and none refuses so few.
CHUNK: Final = 500
Row = TypeVar("Row", StoredSuppression, StoredNote)
REVIEWED: Final = ("label", "snooze", "state", "assign")  # changes of what stands beside anomalies
CHANGE: Final = tuple(field.name for field in fields(StoredChange))


def changes(
    connection: sa.Connection, which: sa.ColumnElement[bool], limit: int | None = None
) -> list[StoredChange]:
    """Changes, newest first; of their detail only how many and what they say."""
    at = desk_changes.c
    query = (
        sa.select(
            *(at.id, at.what, at.at, at.by, at.undone_at, at.undone_by),
            at.detail["count"].as_integer().label("count"),
            at.detail["says"].label("says"),
        )
        .where(which)
        .order_by(at.at.desc(), at.id)
        .limit(limit)
    )
    return [
        StoredChange(detail={"count": row.pop("count"), "says": row.pop("says")}, **row)
        for row in (dict(found) for found in connection.execute(query).mappings())
    ]


def found_by_id(connection: sa.Connection, tenant: str, ids: Collection[str], now: datetime) -> list[Target]:
    """Anomalies of windows and of series that have one of these ids."""
    return found_by(connection, tenant, "id", ids, now)


def found_by(
    connection: sa.Connection, tenant: str, column: str, values: Collection[str], now: datetime
) -> list[Target]:
    found = []
    for table in (anomalies, series_anomalies):
        for some in chunks(values):
            window = table.c.window if "window" in table.c else sa.null().label("window")
            query = sa.select(table.c.id, table.c.stream_id, table.c.pattern, window).where(
                table.c.tenant == tenant, table.c[column].in_(some), there(table, now)
            )
            found += [Target(**row) for row in connection.execute(query).mappings()]
    return found


def forget(connection: sa.Connection, tenant: str, stream_ids: Collection[str]) -> None:
    """Take what was said about anomalies of streams that go out of the history; the changes themselves stay."""
    for some in chunks(stream_ids):
        said = sa.cast(desk_changes.c.detail, sa.Text)
        query = sa.select(desk_changes.c.id, desk_changes.c.detail).where(
            desk_changes.c.tenant == tenant,
            desk_changes.c.what.in_(REVIEWED),
            sa.or_(*(said.contains(stream_id) for stream_id in some)),
        )
        for change_id, detail in connection.execute(query).all():
            rows = {one: row for one, row in detail["rows"].items() if row[0] not in some}
            connection.execute(
                sa.update(desk_changes)
                .where(desk_changes.c.tenant == tenant, desk_changes.c.id == change_id)
                .values(detail=detail | {"rows": rows})
            )


def hold(connection: sa.Connection, tenant: str, stream_ids: Collection[str]) -> None:
    """
    Until the transaction ends nobody judges these streams or adds to them.

    Whoever judges goes first to the state, then to the stream; so does this, and neither waits for the other.
    """
    for some in chunks(stream_ids):
        for table, key in ((detector_states, detector_states.c.stream_id), (streams, streams.c.id)):
            held = sa.select(key).where(table.c.tenant == tenant, key.in_(some)).order_by(key)
            connection.execute(held.with_for_update())


def there(table: sa.Table, now: datetime) -> sa.ColumnElement[bool]:
    """Whether the row's stream does not belong to a run past its time at *now*."""
    past = (
        sa.select(streams.c.id)
        .select_from(streams.join(runs))
        .where(runs.c.expires_at <= now, runs.c.state.not_in(LIVE), streams.c.tenant == table.c.tenant)
        .correlate(table)
    )
    return table.c.stream_id.not_in(past)


def alive(table: sa.Table, now: datetime) -> sa.ColumnElement[bool]:
    """The same of a stream itself."""
    past = (
        sa.select(runs.c.id)
        .where(runs.c.expires_at <= now, runs.c.state.not_in(LIVE), runs.c.tenant == table.c.tenant)
        .correlate(table)
    )
    return table.c.run_id.is_(None) | table.c.run_id.not_in(past)


def read_review(row: sa.RowMapping) -> Review:
    """A row of the table as the services know it."""
    return Review(**{field.name: row[field.name] for field in fields(Review)})


def of_table(of: type[Row], row: sa.RowMapping) -> Row:
    """The columns that *of* has fields for."""
    return of(**{field.name: row[field.name] for field in fields(of)})


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """*values* in lists that one statement takes."""
    left = iter(values)
    while some := list(islice(left, CHUNK)):
        yield some
