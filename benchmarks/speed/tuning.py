"""
Other limits on 100,000 stored windows: ``python -m benchmarks.speed.tuning``.

Processor time to read them from SQLite and to answer what a move of a slider
asks; the fastest of five. A generated log of 20,000 lines is judged once and its
windows are stored as often as it takes.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import count
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from benchmarks.sources import generated, lines_of
from driftlock.model import Event
from driftlock.ports import Step
from driftlock.services.advance import every_excess
from driftlock.services.lease import claimed
from driftlock.services.receive import receive
from driftlock.services.streams import blank_stream
from driftlock.services.tuning import Tuning
from driftlock.services.tuning_alarms import Alarms
from driftlock.storage.store import SqlStore
from driftlock_core import state
from driftlock_core.detector import Detector
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Recounter, Rule
from driftlock_core.recount_alone import Alone
from driftlock_core.repeats import Repeats
from driftlock_core.windows import Windows

WINDOWS: Final = 100_000
PER_STEP: Final = 5_000
ROUNDS: Final = 5
TENANT: Final = "benchmark"
BEGINS_US: Final = 1_767_600_000_000_000
EVERY_US: Final = 1_000_000
ALARMS: Final = Alarms(repeats=Repeats(least=20, last=50), gap=3)


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime(2026, 3, 2, tzinfo=UTC)


def windows_of(lines: list[bytes]) -> tuple[Windows, bytes]:
    """The same windows over and over, numbered through, and a detector's state."""
    detector = Detector(BALANCED, gate=every_excess(BALANCED))
    found = detector.update(lines, [BEGINS_US + at * EVERY_US for at in range(len(lines))])
    times = -(-WINDOWS // len(found))
    columns = {
        field.name: np.concatenate([getattr(found, field.name)] * times)[:WINDOWS]
        for field in fields(Windows)
        if field.name != "verdicts"
    }
    number = np.arange(WINDOWS)
    columns |= {
        "index": number,
        "first_seq": BALANCED.baseline + number * BALANCED.hop + 1,
        "last_seq": BALANCED.baseline + number * BALANCED.hop + BALANCED.window,
    }
    return Windows(**columns), state.save(detector)


def steps(windows: Windows, saved: bytes, owner: str) -> Iterator[Step]:
    """As an advancing stream would keep them."""
    cursor = 0
    for start in range(0, WINDOWS, PER_STEP):
        some = {
            field.name: getattr(windows, field.name)[start : start + PER_STEP]
            for field in fields(Windows)
            if field.name != "verdicts"
        }
        part = Windows(**some)
        seen = [BEGINS_US + seq * EVERY_US for seq in part.last_seq.tolist()]
        last = int(part.last_seq[-1])
        yield Step(
            owner=owner,
            before=cursor,
            cursor=last,
            state=saved,
            status="ready",
            events_needed=0,
            windows=part,
            last_at_us=seen,
            seen_us=seen,
            anomalies=(),
            incidents=0,
        )
        cursor = last


def filled(store: SqlStore, tenant: str) -> str:
    """Store one stream of 100,000 windows and answer its id."""
    lines, clock = lines_of(generated(20_000, 1)), FixedClock()
    windows, saved = windows_of(lines)
    stream = blank_stream(tenant, name="log", kind="logs", profile=BALANCED, created_at=clock.now())
    store.streams.add(stream)
    first = lines[: BALANCED.baseline]
    events = [Event(line, "logs", at.to_bytes(8, "big"), BEGINS_US) for at, line in enumerate(first)]
    receive(store, clock, tenant, stream.id, events)
    with claimed(store.detections, clock, tenant, stream.id) as claim:
        for step in steps(windows, saved, claim.owner):
            assert store.detections.save(tenant, stream.id, step, until=datetime.max.replace(tzinfo=UTC))
    return stream.id


def _fastest(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


def main() -> None:
    """Print what each question costs."""
    with TemporaryDirectory() as folder:
        store, clock = SqlStore(f"sqlite:///{folder}/benchmark.db"), FixedClock()
        stream_id = filled(store, TENANT)
        tuning = Tuning(store, clock)
        # A new one each time, so that nothing is at hand.
        reading = _fastest(lambda: Tuning(store, clock).history(TENANT, stream_id))
        history = tuning.history(TENANT, stream_id)
        again = _fastest(lambda: tuning.history(TENANT, stream_id))
        alone = replace(BALANCED, views=("bytes",))
        bytes_alone = replace(history, recounter=Recounter(history.recounter.stored, alone))
        thresholds = (0.2 + step / 1000 for step in count())  # each asked once
        candidate = Rule(threshold=0.25, alpha=0.07)
        questions = {
            "cards of a rule": lambda: tuning.figures(history, candidate),
            "cards of a rule, bytes alone": lambda: tuning.figures(
                bytes_alone, Rule(threshold=next(thresholds), alpha=0.05)
            ),
            "cards with repeats and gap": lambda: tuning.figures(history, candidate, how=ALARMS),
            "cards of extra bits alone": lambda: tuning.figures(
                history, Alone(statistic="bits", least=300.0)
            ),
            "changed windows": lambda: tuning.changed(history, history.rule, candidate),
            "map": lambda: tuning.map(history, candidate),
            "budget": lambda: tuning.rule_for_budget(history, 100, 0.3),
            "curve": lambda: tuning.curve(history, 0.3),
            "curve with repeats": lambda: tuning.curve(history, 0.3, ALARMS),
            "notices": lambda: (
                tuning.gate_notice(history, candidate),
                tuning.references_notice(history, candidate),
            ),
            "calibration": lambda: tuning.calibration(history),
        }
        print(f"{history.windows:,} windows: read {reading:.2f} s, at hand {again * 1e3:.0f} ms")
        spent = {name: _fastest(work) for name, work in questions.items()}
        for name, seconds in spent.items():
            print(f"{name}: {seconds * 1e3:.1f} ms")
        moved = again + 2 * spent["cards of a rule"] + spent["changed windows"]
        repeated = moved + 2 * (spent["cards with repeats and gap"] - spent["cards of a rule"])
        print(f"a move of a slider, both cards with incidents and the changed windows: {moved * 1e3:.0f} ms")
        print(f"the same with repeats on both sides: {repeated * 1e3:.0f} ms")
        store.close()


if __name__ == "__main__":
    main()
