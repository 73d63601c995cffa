"""Which streams have events that are not judged yet."""

from typing import Final

import sqlalchemy as sa

from driftlock.services.pending import Behind
from driftlock.storage.connect import EVERY_TENANT, reading
from driftlock.storage.schema import detector_states, events, runs, streams

# Runs of other sources are judged by whoever works on the run, when it has been read.
FED: Final = ("live",)
_JUDGED: Final = sa.and_(
    detector_states.c.tenant == streams.c.tenant, detector_states.c.stream_id == streams.c.id
)
_NEXT: Final = sa.and_(
    events.c.tenant == streams.c.tenant,
    events.c.stream_id == streams.c.id,
    events.c.seq == detector_states.c.cursor + 1,
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
                events.c.received_us.label("since_us"),
            )
            .join(detector_states, _JUDGED)
            .join(events, _NEXT)
            .join(runs, _RUN, isouter=True)
            .where(streams.c.events > detector_states.c.cursor)
            .where(streams.c.run_id.is_(None) | runs.c.source.in_(FED))
            .order_by(events.c.received_us, streams.c.tenant, streams.c.id)
        )
        with reading(self._engine, EVERY_TENANT) as connection:
            return [Behind(**row) for row in connection.execute(query).mappings()]

    def waiting(self, tenant: str, stream_id: str) -> int:
        """Events of one stream that are not judged yet; 0 for one that is not there."""
        query = (
            sa.select(streams.c.events - detector_states.c.cursor)
            .join(detector_states, _JUDGED)
            .where(streams.c.tenant == tenant, streams.c.id == stream_id)
        )
        with reading(self._engine, tenant) as connection:
            return connection.scalar(query) or 0
