"""Generated telemetry that is sent as it comes into being: started, paused and stopped while somebody watches."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from data_generator import UnknownScenario, perform_scenario, scenario_named
from driftlock.errors import ApplicationError, NotFound
from driftlock.model import DEMO, Receipt, Run
from driftlock.ports import Clock
from driftlock.services.ingest import LIVE_PREFIX
from driftlock.services.live_process import Generator, Playing
from driftlock.services.pending import PendingStore
from driftlock.services.streams import blank_stream
from driftlock.settings import Settings
from driftlock_core.kind_profiles import for_kind
from driftlock_core.profiles import BALANCED

FeedState = Literal["running", "paused", "ended", "failed"]
Take = Callable[[str, str, bytes, str], Receipt]  # tenant, stream, lines, name of the delivery

MOST_PLAYING: Final = 4  # of one tenant at a time
KEPT: Final = 20  # ended ones that are still told of
RATES: Final = (1.0, 500.0)  # events a second
MOST_ANOMALY_RATE: Final = 0.2
DURATIONS_S: Final = (10, 86_400)
_ID: Final = 32  # characters of a stream's id at most


class InvalidFeed(ApplicationError):
    """A feed cannot be played like that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """
    One scenario that is being played, or was, by this process.

    Its id is that of a run of the source "live", which its stream belongs to.
    """

    id: str
    scenario: str
    signal: str  # that is sent
    seed: int
    rate: float  # events a second
    anomaly_rate: float  # share of the events inside faults
    duration_s: int
    stream_ids: tuple[str, ...]
    state: FeedState
    events_sent: int  # that are stored
    events_planned: int
    started_at: datetime
    error: str | None


