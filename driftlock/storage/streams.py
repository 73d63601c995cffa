"""The streams themselves."""

from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from driftlock.errors import NotFound
from driftlock.model import Kind, Stream
from driftlock.services.series_plan import is_series
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import detector_states, runs, streams
from driftlock_core.profiles import Profile


class SqlStreams:
    """:class:`driftlock.ports.StreamTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, stream: Stream) -> None:
        """
        Store a new stream, and the state of a detector that has seen nothing.

        Raises:
            NotFound: The run it belongs to is gone.
        """
        row = {column.name: getattr(stream, column.name) for column in streams.columns}
        of_run = sa.select(runs.c.id).where(runs.c.tenant == stream.tenant, runs.c.id == stream.run_id)
        with writing(self._engine, stream.tenant) as connection:
            if stream.run_id is not None and connection.execute(of_run.with_for_update()).first() is None:
                raise NotFound(f"There is no run {stream.run_id}.")
            connection.execute(sa.insert(streams).values(row))
            connection.execute(
                sa.insert(detector_states).values(tenant=stream.tenant, stream_id=stream.id, cursor=0)
            )

    def add_missing(self, stream: Stream) -> None:
        """
        As :meth:`add`, and nothing where a stream of that id is there already.

        Raises:
            StoreUnavailable: The database is busy, or its disk full.
        """
        with suppress(IntegrityError):
            self.add(stream)

    def get(self, tenant: str, stream_id: str) -> Stream | None:
        """The stream of that id, if this tenant has one."""
        found = self._read(
            tenant, sa.select(streams).where(streams.c.tenant == tenant, streams.c.id == stream_id)
        )
        return found[0] if found else None

    def of_run(self, tenant: str, run_id: str) -> list[Stream]:
        """The streams a run made, in the order it made them."""
        return self._read(
            tenant,
            sa.select(streams)
            .where(streams.c.tenant == tenant, streams.c.run_id == run_id)
            .order_by(streams.c.created_at, streams.c.kind),
        )

    def configure(self, tenant: str, stream_id: str, configuration: dict[str, Any]) -> bool:
        """Give a stream that has not begun another configuration; False if it has begun, or is not there."""
        return self._configure(tenant, stream_id, configuration)

    def _configure(self, tenant: str, stream_id: str, configuration: dict[str, Any], **more: Any) -> bool:
        begun = sa.exists().where(
            detector_states.c.tenant == tenant,
            detector_states.c.stream_id == stream_id,
            detector_states.c.cursor > 0,
        )
        needed = 0 if is_series(configuration) else Profile.from_configuration(configuration).events_needed
        with writing(self._engine, tenant) as connection:
            return bool(
                connection.execute(
                    sa.update(streams)
                    .where(streams.c.tenant == tenant, streams.c.id == stream_id, ~begun)
                    .values(configuration=configuration, events_needed=needed, **more)
                ).rowcount
            )

    def alter(self, tenant: str, stream_id: str, **values: Any) -> bool:
        """Set columns of the stream; False: there is no such stream."""
        this = (streams.c.tenant == tenant) & (streams.c.id == stream_id)
        with writing(self._engine, tenant) as connection:
            return bool(connection.execute(sa.update(streams).where(this).values(**values)).rowcount)

    def reshape(self, tenant: str, stream_id: str, kind: Kind, configuration: dict[str, Any]) -> bool:
        """Kind and configuration of a stream of which nothing was judged yet; False if something was."""
        return self._configure(tenant, stream_id, configuration, kind=kind)

    def _read(self, tenant: str, query: sa.Select[Any]) -> list[Stream]:
        with reading(self._engine, tenant) as connection:
            return [Stream(**row) for row in connection.execute(query).mappings()]
