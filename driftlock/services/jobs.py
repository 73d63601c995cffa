"""Jobs: studies of a stream that take a while. Asked for, called off, read."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from driftlock.errors import NotFound
from driftlock.model import RunState
from driftlock.ports import Clock, Store
from driftlock.services.job_kinds import JOB_KINDS, InvalidJob, JobKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One study of one stream, with counted progress; *result* is what its kind says, once it is done."""

    tenant: str
    id: str
    kind: JobKind
    stream_id: str
    options: dict[str, Any]
    state: RunState
    done: int  # of total, in units; 0 of 0 before it began
    total: int
    unit: str  # events, trials
    result: dict[str, Any] | None
    error: str | None  # a sentence, if it failed
    created_at: datetime
    finished_at: datetime | None


class JobTable(Protocol):
    """The jobs, and who works on them."""

    def add(self, job: Job) -> str:
        """Store a job that waits; answers its id, or that of the same job if one is unfinished."""

    def get(self, tenant: str, job_id: str) -> Job | None: ...

    def newest(self, tenant: str, stream_id: str | None, kind: JobKind, *, done: bool) -> Job | None: ...

    def claim(self, worker: str, *, now: datetime, stale: datetime) -> Job | None:
        """The oldest job that waits, or whose worker has not been heard of since *stale*."""

    def report_progress(
        self, job: Job, worker: str, *, now: datetime, done: int, total: int
    ) -> Literal["go on", "cancel", "gone"]: ...

    def put_back(self, job: Job, worker: str) -> None:
        """Let it wait again, from the start."""

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

    def request_cancel(self, tenant: str, job_id: str, *, now: datetime) -> bool:
        """Ask for an end; a job that still waits ends at once. False: no such job."""


class JobStore(Store, Protocol):
    """A store that keeps jobs too."""

    @property
    def jobs(self) -> JobTable: ...


class Jobs:
    """The jobs of all tenants; the tenant always comes first."""

    def __init__(self, store: JobStore, clock: Clock, wake: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake

    def start(
        self, tenant: str, kind: JobKind, stream_id: str, options: Mapping[str, Any] | None = None
    ) -> str:
        """
        Queue a job and answer its id; the same unfinished job of a stream is not queued twice.

        Args:
            options: As :data:`driftlock.services.job_kinds.JOB_KINDS` describes for *kind*; what is left
                out is the usual.

        Raises:
            NotFound: The tenant has no such stream.
            InvalidJob: The kind or an option is not known.
        """
        if kind not in JOB_KINDS:
            raise InvalidJob(f"There is no job “{kind}”; there are: {', '.join(JOB_KINDS)}.")
        checked = JOB_KINDS[kind].checked(options or {})
        if self._store.streams.get(tenant, stream_id) is None:
            raise NotFound(f"There is no stream {stream_id}.")
        job_id = self._store.jobs.add(
            Job(
                tenant=tenant,
                id=secrets.token_hex(8),
                kind=kind,
                stream_id=stream_id,
                options=checked,
                state="queued",
                done=0,
                total=0,
                unit=JOB_KINDS[kind].unit,
                result=None,
                error=None,
                created_at=self._clock.now(),
                finished_at=None,
            )
        )
        self._wake()
        return job_id

    def get(self, tenant: str, job_id: str) -> Job | None:
        """The job of that id, if this tenant has one."""
        return self._store.jobs.get(tenant, job_id)

    def newest(self, tenant: str, stream_id: str | None, kind: JobKind, *, done: bool = False) -> Job | None:
        """
        The latest job of that kind.

        Args:
            stream_id: None for any stream of the tenant.
            done: Whether only finished ones count, those with a result.
        """
        return self._store.jobs.newest(tenant, stream_id, kind, done=done)

    def cancel(self, tenant: str, job_id: str) -> None:
        """
        Call a job off: it ends at its next step, or at once if nobody works on it yet.

        Raises:
            NotFound: The tenant has no such job.
        """
        if not self._store.jobs.request_cancel(tenant, job_id, now=self._clock.now()):
            raise NotFound(f"There is no job {job_id}.")
