"""The events of all streams: appended once, in order, without gaps."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from driftlock.errors import NotFound
from driftlock.model import Event, Receipt
from driftlock.ports import StoredEvent
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import events, streams

# Bound parameters of one look-up; SQLite allows 32,766, older builds 999.
KEYS_AT_ONCE = 900

_COLUMNS = ("tenant", "stream_id", "seq", "key", "received_us", "at_us", "kind", "service", "payload")
_ROW_BY_ROW = f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
# One statement with whole columns in binary takes an eighth of the processor time of one for each row
# (benchmarks/speed/storage.py). COPY is no way in: row-level security forbids it.
_WHOLE_COLUMNS = (
    f"INSERT INTO events ({', '.join(_COLUMNS)}) "
    "SELECT %s, %s, %s + at, of.key, %s, of.at_us, of.kind, of.service, of.payload "
    "FROM unnest(%b::bytea[], %b::bigint[], %b::text[], %b::text[], %b::bytea[]) "
    "WITH ORDINALITY AS of (key, at_us, kind, service, payload, at)"
)


class SqlEvents:
    """:class:`driftlock.ports.EventLog` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def append(self, tenant: str, stream_id: str, new: Sequence[Event], received_at: datetime) -> Receipt:
        """
        Store *new* behind what is there, in one transaction, leaving out keys the stream holds already.

        Raises:
            NotFound: No such stream.
            StoreUnavailable: The database is busy, or its disk full; nothing was stored.
        """
        received_us = round(received_at.timestamp() * 1_000_000)
        by_key: dict[bytes, Event] = {}
        for event in new:
            by_key.setdefault(event.key, event)
        distinct = list(by_key.values())
        with writing(self._engine, tenant, alone=False) as connection:
            this = (streams.c.tenant == tenant) & (streams.c.id == stream_id)
            last = connection.scalar(sa.select(streams.c.events).where(this).with_for_update())
            if last is None:
                raise NotFound(f"There is no stream {stream_id}.")
            try:
                with connection.begin_nested():
                    _write(connection, tenant, stream_id, last, received_us, distinct)
            except IntegrityError:
                # Rare: a batch delivered again. Asking for known keys first would slow every batch down.
                known = self._known(connection, tenant, stream_id, [event.key for event in distinct])
                distinct = [event for event in distinct if event.key not in known]
                _write(connection, tenant, stream_id, last, received_us, distinct)
            last += len(distinct)
            connection.execute(sa.update(streams).where(this).values(events=last))
        return Receipt(
            stream_id=stream_id, accepted=len(distinct), duplicates=len(new) - len(distinct), last_seq=last
        )

    def _known(
        self, connection: sa.Connection, tenant: str, stream_id: str, keys: Sequence[bytes]
    ) -> set[bytes]:
        known: set[bytes] = set()
        for start in range(0, len(keys), KEYS_AT_ONCE):
            known.update(
                connection.scalars(
                    sa.select(events.c.key).where(
                        events.c.tenant == tenant,
                        events.c.stream_id == stream_id,
                        events.c.key.in_(keys[start : start + KEYS_AT_ONCE]),
                    )
                )
            )
        return known

    def after(self, tenant: str, stream_id: str, seq: int, limit: int) -> list[StoredEvent]:
        """At most *limit* events behind *seq*, in order."""
        return self._read(tenant, _of_stream(tenant, stream_id).where(events.c.seq > seq).limit(limit))

    def between(self, tenant: str, stream_id: str, first_seq: int, last_seq: int) -> list[StoredEvent]:
        """The events from *first_seq* to *last_seq*, both included, in order."""
        return self._read(
            tenant, _of_stream(tenant, stream_id).where(events.c.seq.between(first_seq, last_seq))
        )

    def _read(
        self, tenant: str, query: sa.Select[int, int | None, str | None, bytes, int]
    ) -> list[StoredEvent]:
        with reading(self._engine, tenant) as connection:
            return [StoredEvent(*row) for row in connection.execute(query)]


def _of_stream(tenant: str, stream_id: str) -> sa.Select[int, int | None, str | None, bytes, int]:
    return (
        sa.select(events.c.seq, events.c.at_us, events.c.service, events.c.payload, events.c.received_us)
        .where(events.c.tenant == tenant, events.c.stream_id == stream_id)
        .order_by(events.c.seq)
    )


def _write(
    connection: sa.Connection, tenant: str, stream_id: str, last: int, received_us: int, new: Sequence[Event]
) -> None:
    """Through the driver: the bind processing of an insert() doubles the time of a large batch."""
    if not new:
        return
    if connection.dialect.name == "postgresql":
        columns = zip(*((e.key, e.at_us, e.kind, e.service, e.payload) for e in new), strict=True)
        values = (tenant, stream_id, last, received_us, *(list(column) for column in columns))
        connection.exec_driver_sql(_WHOLE_COLUMNS, values)
        return
    rows = [
        (tenant, stream_id, seq, e.key, received_us, e.at_us, e.kind, e.service, e.payload)
        for seq, e in enumerate(new, start=last + 1)
    ]
    connection.exec_driver_sql(_ROW_BY_ROW, rows)
