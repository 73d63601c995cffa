"""The demonstration: made-up data of one shop, for a tenant that has none of its own yet."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from driftlock.errors import NotFound
from driftlock.ports import Clock, Spool, Store
from driftlock.services import runs
from driftlock.services.demo_parts import PARTS, SEED, days_until, forget, lines
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED

# Before the second part. Pages are drawn by the same process: until it has shown the first stream, a reader
# who waits for it would wait for the second one too.
PAUSE_SECONDS: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoState:
    """How far a tenant's demonstration is."""

    tenant: str
    begun_at: datetime
    days: int  # by which its times are moved
    taken: int  # parts that somebody prepares, or has prepared
    removed_at: datetime | None  # not wanted any more


class DemoTable(Protocol):
    """What is kept about demonstrations."""

    def get(self, tenant: str) -> DemoState | None:
        """None: never begun."""

    def begin(self, tenant: str, *, days: int, now: datetime) -> bool:
        """
        Begin it, once and only for a tenant without data of its own; False if that is not so.

        Plays of scenarios are nobody's own data.
        """

    def take(self, parts: int) -> DemoState | None:
        """The next part of somebody's demonstration, given to one caller only; None if none is left."""

    def put_back(self, state: DemoState) -> None:
        """Let the part that was taken be taken again, unless a later one was taken meanwhile."""

    def remove(self, tenant: str, *, now: datetime) -> None:
        """Not wanted from now on, also where it never began."""

    def runs(self, tenant: str) -> list[str]:
        """Ids of the runs that it made."""


class DemoStore(Store, Protocol):
    """A store that keeps demonstrations too."""

    @property
    def demo(self) -> DemoTable: ...


class Demo:
    """Prepares demonstrations part by part, each an ordinary run of source "demo"; the tenant comes first."""

    def __init__(
        self,
        store: DemoStore,
        spool: Spool,
        clock: Clock,
        settings: Settings,
        wake: Callable[[], None],
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._spool = spool
        self._clock = clock
        self._settings = settings
        self._wake = wake
        self._pause = pause

    def seed(self, tenant: str) -> None:
        """
        Ask for the demonstration; the worker prepares it, stream after stream, and this returns at once.

        Nothing happens where it was asked for before, was removed, is switched
        off by DRIFTLOCK_DEMO_DATA, or where the tenant has data of its own.
        """
        if not self._settings.demo_data or self._store.demo.get(tenant) is not None:
            return
        now = self._clock.now()
        if self._store.demo.begin(tenant, days=days_until(now), now=now):
            self._wake()

    def ready(self, tenant: str) -> bool:
        """Whether nothing of a demonstration is still to come."""
        state = self._store.demo.get(tenant)
        if state is None or state.removed_at is not None:
            return True
        if state.taken < len(PARTS):
            return False
        made = (self._store.runs.get(tenant, run_id) for run_id in self._store.demo.runs(tenant))
        return not any(run is not None and run.state in ("queued", "running") for run in made)

    def shown(self, tenant: str) -> bool:
        """Whether the tenant's screen holds a demonstration, or is about to."""
        state = self._store.demo.get(tenant)
        return state is not None and state.removed_at is None and bool(
            state.taken < len(PARTS) or self._store.demo.runs(tenant)
        )  # fmt: skip

    def remove(self, tenant: str) -> None:
        """Remove the demonstration with all that came of it; it does not come back."""
        self._store.demo.remove(tenant, now=self._clock.now())
        for run_id in self._store.demo.runs(tenant):
            self._delete(tenant, run_id)

    def prepare(self) -> bool:
        """
        Queue the next part of somebody's demonstration; False if none is left. Called by the worker.

        A part that cannot be queued is tried again.
        """
        state = self._store.demo.take(len(PARTS))
        if state is None:
            return False
        try:
            self._prepare(state)
        except Exception:
            self._store.demo.put_back(state)
            raise
        return True

    def _prepare(self, state: DemoState) -> None:
        if state.taken == 1:
            self._pause(PAUSE_SECONDS)
        part = PARTS[state.taken]
        data = lines(part, days=state.days, tenant=state.tenant)
        if state.taken + 1 == len(PARTS):
            forget()
        run_id = runs.start(
            self._store,
            self._spool,
            self._clock,
            self._settings.for_made_data(),
            state.tenant,
            source="demo",
            name=part.name,
            open_source=lambda: io.BytesIO(data),
            profile=BALANCED,
            size_bytes=None,
            format="ndjson",
            kind=None,
            propose_sizes=True,
            options={"scenario": part.scenario, "seed": SEED},
            kept_for=None,
        )
        now = self._store.demo.get(state.tenant)
        if now is None or now.removed_at is not None:  # removed while this part was made
            self._delete(state.tenant, run_id)

    def _delete(self, tenant: str, run_id: str) -> None:
        try:
            runs.delete(self._store, self._spool, tenant, run_id)
        except NotFound:
            return  # somebody else was faster: what was wanted is so
