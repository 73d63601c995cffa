import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from streams import with_burst

from driftlock.bootstrap import App, open_app
from driftlock.model import Event
from driftlock.services.tuning_history import History
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED
from tests.made_home import made_home

TENANT = "demo"
START_US = 1_767_600_000_000_000
SECOND_US = 1_000_000


class ToldClock:
    """A clock that stands still until it is told, and may do something whenever it is read."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
        self.when_read: Callable[[], object] = lambda: None
        self._doing = False

    def now(self) -> datetime:
        if not self._doing:  # what is done may read the clock itself
            self._doing = True
            try:
                self.when_read()
            finally:
                self._doing = False
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> ToldClock:
    return ToldClock()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return made_home(tmp_path / "home")


@pytest.fixture
def open_again(home: Path, clock: ToldClock) -> Iterator[Callable[[], App]]:
    """Open the application on the same folder, as a restarted process would; nothing works by itself."""
    opened: list[App] = []

    def again() -> App:
        opened.append(open_app(Settings(home=home), clock=clock, work=False))
        return opened[-1]

    yield again
    for app in opened:
        app.close()


@pytest.fixture
def app(open_again: Callable[[], App]) -> App:
    return open_again()


def as_events(payloads: list[bytes]) -> list[Event]:
    """One event a second."""
    return [
        Event(payload, "logs", at.to_bytes(8, "big"), START_US + at * SECOND_US, "api")
        for at, payload in enumerate(payloads)
    ]


@pytest.fixture(scope="session")
def as_events_of() -> Callable[[list[bytes]], list[Event]]:
    """:func:`as_events`."""
    return as_events


@pytest.fixture(scope="session")
def burst() -> list[Event]:
    """Seed 11: 2,600 events, foreign lines among those from 1,190 to 1,300 and again from 2,000 to 2,060."""
    early = with_burst(2600, 11, start=1190, stop=1300, share=0.5)
    late = with_burst(2600, 11, start=2000, stop=2060)
    return as_events(early[:1600] + late[1600:])


@pytest.fixture(scope="session")
def long_source(burst: list[Event]) -> bytes:
    """13,000 lines: three batches to read, three slabs to judge."""
    return b"\n".join([event.payload for event in burst] * 5)


@pytest.fixture
def fill() -> Callable[..., str]:
    """A stream of its own that holds *events*, not judged yet."""

    def filled(app: App, events: list[Event], *, tenant: str = TENANT) -> str:
        stream_id = app.create_stream(tenant, name="api", kind="logs", profile=BALANCED)
        app.receive(tenant, stream_id, events)
        return stream_id

    return filled


@pytest.fixture
def run_text(app: App) -> Callable[..., str]:
    """Start a run on *data* and answer its id; nobody works on it yet."""

    def start(data: bytes, *, name: str = "api.log", tenant: str = TENANT, **options: object) -> str:
        settings = {"source": "upload", "profile": BALANCED} | options
        return app.start_run(tenant, name=name, open_source=lambda: io.BytesIO(data), **settings)

    return start


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory, burst: list[Event]) -> Iterator[tuple[App, str]]:
    """An application whose only stream, the burst, is judged; to be read, not changed."""
    app = open_app(Settings(home=tmp_path_factory.mktemp("judged")), clock=ToldClock(), work=False)
    stream_id = app.create_stream(TENANT, name="api", kind="logs", profile=BALANCED)
    app.receive(TENANT, stream_id, burst)
    app.advance(TENANT, stream_id)
    yield app, stream_id
    app.close()


# Smaller than the shipped ones, so that a stream has many windows soon.
TUNED = replace(BALANCED, baseline=80, window=10, hop=2, references=120)


@pytest.fixture
def tuned_stream(app: App) -> Callable[..., str]:
    """A judged stream of its own, one event a second, or about one."""

    def made(payloads: list[bytes], *, uneven: bool = False) -> str:
        stream_id = app.create_stream(TENANT, name="api", kind="logs", profile=TUNED)
        random, moment_us, events = Random(1), START_US, []
        for at, payload in enumerate(payloads):
            events.append(Event(payload, "logs", at.to_bytes(8, "big"), moment_us, "api"))
            moment_us += random.randrange(SECOND_US // 2, 3 * SECOND_US // 2) if uneven else SECOND_US
        app.receive(TENANT, stream_id, events)
        app.advance(TENANT, stream_id)
        return stream_id

    return made


@pytest.fixture
def bursts() -> list[bytes]:
    """Seed 31: foreign lines in two places of 1,200."""
    events = with_burst(1200, 31, start=500, stop=530, share=0.5)
    events[950:970] = with_burst(20, 32, start=0, stop=20, share=0.7)
    return events


@pytest.fixture
def history(app: App, tuned_stream: Callable[..., str], bursts: list[bytes]) -> History:
    stream_id = tuned_stream(bursts)
    app.complete(TENANT, stream_id)
    return app.tuning.history(TENANT, stream_id)
