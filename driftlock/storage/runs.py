"""The runs: what was asked for, how far it is, and who works on it."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from driftlock.model import DecodingReport, KindEvidence, Recognition, Run, RunState, SkippedLine, Source
from driftlock.ports import Removed
from driftlock.services.acting import note
from driftlock.storage.connect import EVERY_TENANT, empty_log, reading, writing
from driftlock.storage.desk_parts import forget, hold
from driftlock.storage.schema import metadata, runs, streams
from driftlock.storage.work_queue import LIVE, Answer, WorkQueue

_OF_STREAMS: Final = [table for table in metadata.sorted_tables if "stream_id" in table.columns]
_OF_THE_MODEL: Final = [column for column in runs.columns if column.name in Run.__dataclass_fields__]


class SqlRuns:
    """:class:`driftlock.ports.RunTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._queue = WorkQueue(engine, runs)

    def add(self, run: Run, *, expires_at: datetime | None, worker: str | None = None) -> bool:
        """
        Store a run; without *expires_at* it stays until it is deleted.

        Args:
            worker: Who works on it already; None: it waits for one.

        Returns:
            False, and nothing stored, if the tenant has a run of that id.
        """
        row = {column.name: getattr(run, column.name) for column in _OF_THE_MODEL}
        row |= {"report": None, "cancel_requested": False, "expires_at": expires_at}
        if worker is not None:
            row |= {"worker": worker, "heartbeat_at": run.created_at}
        taken = sa.select(runs.c.id).where(self._queue.is_row(run.tenant, run.id))
        with writing(self._engine, run.tenant) as connection:
            if connection.scalar(taken) is not None:
                return False
            note(object_id=run.id, within=connection)
            connection.execute(sa.insert(runs).values(row))
        return True

    def get(self, tenant: str, run_id: str) -> Run | None:
        """The run of that id, if this tenant has one."""
        with reading(self._engine, tenant) as connection:
            found = _read(connection, sa.select(*_OF_THE_MODEL).where(self._queue.is_row(tenant, run_id)))
        return found[0] if found else None

    def newest(self, tenant: str, limit: int, sources: Collection[Source] | None = None) -> list[Run]:
        """The latest runs, newest first; of *sources* alone where they are given."""
        query = sa.select(*_OF_THE_MODEL).where(runs.c.tenant == tenant)
        if sources is not None:
            query = query.where(runs.c.source.in_(sources))
        with reading(self._engine, tenant) as connection:
            return _read(connection, query.order_by(runs.c.created_at.desc(), runs.c.id).limit(limit))

    def claim(self, worker: str, *, now: datetime, stale: datetime) -> Run | None:
        """
        Give *worker* the oldest run that waits, or that was left behind.

        A running run counts as left behind when its worker was last heard of
        before *stale*. It starts over; what it stored already is not stored twice.
        """
        with writing(self._engine, EVERY_TENANT) as connection:
            found = self._queue.claim(connection, worker, now=now, stale=stale)
            return (
                None
                if found is None
                else _read(connection, sa.select(*_OF_THE_MODEL).where(self._queue.is_row(*found)))[0]
            )

    def report_progress(
        self,
        run: Run,
        worker: str,
        *,
        now: datetime,
        step: str,
        bytes_read: int,
        events_received: int,
        events_analyzed: int,
    ) -> Answer:
        """Say how far it is, and learn whether to go on; "gone": deleted, or given to another worker."""
        return self._queue.report(
            run.tenant,
            run.id,
            worker,
            now=now,
            step=step,
            bytes_read=bytes_read,
            events_received=events_received,
            events_analyzed=events_analyzed,
        )

    def describe(
        self, run: Run, *, report: DecodingReport | None = None, options: dict[str, Any] | None = None
    ) -> None:
        """Add what was learned on the way."""
        values: dict[str, Any] = {}
        if report is not None:
            values["report"] = asdict(report)
        if options is not None:
            values["options"] = options
        with writing(self._engine, run.tenant) as connection:
            connection.execute(sa.update(runs).where(self._queue.is_row(run.tenant, run.id)).values(values))

    def finish(
        self, run: Run, worker: str, state: RunState, *, now: datetime, step: str, error: str | None = None
    ) -> bool:
        """Close the run; False, and nothing done, if it is no longer *worker*'s."""
        return self._queue.finish(run.tenant, run.id, worker, state, now=now, step=step, error=error)

    def expires_at(self, tenant: str, run_id: str) -> datetime | None:
        """When the run is to be forgotten."""
        with reading(self._engine, tenant) as connection:
            return connection.scalar(sa.select(runs.c.expires_at).where(self._queue.is_row(tenant, run_id)))

    def request_cancel(self, tenant: str, run_id: str, *, now: datetime) -> bool:
        """Ask for an end; a run that still waits ends at once, a finished one stays as it is."""
        return self._queue.request_cancel(tenant, run_id, now=now, step="cancelled")

    def delete(self, tenant: str, run_id: str) -> Removed | None:
        """Remove a run and everything that came of it, from the log too; None if there is no such run."""
        made = sa.select(streams.c.id).where(streams.c.tenant == tenant, streams.c.run_id == run_id)
        with writing(self._engine, tenant) as connection:
            connection.execute(
                sa.select(runs.c.id).where(self._queue.is_row(tenant, run_id)).with_for_update()
            )
            hold(connection, tenant, list(connection.scalars(made)))
            forget(connection, tenant, list(connection.scalars(made)))
            counts = {
                table.name: connection.execute(
                    sa.delete(table).where(table.c.tenant == tenant, table.c.stream_id.in_(made))
                ).rowcount
                for table in _OF_STREAMS
            }
            of_run = (streams.c.tenant == tenant) & (streams.c.run_id == run_id)
            removed = connection.execute(sa.delete(streams).where(of_run)).rowcount
            if not connection.execute(sa.delete(runs).where(self._queue.is_row(tenant, run_id))).rowcount:
                return None
            gone = Removed(
                streams=removed,
                events=counts["events"],
                windows=counts["windows"],
                anomalies=counts["anomalies"] + counts["series_anomalies"],
            )
            note(before=asdict(gone), object_kind="run", object_id=run_id, within=connection)
        empty_log(self._engine)
        return gone

    def expired(self, now: datetime) -> list[tuple[str, str]]:
        """(tenant, run id) of finished runs past their time."""
        query = sa.select(runs.c.tenant, runs.c.id).where(runs.c.expires_at <= now, runs.c.state.not_in(LIVE))
        with reading(self._engine, EVERY_TENANT) as connection:
            return [(row.tenant, row.id) for row in connection.execute(query)]

    def unfinished(self) -> list[str]:
        """Ids of the runs that wait or are worked on."""
        with reading(self._engine, EVERY_TENANT) as connection:
            return list(connection.scalars(sa.select(runs.c.id).where(runs.c.state.in_(LIVE))))

    def waiting_bytes(self, prefix: str) -> int:
        """Bytes of the sources of those runs, of all tenants whose ids begin so."""
        query = sa.select(sa.func.coalesce(sa.func.sum(runs.c.size_bytes), 0)).where(
            runs.c.state.in_(LIVE), runs.c.tenant.startswith(prefix, autoescape=True)
        )
        with reading(self._engine, EVERY_TENANT) as connection:
            return int(connection.scalars(query).one())


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Run]:
    rows = [dict(row) for row in connection.execute(query).mappings()]
    made: dict[tuple[str, str], list[str]] = {}
    if rows:
        found = (
            sa.select(streams.c.tenant, streams.c.run_id, streams.c.id)
            .where(streams.c.tenant == rows[0]["tenant"], streams.c.run_id.in_([row["id"] for row in rows]))
            .order_by(streams.c.created_at, streams.c.kind)
        )
        for tenant, run_id, stream_id in connection.execute(found):
            made.setdefault((tenant, run_id), []).append(stream_id)
    return [
        Run(
            **row | {"report": _report(row["report"])},
            stream_ids=tuple(made.get((row["tenant"], row["id"]), ())),
        )
        for row in rows
    ]


def _report(stored: dict[str, Any] | None) -> DecodingReport | None:
    if stored is None:
        return None
    return DecodingReport(
        **stored
        | {
            "recognition": _recognition(stored["recognition"]),
            "skipped_lines": tuple(SkippedLine(**line) for line in stored["skipped_lines"]),
            "fields": tuple(stored["fields"]),
            "services": tuple(stored["services"]),
        }
    )


def _recognition(stored: dict[str, Any]) -> Recognition:
    """Runs of earlier versions kept no counts of what the kind rests on."""
    seen = stored.get("kind_seen")
    evidence = KindEvidence(**seen | {"fields": tuple(seen["fields"])}) if seen else None
    return Recognition(**stored | {"kind_seen": evidence})