class Live:
    """
    The feeds of this process; the tenant always comes first, and another's are not there.

    Each is a process of its own, the generator's. It sends to *address*
    where that is given, else writes to a pipe that a thread receives from.
    It ends with this process, however that one ends.
    """

    def __init__(
        self, store: PendingStore, clock: Clock, settings: Settings, *, worker: str, take: Take
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._worker = worker
        self._take = take
        self._lock = threading.Lock()
        self._playing: dict[tuple[str, str], Playing] = {}
        self.address: str | None = None  # of this process's own POST /v1/streams/…
        self.guarded: Callable[[], bool] = lambda: False  # whether that asks for the key of a tenant

    def _taken_there(self, tenant: str) -> bool:
        """Whether that address takes events of *tenant* without a key of the tenant's own, which nobody has here."""
        return tenant == DEMO and (bool(self._settings.api_key) or not self.guarded())

    def start(
        self,
        tenant: str,
        scenario: str,
        *,
        seed: int,
        rate: float,
        anomaly_rate: float,
        duration_s: int,
        signal: str | None = None,
    ) -> Feed:
        """
        Play a scenario from now on, into a stream of its own.

        Args:
            rate: Events a second.
            anomaly_rate: Share of the events inside faults.
            signal: One that the scenario sends; its first if None.

        Raises:
            InvalidFeed: It cannot be played like that, or too many are playing.
        """
        starts_at = self._clock.now().replace(microsecond=0)
        planned = _planned(scenario, seed, signal, rate, anomaly_rate, duration_s, starts_at)
        chosen = next(one for one in scenario_named(scenario).signals if signal in (None, one))
        run_id = secrets.token_hex(8)
        tail = f"-{run_id[:6]}"
        stream_id = f"{LIVE_PREFIX}{scenario}"[: _ID - len(tail)].rstrip("-") + tail
        now = self._clock.now()
        profile = for_kind(BALANCED, chosen)
        expires_at = now + self._settings.upload_retention
        run = Run(
            tenant=tenant,
            id=run_id,
            source="live",
            name=f"{scenario_named(scenario).title}, live",
            state="running",
            configuration=profile.configuration(),
            options={
                "scenario": scenario,
                "signal": chosen,
                "seed": seed,
                "rate": rate,
                "anomaly_rate": anomaly_rate,
                "duration_s": duration_s,
                "starts_at": starts_at.isoformat(),
                "planned": planned,
            },
            sha256=None,
            size_bytes=None,
            bytes_read=0,
            events_received=0,
            events_analyzed=0,
            step="sending",
            error=None,
            report=None,
            stream_ids=(stream_id,),
            created_at=now,
            finished_at=None,
        )
        generator = Generator(
            scenario=scenario,
            signal=chosen,
            seed=seed,
            rate=rate,
            anomaly_rate=anomaly_rate,
            duration_s=duration_s,
            tenant=tenant,
            stream_id=stream_id,
            starts_at=starts_at,
            address=self.address if self._taken_there(tenant) else None,
            key=self._settings.api_key,
        )
        with self._lock:
            self._forget()
            going = sum(of[0] == tenant and not one.ended for of, one in self._playing.items())
            if going >= MOST_PLAYING:
                raise InvalidFeed(f"{MOST_PLAYING} scenarios are playing already; stop one first.")
            self._store.runs.add(run, expires_at=expires_at, worker=self._worker)
            self._store.streams.add(
                blank_stream(
                    tenant,
                    name=run.name,
                    kind=chosen,
                    profile=profile,
                    created_at=now,
                    run_id=run_id,
                    expires_at=expires_at,
                    stream_id=stream_id,
                )
            )
            playing = Playing(self._store, self._clock, run, self._worker, generator, self._take)
            self._playing[tenant, run_id] = playing
        playing.start()
        return self._feed(playing)

    def pause(self, tenant: str, feed_id: str) -> None:
        """
        Send nothing more until it is resumed; its time stands still.

        Raises:
            NotFound: The tenant has no such feed.
        """
        self._of(tenant, feed_id).pause()

    def resume(self, tenant: str, feed_id: str) -> None:
        """
        Go on after a pause.

        Raises:
            NotFound: The tenant has no such feed.
        """
        self._of(tenant, feed_id).resume()

    def step(self, tenant: str, feed_id: str) -> None:
        """
        Send one batch more while paused: the next second, 500 events at most.

        Raises:
            NotFound: The tenant has no such feed.
        """
        self._of(tenant, feed_id).step()

    def stop(self, tenant: str, feed_id: str) -> None:
        """
        End it; what was sent is judged to the end and kept. Returns at once.

        Raises:
            NotFound: The tenant has no such feed.
        """
        self._of(tenant, feed_id).stop()

    def feeds(self, tenant: str) -> list[Feed]:
        """Those of this process, newest first."""
        with self._lock:
            mine = [one for of, one in self._playing.items() if of[0] == tenant]
        return [self._feed(one) for one in reversed(mine)]

    def get(self, tenant: str, feed_id: str) -> Feed | None:
        """The feed of that id."""
        with self._lock:
            playing = self._playing.get((tenant, feed_id))
        return None if playing is None else self._feed(playing)

    def close(self) -> None:
        """Stop all of them and wait until they have ended, a few seconds at most."""
        with self._lock:
            going = [one for one in self._playing.values() if not one.ended]
        for one in going:
            one.stop(at_once=True)
        for one in going:
            one.join()

    def _of(self, tenant: str, feed_id: str) -> Playing:
        with self._lock:
            playing = self._playing.get((tenant, feed_id))
        if playing is None:
            raise NotFound(f"There is no feed {feed_id}.")
        return playing

    def _feed(self, playing: Playing) -> Feed:
        run = playing.run
        stream = self._store.streams.get(run.tenant, run.stream_ids[0])
        options = run.options
        state: FeedState = "paused" if playing.paused else "running"
        if playing.ended:
            state = "failed" if playing.error else "ended"
        return Feed(
            id=run.id,
            scenario=options["scenario"],
            signal=options["signal"],
            seed=options["seed"],
            rate=options["rate"],
            anomaly_rate=options["anomaly_rate"],
            duration_s=options["duration_s"],
            stream_ids=run.stream_ids,
            state=state,
            events_sent=stream.events if stream else 0,
            events_planned=options["planned"],
            started_at=run.created_at,
            error=playing.error,
        )

    def _forget(self) -> None:
        ended = [of for of, one in self._playing.items() if one.ended]
        for of in ended[: max(0, len(ended) - KEPT)]:
            del self._playing[of]


def _planned(
    scenario: str,
    seed: int,
    signal: str | None,
    rate: float,
    anomaly_rate: float,
    duration_s: int,
    starts_at: datetime,
) -> int:
    """How many events it will be."""
    if not RATES[0] <= rate <= RATES[1]:
        raise InvalidFeed(f"{rate:g} events a second: choose {RATES[0]:g} to {RATES[1]:g}.")
    if not 0 <= anomaly_rate <= MOST_ANOMALY_RATE:
        raise InvalidFeed(f"A share of {anomaly_rate:g} inside faults: choose 0 to {MOST_ANOMALY_RATE:g}.")
    if not DURATIONS_S[0] <= duration_s <= DURATIONS_S[1]:
        raise InvalidFeed(f"{duration_s} seconds: choose {DURATIONS_S[0]} to {DURATIONS_S[1]:,}.")
    try:
        return perform_scenario(
            scenario,
            seed,
            signal=signal,  # type: ignore[arg-type]  # what is no signal is refused there
            rate=rate,
            duration_s=duration_s,
            anomaly_rate=anomaly_rate,
            start_at=starts_at,
        ).total
    except (UnknownScenario, ValueError) as error:
        text = str(error)
        raise InvalidFeed(f"{text[:1].upper()}{text[1:]}.") from error
