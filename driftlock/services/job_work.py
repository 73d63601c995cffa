"""One job at work, standing aside for runs between its steps."""

import logging
from collections.abc import Callable

from driftlock.ports import Clock
from driftlock.services.faults import log_fault
from driftlock.services.job_kinds import JOB_KINDS
from driftlock.services.jobs import Job, JobStore
from driftlock.services.working import STALE, Gone, go_on, see_through

logger = logging.getLogger(__name__)


def work_on_next_job(
    store: JobStore,
    clock: Clock,
    worker: str,
    *,
    stand_aside: Callable[[], object],
    stopping: Callable[[], bool],
) -> bool:
    """
    Take the oldest job that waits, or was left behind, and see it through; False if there is none.

    However the job ends, this returns: the outcome stands in the job.

    Args:
        stand_aside: Called after each step, for what is more urgent than a job.
        stopping: Asked after each step whether the process is about to end. Then the job waits again,
            and starts over when somebody takes it up.
    """
    now = clock.now()
    job = store.jobs.claim(worker, now=now, stale=now - STALE)
    if job is None:
        return False
    see_through(_JobAtWork(store, clock, job, worker, stand_aside, stopping), logger)
    return True


class _JobAtWork:
    """The steps of one job."""

    def __init__(
        self,
        store: JobStore,
        clock: Clock,
        job: Job,
        worker: str,
        stand_aside: Callable[[], object],
        stopping: Callable[[], bool],
    ) -> None:
        self._store = store
        self._clock = clock
        self._job = job
        self._worker = worker
        self._stand_aside = stand_aside
        self._stopping = stopping

    @property
    def name(self) -> str:
        """For the log."""
        return f"job {self._job.id}"

    def work(self) -> None:
        """Do what its kind says, and keep the result."""
        job = self._job
        result = JOB_KINDS[job.kind].work(self._store, job.tenant, job.stream_id, self._report, **job.options)
        self._store.jobs.finish(job, self._worker, "done", now=self._clock.now(), result=result)

    def finish_cancelled(self) -> None:
        """Close it at the reader's wish; half a study says nothing, so nothing of it is kept."""
        self._store.jobs.finish(self._job, self._worker, "cancelled", now=self._clock.now())

    def finish_failed(self, error: str) -> None:
        """Close it with a sentence that says why."""
        self._store.jobs.finish(self._job, self._worker, "failed", now=self._clock.now(), error=error)

    def _report(self, done: int, total: int) -> None:
        self._heard_of(done, total)
        try:
            self._stand_aside()
        except Exception as error:  # of somebody else's work, which is no reason to end this
            log_fault(logger, error, f"{self.name} stood aside")
        if self._stopping():
            self._store.jobs.put_back(self._job, self._worker)
            raise Gone

    def _heard_of(self, done: int, total: int) -> None:
        go_on(
            self._store.jobs.report_progress(
                self._job, self._worker, now=self._clock.now(), done=done, total=total
            )
        )
