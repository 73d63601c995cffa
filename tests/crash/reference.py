"""A run that nobody disturbed, and how another one differs from it."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from driftlock.bootstrap import App, open_app
from driftlock.model import Event
from driftlock.services.streams import blank_stream
from driftlock.settings import Settings
from driftlock_core.kind_profiles import for_kind
from driftlock_core.profiles import BALANCED
from tests.crash import load
from tests.crash.clock import FastClock
from tests.crash.contents import (
    Contents,
    Rows,
    contents,
    differences,
    lost_and_doubled,
    of_streams,
    verdicts_that_differ,
)
from tests.crash.uploads import upload

LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run that nobody disturbs leaves behind, and how large its load was."""

    size: tuple[int, int]
    found: Contents


@dataclass(frozen=True, slots=True)
class Compared:
    """Two numbers of events, two of verdicts, and what differs in sentences."""

    events: int
    lost: int
    doubled: int
    verdicts: int
    different: int
    said: list[str]


def undisturbed(home: Path, size: tuple[int, int]) -> Undisturbed:
    """One process, one thread, nothing killed."""
    sent = load.made(*size)
    app = opened(home, "", time.time())
    for deliveries in (*sent.posted.values(), *sent.handed.values()):
        for one in deliveries:
            app.ingest(load.TENANT, one.stream, one.body, delivery=one.name)
    upload(app, sent.uploads)
    found = _at_the_end(app)
    return Undisturbed(size, found)


def compared(folder: Path, database_url: str, reference: Undisturbed, since: float) -> Compared:
    """See through what is left of *database_url*, and set it beside the reference."""
    found = _at_the_end(opened(folder / "home", database_url, since))
    wanted = reference.found
    lost, doubled = lost_and_doubled(wanted, found)
    # The order in which two senders of one stream arrive is theirs to choose: judged again in that order.
    alone = [row["id"] for row in wanted["streams"] if row["id"] != load.SHARED]
    shared = of_streams(found, [load.SHARED])
    pairs = (
        (
            of_streams(wanted, alone) | {"runs": wanted["runs"]},
            of_streams(found, alone) | {"runs": found["runs"]},
        ),
        (_judged_again(folder / "again", shared), shared),
    )
    said = [sentence for one, other in pairs for sentence in differences(one, other)]
    said += _out_of_order(of_streams(wanted, [load.SHARED])["events"], shared["events"])
    return Compared(
        events=len(found["events"]),
        lost=lost,
        doubled=doubled,
        verdicts=sum(len(found[of]) for of in ("windows", "anomalies", "series_anomalies", "points")),
        different=sum(verdicts_that_differ(one, other) for one, other in pairs),
        said=said,
    )


def opened(home: Path, database_url: str, since: float) -> App:
    """An application that does nothing by itself; SQLite in *home* without a URL."""
    settings = Settings(home=home, database_url=database_url, demo_data=False)
    return open_app(settings, clock=FastClock(since), work=False)


def _at_the_end(app: App) -> Contents:
    """When no run is left and every event is judged; leases of the dead run out meanwhile."""
    store: Any = app._store
    until = time.monotonic() + LONGEST_S
    while True:
        while app.work() or app.turn(due_only=False):
            pass
        found = contents(store)
        if _is_over(found):
            app.close()
            return found
        assert time.monotonic() < until, f"not everything was judged within {LONGEST_S} s"
        time.sleep(0.05)


def _is_over(found: Contents) -> bool:
    cursors = {row["stream_id"]: row["cursor"] for row in found["detector_states"]}
    return all(row["events"] == cursors[row["id"]] for row in found["streams"]) and all(
        row["state"] not in ("queued", "running") for row in found["runs"]
    )


def _judged_again(home: Path, shared: Contents) -> Contents:
    """The events of the stream in the order in which they are stored, delivered at once."""
    app = opened(home, "", time.time())
    store: Any = app._store
    (stream,) = shared["streams"]
    kind, now = stream["kind"], datetime(2026, 3, 2, tzinfo=UTC)
    store.streams.add(
        blank_stream(
            load.TENANT,
            name=stream["name"],
            kind=kind,
            profile=for_kind(BALANCED, kind),
            created_at=now,
            stream_id=stream["id"],
        )
    )
    names = ("payload", "kind", "key", "at_us", "service")
    events = [Event(**{name: row[name] for name in names}) for row in shared["events"]]
    store.events.append(load.TENANT, stream["id"], events, now)
    return of_streams(_at_the_end(app), [load.SHARED])


def _out_of_order(wanted: Rows, found: Rows) -> list[str]:
    """Whether the deliveries of each sender lie in the order in which it sent them, none torn apart."""
    place = {row["key"]: at for at, row in enumerate(wanted)}
    order = [place[row["key"]] for row in found if row["key"] in place]
    half = len(wanted) // load.SENDERS_OF_SHARED
    senders = [[at for at in order if at // half == sender] for sender in range(load.SENDERS_OF_SHARED)]
    said = ["a sender's events lie in another order than sent" for of in senders if of != sorted(of)]
    begins = {one * half + at for one in range(load.SENDERS_OF_SHARED) for at in range(0, half, load.BATCH)}
    torn = [at for before, at in pairwise(order) if at != before + 1 and at not in begins]
    return said + [f"{len(torn)} deliveries are torn apart"] * bool(torn)
