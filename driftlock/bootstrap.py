"""The one place where services meet what they need: the application of this process."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, Final, cast

from driftlock.errors import InvalidSettings, NotFound
from driftlock.evidence.signing import FOLDER as SIGNING_FOLDER
from driftlock.evidence.signing import KeyRing
from driftlock.model import Event, Kind, Receipt, Run, Source
from driftlock.ports import Clock, Removed, Spool
from driftlock.services import runs
from driftlock.services.accesses import Accesses
from driftlock.services.accounts import Accounts
from driftlock.services.acting import Actor
from driftlock.services.acting_desk import Desk
from driftlock.services.advance import advance
from driftlock.services.analysis import work_on_next
from driftlock.services.anchors import Anchors
from driftlock.services.api_keys import ApiKeys
from driftlock.services.audit import Audit
from driftlock.services.cases import Cases
from driftlock.services.complete import complete
from driftlock.services.context import ContextQueries
from driftlock.services.cross_checks import CrossChecks
from driftlock.services.demo import Demo
from driftlock.services.drift import DriftQueries
from driftlock.services.evidence import EvidenceBundles
from driftlock.services.examine import Examination
from driftlock.services.feedback import Feedback
from driftlock.services.forgetting import Forgetting
from driftlock.services.ingest import ingest
from driftlock.services.job_work import work_on_next_job
from driftlock.services.jobs import Jobs
from driftlock.services.kept import Kept, SystemClock
from driftlock.services.live import Live
from driftlock.services.look import Look, look
from driftlock.services.overview import Overview
from driftlock.services.pending import Pending
from driftlock.services.proposals import Proposals
from driftlock.services.queries import Queries
from driftlock.services.receive import receive
from driftlock.services.reports import Reports
from driftlock.services.reports_grounds import ReportGrounds
from driftlock.services.retention import Retention
from driftlock.services.review import Reviews
from driftlock.services.scenario_runs import ScenarioRuns
from driftlock.services.series_queries import SeriesQueries
from driftlock.services.sessions import Sessions
from driftlock.services.sign_in import SignIn
from driftlock.services.stream_settings import StreamSettings, create
from driftlock.services.tenant_settings import SettingsOfTenants
from driftlock.services.tenants import Tenants
from driftlock.services.tuning import Tuning
from driftlock.services.visitors import Visitors
from driftlock.services.worker import Worker
from driftlock.settings import Settings
from driftlock.storage.spool import FileSpool
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import Profile

# Between looks for streams that wait, where nothing was received in this process meanwhile.
LOOK_SECONDS: Final = 0.5


class App:
    """Every verb of the application; ``queries``, ``series`` and ``examination`` hold the questions."""

    def __init__(
        self,
        settings: Settings,
        store: Kept,
        spool: Spool,
        clock: Clock,
        close_store: Callable[[], None],
    ) -> None:
        self.settings = settings
        self.queries = Queries(store, clock)
        self.series = SeriesQueries(store, self.queries)
        self.examination = Examination(store)
        ring = KeyRing(settings.home / SIGNING_FOLDER)
        self.evidence = EvidenceBundles(store, self.queries, self.series, ring)
        self.cross_checks = CrossChecks(store)
        self.context = ContextQueries(store, self.queries)
        self.overview = Overview(store, clock)
        self.audit = Audit(store)
        self.accesses = Accesses(store, clock)
        self._store = store
        self._spool = spool
        self._clock = clock
        self._close_store = close_store
        self._name = secrets.token_hex(8)  # of this process among the workers
        self._worker = Worker(self.work, self._tidy)
        self._pending = Pending(store, clock)
        self._turns = Worker(self.turn, poll_seconds=LOOK_SECONDS, name="driftlock-turns")
        self.live = Live(store, clock, settings, worker=self._name, take=self._take)
        self.live.guarded = lambda: self.signing_in
        self.jobs = Jobs(store, clock, self._worker.wake)
        self.tuning = Tuning(store, clock)
        self.cases = Cases(store, clock)
        grounds = ReportGrounds(
            store, self.queries, self.series, self.examination, self.overview, self.cases, self.audit
        )
        self.reports = Reports(
            store, clock, self.evidence, self.cases, grounds, ring, settings.time_authority_url
        )
        self.feedback = Feedback(store, clock, self.tuning)
        self.proposals = Proposals(store, clock, self.tuning, self.feedback)
        self.review = Reviews(store, clock, self.proposals.after_labels)
        self.demo = Demo(store, spool, clock, settings, self._worker.wake)
        self.scenarios = ScenarioRuns(store, spool, clock, settings, self._worker.wake)
        self.forgetting = Forgetting(store.forgetting, spool, clock)
        self.retention = Retention(store, self.forgetting, clock)
        self.anchors = Anchors(store, clock)
        self.drift = DriftQueries(store, clock)
        self.stream_settings = StreamSettings(store, clock)
        self.tenants = Tenants(store.tenants, store.sessions, clock)
        self.tenant_settings = SettingsOfTenants(store)
        self.accounts = Accounts(store.accounts, store.tenants, store.sessions, clock)
        idle, longest, noted = settings.session_idle, settings.session_longest, self.accesses.signed_in
        self.sessions = Sessions(store.sessions, clock, idle=idle, longest=longest, noted=noted)
        self.sign_in = SignIn(store.accounts, self.sessions, clock, noted=self.accesses.sign_in_refused)
        self.api_keys = ApiKeys(store.api_keys, clock)
        self.visitors = Visitors(
            store.tenants, store.sessions, self.sessions, self.demo, clock, offered=settings.demo_data
        )

    def acting(self, actor: Actor) -> "App":
        """
        This application as one actor may use it.

        Every verb and question is checked against the role and the tenant, and
        what changes something is written into the audit log with the change.
        """
        return cast(App, Desk(self, actor, self.accesses, self._store.audit, self._clock))

    def start_run(
        self,
        tenant: str,
        *,
        source: Source,
        name: str,
        open_source: Callable[[], BinaryIO],
        profile: Profile,
        size_bytes: int | None = None,
        format: str | None = None,
        kind: Kind | None = None,
        propose_sizes: bool = True,
        options: Mapping[str, Any] | None = None,
    ) -> str:
        """
        Queue the analysis of a source and answer its run id; the work goes on without the caller.

        Args:
            source: Where it came from.
            name: For people: the file's or the sample's.
            open_source: Called once, now; closed when it is copied.
            profile: Limits and sizes.
            size_bytes: As announced; too large a source is refused before it is copied.
            format: One of ``driftlock.decode.FORMATS`` instead of the recognised one.
            kind: For all events, instead of the recognised one.
            propose_sizes: Whether a short source may get smaller sizes than the profile's.
            options: Kept with the run for whoever reads it.

        Raises:
            MalformedPayload: The source is larger than the settings allow.
        """
        run_id = runs.start(
            self._store,
            self._spool,
            self._clock,
            self.settings,
            tenant,
            source=source,
            name=name,
            open_source=open_source,
            profile=profile,
            size_bytes=size_bytes,
            format=format,
            kind=kind,
            propose_sizes=propose_sizes,
            options=options or {},
            kept_for=self.settings.upload_retention,
        )
        self._worker.wake()
        return run_id

    def cancel_run(self, tenant: str, run_id: str) -> None:
        """
        Call a run off; it ends after the slab it is at. A finished run stays as it is.

        Raises:
            NotFound: The tenant has no such run.
        """
        runs.cancel(self._store, self._spool, self._clock, tenant, run_id)

    def delete_run(self, tenant: str, run_id: str) -> Removed:
        """
        Remove a run and all that came of it: streams, events, windows, anomalies, states.

        Raises:
            NotFound: The tenant has no such run.
        """
        return runs.delete(self._store, self._spool, tenant, run_id)

    def wait_for_run(self, tenant: str, run_id: str, *, seconds: float) -> Run:
        """
        The run once it has ended, or as it is after so many *seconds*.

        Raises:
            NotFound: The tenant has no such run.
        """
        until = time.monotonic() + seconds
        while True:
            run = self.queries.run(tenant, run_id)
            if run is None:
                raise NotFound(f"There is no run {run_id}.")
            left = until - time.monotonic()
            if run.state not in ("queued", "running") or left <= 0:
                return run
            self._worker.wait(min(left, 0.2))

    def create_stream(self, tenant: str, *, name: str, kind: Kind, profile: Profile) -> str:
        """
        A stream of its own, without a run and without an end; answers its id.

        Raises:
            CannotSet: The name or the kind does not do.
        """
        return create(self._store, self._clock, tenant, name=name, kind=kind, profile=profile)

    def receive(self, tenant: str, stream_id: str, events: Sequence[Event]) -> Receipt:
        """
        Store events at the end of a stream; known keys are left out.

        Raises:
            NotFound: The tenant has no such stream.
        """
        receipt = receive(self._store, self._clock, tenant, stream_id, events)
        self._turns.wake()
        return receipt

    def ingest(self, tenant: str, stream_id: str, body: bytes, *, delivery: str | None = None) -> Receipt:
        """
        Store the lines of *body*, all or none; a stream that is not there is made.

        Args:
            body: NDJSON, plain or as gzip or zstd.
            delivery: What the sender calls this batch: the same bytes under
                the same name are stored once.

        Raises:
            ApplicationError: As :func:`driftlock.services.ingest.ingest` says.
        """
        limit = self.settings.max_batch_bytes
        receipt = ingest(
            self._store, self._clock, tenant, stream_id, body, limit_bytes=limit, delivery=delivery
        )
        self._turns.wake()
        return receipt

    def _take(self, tenant: str, stream_id: str, body: bytes, delivery: str) -> Receipt:
        return self.ingest(tenant, stream_id, body, delivery=delivery)

    def turn(self, *, due_only: bool = True) -> bool:
        """
        Give each growing stream that is due one turn of judging; False if none is.

        Args:
            due_only: Whether few events that came in just now are left for later.
        """
        return self._pending.work(due_only=due_only)

    def advance(self, tenant: str, stream_id: str, *, on_slab: Callable[[int], None] | None = None) -> int:
        """
        Judge what is stored but not judged yet; answers how many windows that gave.

        Raises:
            NotFound: The tenant has no such stream.
            StreamBusy: Somebody else is at it.
        """
        return advance(self._store, self._clock, tenant, stream_id, on_slab=on_slab)

    def complete(
        self, tenant: str, stream_id: str, *, progress: Callable[[int, int], None] | None = None
    ) -> int:
        """
        Fill in the scores the gate left out; answers in how many windows.

        Args:
            progress: Called with events replayed and events to replay.

        Raises:
            NotFound: The tenant has no such stream.
        """
        return complete(self._store, tenant, stream_id, progress=progress)

    def look(
        self,
        tenant: str,
        open_source: Callable[[], BinaryIO],
        name: str = "",
        format: str | None = None,
        kind: Kind | None = None,
    ) -> Look:
        """
        What would be understood of a source; nothing is stored.

        Raises:
            MalformedPayload: It cannot be read as telemetry.
        """
        return look(open_source, name=name, format=format, kind=kind)

    def work(self) -> bool:
        """
        See what waits next through, in this thread; False if nothing waits.

        A run before a part of a demonstration, that before a job.
        """
        return self._work_on_urgent() or work_on_next_job(
            self._store,
            self._clock,
            self._name,
            stand_aside=self._work_on_all_urgent,
            stopping=lambda: self._worker.stopping,
        )

    def _work_on_urgent(self) -> bool:
        """What a reader waits for: everything but jobs."""
        return work_on_next(self._store, self._spool, self._clock, self._name) or self.demo.prepare()

    def _work_on_all_urgent(self) -> None:
        """A job stands aside for it between its steps, so that nobody waits for a study to end."""
        while not self._worker.stopping and self._work_on_urgent():
            pass

    def remove_expired(self) -> list[str]:
        """Forget runs past their time, of all tenants; answers their ids."""
        return runs.remove_expired(self._store, self._spool, self._clock)

    def _tidy(self) -> None:
        """Once an hour: what is past its time, and what is older than it is kept for."""
        self.remove_expired()
        self.sessions.sweep()
        self.retention.run()

    @property
    def signing_in(self) -> bool:
        """Whether whoever looks, or sends, has to say who it is."""
        asked = self.settings.sign_in
        return asked == "required" or (asked == "auto" and self.accounts.any())

    def start_worker(self) -> None:
        """Work on runs and jobs in one thread of this process from now on, on growing streams in another."""
        self._worker.start()
        self._turns.start()

    def close(self) -> None:
        """Finish the run at work, put the job at work back, then let go of the database."""
        self.leave()
        self._worker.stop()
        self._close_store()

    def leave(self) -> None:
        """End what is played live and the turn at work; what a run is at is taken up by whoever starts next."""
        self.live.close()
        self._turns.stop()
        self._worker.stop(patience=0)


def open_app(settings: Settings, *, clock: Clock | None = None, work: bool = True) -> App:
    """
    Open the application: make its folder, bring the database up to date, forget what has expired.

    Args:
        clock: Another time than the machine's.
        work: Whether this process works on runs; without it they wait for one that does, or for :meth:`App.work`.

    Raises:
        InvalidSettings: A folder cannot be made.
        NewerDatabase: The database was written by a later version.
    """
    file = settings.database_file
    folders = (("HOME", settings.home), ("DATABASE_URL", settings.home if file is None else file.parent))
    for variable, folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InvalidSettings(
                f"DRIFTLOCK_{variable}: {folder} cannot be made: {error.strerror}"
            ) from error
    store = SqlStore(settings.database_url, settings.migration_url)
    app = App(settings, store, FileSpool(settings.spool), clock or SystemClock(), store.close)
    app.remove_expired()
    if work:
        app.start_worker()
    return app
