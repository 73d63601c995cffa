"""The jobs: studies of streams, how far they are, and who works on them."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from driftlock.model import RunState
from driftlock.services.acting import note
from driftlock.services.job_kinds import JobKind
from driftlock.services.jobs import Job
from driftlock.storage.connect import EVERY_TENANT, reading, writing
from driftlock.storage.schema import jobs, streams
from driftlock.storage.work_queue import LIVE, Answer, WorkQueue

OVER: Final[tuple[RunState, ...]] = ("done", "cancelled", "failed")
# Of one stream, kind and outcome, however long the stream lives: nobody asks for older ones.
KEPT: Final = 10
_OF_JOB: Final = [column for column in jobs.columns if column.name in Job.__dataclass_fields__]


class SqlJobs:
    """:class:`driftlock.services.jobs.JobTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._queue = WorkQueue(engine, jobs)

    def add(self, job: Job) -> str:
        """
        Store a job that waits; answers its id, or that of the same job if one is unfinished.

        Of those of its stream and kind that are over, old ones are removed.
        """
        alike = (
            (jobs.c.tenant == job.tenant) & (jobs.c.stream_id == job.stream_id) & (jobs.c.kind == job.kind)
        )
        same = (
            sa.select(jobs.c.id, jobs.c.options)
            .where(alike, jobs.c.state.in_(LIVE), jobs.c.cancel_requested.is_(False))
            .order_by(jobs.c.created_at, jobs.c.id)
        )
        newest = sa.select(jobs.c.id).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(KEPT)
        of_stream = (streams.c.tenant == job.tenant) & (streams.c.id == job.stream_id)
        with writing(self._engine, job.tenant) as connection:
            # One caller at a time looks and adds, where a database lets several write.
            connection.execute(sa.select(streams.c.id).where(of_stream).with_for_update())
            for other in connection.execute(same):
                if other.options == job.options:
                    return str(other.id)
            row = {column.name: getattr(job, column.name) for column in _OF_JOB}
            note(after={"job": job.id}, within=connection)
            connection.execute(sa.insert(jobs).values(row | {"cancel_requested": False}))
            for state in OVER:
                over = alike & (jobs.c.state == state)
                connection.execute(sa.delete(jobs).where(over, jobs.c.id.not_in(newest.where(over))))
        return job.id

    def get(self, tenant: str, job_id: str) -> Job | None:
        """The job of that id, if this tenant has one."""
        with reading(self._engine, tenant) as connection:
            return _read(connection, self._queue.is_row(tenant, job_id))

    def newest(self, tenant: str, stream_id: str | None, kind: JobKind, *, done: bool) -> Job | None:
        """The latest job of that kind, of one stream or of any; *done*: that has a result."""
        wanted = (jobs.c.tenant == tenant) & (jobs.c.kind == kind)
        if stream_id is not None:
            wanted &= jobs.c.stream_id == stream_id
        if done:
            wanted &= jobs.c.state == "done"
        with reading(self._engine, tenant) as connection:
            return _read(connection, wanted)

    def claim(self, worker: str, *, now: datetime, stale: datetime) -> Job | None:
        """Give *worker* the oldest job that waits, or that was left behind; it starts over."""
        with writing(self._engine, EVERY_TENANT) as connection:
            found = self._queue.claim(connection, worker, now=now, stale=stale)
            return None if found is None else _read(connection, self._queue.is_row(*found))

    def report_progress(self, job: Job, worker: str, *, now: datetime, done: int, total: int) -> Answer:
        """Say how far it is, and learn whether to go on."""
        return self._queue.report(job.tenant, job.id, worker, now=now, done=done, total=total)

    def put_back(self, job: Job, worker: str) -> None:
        """Let it wait again, from the start."""
        self._queue.put_back(job.tenant, job.id, worker)

    def finish(
        self,
        job: Job,
        worker: str,
        state: RunState,
        *,
        now: datetime,
        result: dict[str, Any] | None = None,
        error: str | None = None,
    ) -> bool:
        """Close the job; False, and nothing done, if it is no longer *worker*'s."""
        return self._queue.finish(job.tenant, job.id, worker, state, now=now, result=result, error=error)

    def request_cancel(self, tenant: str, job_id: str, *, now: datetime) -> bool:
        """Ask for an end; a job that still waits ends at once, a finished one stays as it is."""
        return self._queue.request_cancel(tenant, job_id, now=now)


def _read(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> Job | None:
    """The newest of the wanted jobs; of those asked for at the same moment, the one of the larger id."""
    query = sa.select(*_OF_JOB).where(wanted).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else Job(**row)
