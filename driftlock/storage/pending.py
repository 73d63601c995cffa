"""Which streams have events that are not judged yet."""

from itertools import groupby
from operator import itemgetter
from typing import Final

import sqlalchemy as sa

from driftlock.services.pending import Behind
from driftlock.storage.connect import EVERY_TENANT, carry, reading
from driftlock.storage.desk_parts import chunks
from driftlock.storage.schema import detector_states, events, runs, streams

# Runs of other sources are judged by whoever works on the run, when it has been read.
FED: Final = ("live",)
_JUDGED: Final = sa.and_(
    detector_states.c.tenant == streams.c.tenant, detector_states.c.stream_id == streams.c.id
)
_NEXT: Final = sa.and_(
    detector_states.c.tenant == events.c.tenant,
    detector_states.c.stream_id == events.c.stream_id,
    detector_states.c.cursor + 1 == events.c.seq,
)
_RUN: Final = sa.and_(runs.c.tenant == streams.c.tenant, runs.c.id == streams.c.run_id)


class SqlPending:
    """:class:`driftlock.services.pending.PendingTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def behind(self) -> list[Behind]:
        """Of all tenants, fed from outside or live, those that wait longest first."""
        query = (
            sa.select(
                streams.c.tenant,
                streams.c.id.label("stream_id"),
                streams.c.kind,
                streams.c.configuration,
                detector_states.c.cursor,
                (streams.c.events - detector_states.c.cursor).label("events"),
            )
            .join(detector_states, _JUDGED)
            .join(runs, _RUN, isouter=True)
            .where(streams.c.events > detector_states.c.cursor)
            .where(streams.c.run_id.is_(None) | runs.c.source.in_(FED))
            .order_by(streams.c.tenant)
        )
        found = []
        with reading(self._engine, EVERY_TENANT) as connection:
            waiting = connection.execute(query).mappings().all()
            for tenant, of_tenant in groupby(waiting, key=itemgetter("tenant")):
                rows = list(of_tenant)
                since = _since(connection, tenant, [row["stream_id"] for row in rows])
                found += [
                    Behind(**row, since_us=since[row["stream_id"]])
                    for row in rows
                    if row["stream_id"] in since
                ]
        found.sort(key=lambda one: (one.since_us, one.tenant, one.stream_id))
        return found

    def waiting(self, tenant: str, stream_id: str) -> int:
        """Events of one stream that are not judged yet; 0 for one that is not there."""
        query = (
            sa.select(streams.c.events - detector_states.c.cursor)
            .join(detector_states, _JUDGED)
            .where(streams.c.tenant == tenant, streams.c.id == stream_id)
        )
        with reading(self._engine, tenant) as connection:
            return connection.scalar(query) or 0


def _since(connection: sa.Connection, tenant: str, stream_ids: list[str]) -> dict[str, int]:
    """When the first event came in that is not judged yet, by stream: events are no part of the work queue."""
    carry(connection, tenant)
    found = {}
    for some in chunks(stream_ids):
        query = (
            sa.select(events.c.stream_id, events.c.received_us)
            .join(detector_states, _NEXT)
            .where(events.c.tenant == tenant, events.c.stream_id.in_(some))
        )
        found.update({row.stream_id: row.received_us for row in connection.execute(query)})
    return found
