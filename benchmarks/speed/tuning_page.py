"""
The tuning lab on 100,000 stored windows: ``python -m benchmarks.speed.tuning_page``.

Time of this process from the release of the NCD slider until all cards are
drawn, and until the whole page is; the fastest and the median of nine moves.
No browser takes part.
"""

import os
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from streamlit.testing.v1 import AppTest

from benchmarks.sources import generated, lines_of
from benchmarks.speed.tuning import BEGINS_US, FixedClock, steps, windows_of
from driftlock.model import Event
from driftlock.services.lease import claimed
from driftlock.services.receive import receive
from driftlock.services.streams import blank_stream
from driftlock.settings import Settings
from driftlock.storage.store import SqlStore
from driftlock.ui import tuning_cards
from driftlock.ui.session import TENANT, app
from driftlock_core.profiles import BALANCED

ROOT: Final = Path(__file__).parents[2]
MOVES: Final = 9


def filled(url: str) -> None:
    """Store one stream of 100,000 windows."""
    lines = lines_of(generated(20_000, 1))
    windows, saved = windows_of(lines)
    store, clock = SqlStore(url), FixedClock()
    stream = blank_stream(TENANT, name="log", kind="logs", profile=BALANCED, created_at=clock.now())
    store.streams.add(stream)
    first = lines[: BALANCED.baseline]
    events = [Event(line, "logs", at.to_bytes(8, "big"), BEGINS_US) for at, line in enumerate(first)]
    receive(store, clock, TENANT, stream.id, events)
    with claimed(store.detections, clock, TENANT, stream.id) as claim:
        for step in steps(windows, saved, claim.owner):
            assert store.detections.save(TENANT, stream.id, step, until=datetime.max.replace(tzinfo=UTC))
    store.close()


def main() -> None:
    """Print both times in milliseconds."""
    drawn: list[float] = []
    show = tuning_cards.show

    def stamped(*rules: object, **named: object) -> None:
        show(*rules, **named)  # type: ignore[arg-type]
        drawn.append(time.perf_counter())

    with TemporaryDirectory() as home:
        os.environ["DRIFTLOCK_HOME"] = home
        filled(Settings.from_environment().database_url)
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300).run()
        page.switch_page("pages/tuning.py")
        page.session_state["r"] = "all"
        page.run()
        tuning_cards.show = stamped  # type: ignore[assignment]
        cards, whole = [], []
        for move in range(MOVES):
            slider = next(one for one in page.slider if one.key == "ncd-slider")
            slider.set_value(0.31 + move / 100)
            released = time.perf_counter()
            page.run()
            assert not page.exception, page.exception[0].value
            cards.append(1000 * (drawn[-1] - released))
            whole.append(1000 * (time.perf_counter() - released))
        for name, spent in (("all cards", cards), ("whole page", whole)):
            print(f"{name:<12} {min(spent):6.0f} ms fastest {statistics.median(spent):6.0f} ms median")
        app().close()


if __name__ == "__main__":
    main()
