"""
The page Feedback over a full desk: ``python -m benchmarks.speed.feedback``.

The same database as ``benchmarks.speed.overview``: 47 streams, 500,000 windows, 50,000 flagged rows. Milliseconds
of the first asking and the median of five more. The queue Boundary recounts a stream as Tuning lab does, see
``benchmarks.speed.tuning``.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.speed.overview import FixedClock, filled
from driftlock.model import DEMO as TENANT
from driftlock.services.cases import Cases
from driftlock.services.feedback import Feedback
from driftlock.services.overview import Overview
from driftlock.services.tuning import Tuning
from driftlock.storage.store import SqlStore

ROUNDS: Final = 5


def main() -> None:
    """Fill, ask and print."""
    with TemporaryDirectory() as folder:
        store = SqlStore(f"sqlite:///{Path(folder) / 'driftlock.db'}")
        filled(store)
        clock = FixedClock()
        feedback, cases = Feedback(store, clock, Tuning(store, clock)), Cases(store, clock)
        states = Overview(store, clock).streams(TENANT)
        largest = max((state.stream for state in states if not state.series), key=lambda one: one.windows).id
        questions: dict[str, Callable[[], object]] = {
            "queue Newest": lambda: feedback.queue(TENANT, largest, "newest", by="reader"),
            "queue Random unflagged": lambda: feedback.queue(TENANT, largest, "random", by="reader"),
            "queue Disagreements": lambda: feedback.queue(TENANT, largest, "disagreements", by="reader"),
            "progress": lambda: feedback.progress(TENANT, largest),
            "group into cases": lambda: cases.group(TENANT),
            "list of cases": lambda: cases.cases(TENANT),
            "coincidences": lambda: cases.coincidence(TENANT),
        }
        print("| question | first, ms | again, median ms |\n|---|---|---|")
        for name, ask in questions.items():
            first = _ms(ask)
            print(f"| {name} | {first:.0f} | {statistics.median(_ms(ask) for _ in range(ROUNDS)):.0f} |")
        case = cases.cases(TENANT)
        if case:
            print(f"| one case of {len(case)} listed | {_ms(lambda: cases.case(TENANT, case[0].id)):.0f} | |")
        store.close()


def _ms(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
