"""Plays of scenarios as ordinary runs, so that what they find can be opened, reviewed and linked to."""

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from data_generator import scenario_named
from driftlock.errors import NotFound
from driftlock.model import Run
from driftlock.ports import Clock, Spool, Store
from driftlock.services import runs
from driftlock.services.replay import played
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED


def play_id(tenant: str, scenario: str, seed: int) -> str:
    """
    Id of a play's run, the same whenever it is played: a link to what it found stays good.

    >>> play_id("demo", "error-storm", 7)
    '26ecb98fbb9dcb41'
    """
    return hashlib.blake2b(f"scenario {tenant} {scenario} {seed}".encode(), digest_size=8).hexdigest()


class ScenarioRuns:
    """Starts plays, or finds those that are kept; the tenant always comes first."""

    def __init__(
        self, store: Store, spool: Spool, clock: Clock, settings: Settings, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._spool = spool
        self._clock = clock
        self._settings = settings
        self._wake = wake
        self._starting = Lock()

    def play(self, tenant: str, scenario: str, seed: int) -> Run:
        """
        The run of this play, started if there is none; kept as long as an upload.

        A play that was called off or failed begins anew.

        Raises:
            UnknownScenario: There is none of that name.
            ValueError: *seed* is negative.
        """
        title = scenario_named(scenario).title
        run_id = play_id(tenant, scenario, seed)
        with self._starting:  # two readers of one process may open the same scenario at the same moment
            if (run := self._kept(tenant, run_id)) is not None:
                return run
            data = played(scenario, seed)
            runs.start(
                self._store,
                self._spool,
                self._clock,
                self._settings.for_made_data(),
                tenant,
                run_id=run_id,
                source="scenario",
                name=title,
                open_source=lambda: io.BytesIO(data),
                profile=BALANCED,
                size_bytes=len(data),
                format="ndjson",
                kind=scenario_named(scenario).signals[0],
                propose_sizes=True,
                options={"scenario": scenario, "seed": seed},
                kept_for=self._settings.upload_retention,
            )
        self._wake()
        started = self._store.runs.get(tenant, run_id)
        assert started is not None  # it was just written
        return started

    def _kept(self, tenant: str, run_id: str) -> Run | None:
        run = self._store.runs.get(tenant, run_id)
        if run is None:
            return None
        over = (tenant, run_id) in self._store.runs.expired(self._clock.now())
        if over or run.state in ("failed", "cancelled"):
            with suppress(NotFound):  # another process was faster
                runs.delete(self._store, self._spool, tenant, run_id)
            return None
        return run
