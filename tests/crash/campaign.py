"""Kills under load, until everything is stored; then the comparison with a run that nobody disturbed."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from tests.crash import load
from tests.crash.databases import database
from tests.crash.nursery import Nursery
from tests.crash.reference import Undisturbed, compared
from tests.crash.senders import Sender
from tests.crash.traces import Traces
from tests.crash.victim import Plan, Strike, Verb

# Of a child that does not kill itself, mean.
LIFE_S: Final = 0.4
SHARE_OF_STARTED: Final = 0.6  # of those; the others may be killed while they open the database
# One that is told to kill itself lives this long at most: its moment may never come.
LONGEST_LIFE_S: Final = 2.0
LONGEST_END_S: Final = 120.0
SHARE_OF_STRIKES: Final = 0.75
KILLS_OF_A_ROUND: Final = 40
# Statements of a transaction before which it is struck; see victim.Strike.
STRIKES: Final[tuple[tuple[Verb, int], ...]] = (
    *(("append", statement) for statement in (0, 1, 2, 3, 4, 99)),
    *(("save", statement) for statement in (0, 1, 2, 3, 4, 99)),
    *(("save series", statement) for statement in (0, 2, 3, 99)),
    ("claim", 2),
    ("release", 1),
)
# The first calls of a process, one of which is struck.
CALLS: Final[dict[Verb, int]] = {"append": 10, "save": 3, "save series": 2, "claim": 4, "release": 4}


@dataclass(slots=True)
class Outcome:
    """What came of one database."""

    kills: int = 0
    struck: Counter[str] = field(default_factory=Counter)  # where it was killed
    crashes_of_server: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    events: int = 0
    lost: int = 0
    doubled: int = 0
    verdicts: int = 0
    different: int = 0
    said: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Outcome") -> None:
        """Another round."""
        self.struck += other.struck
        self.answers += other.answers
        self.said += other.said
        for name in (
            "kills",
            "crashes_of_server",
            "events",
            "lost",
            "doubled",
            "verdicts",
            "different",
            "seconds",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def in_transactions(self) -> int:
        """Kills while a transaction that writes was open."""
        return sum(count for where, count in self.struck.items() if where.endswith("transaction"))


def campaign(name: str, folder: Path, reference: Undisturbed, kills: int, seed: int) -> Outcome:
    """Fresh databases, one after the other, until so many processes were killed."""
    total = Outcome()
    number = 0
    while total.kills < kills:
        here = folder / str(number)
        here.mkdir(parents=True)
        with database(name, here) as at:
            most = min(KILLS_OF_A_ROUND, kills - total.kills)
            total.add(Round(here, at.url, reference, Random(seed + number), at.crash).play(most))
        number += 1
    return total


@dataclass
class Round:
    """One database, from empty to everything stored."""

    folder: Path
    database_url: str
    reference: Undisturbed
    random: Random
    crash_server: Callable[[], None] | None = None  # or whatever else cuts every connection
    every: int = 6  # kills, the server is struck, too

    def play(self, most_kills: int) -> Outcome:
        """Kill until everything is acknowledged or there were so many kills; then see the rest through."""
        begun = time.monotonic()
        since = time.time()
        outcome = Outcome()
        sent = load.made(*self.reference.size)
        traces = Traces(self.folder / "traces")
        nursery = Nursery(self.folder / "victim.log")
        senders = [Sender(name, parts, lambda: nursery.port) for name, parts in sent.posted.items()]
        for sender in senders:
            sender.start()
        try:
            while outcome.kills < most_kills and not self._is_done(senders, nursery, sent):
                plan = self._plan(nursery, since, self._strike())
                traces.clear()
                nursery.begin(plan)
                if self.crash_server is not None and outcome.kills % self.every == self.every - 1:
                    nursery.await_ready()  # who cannot reach a database does not start
                    time.sleep(self.random.uniform(0.0, 0.4))
                    self.crash_server()
                    outcome.crashes_of_server += 1
                self._let_live(nursery, plan)
                nursery.kill()
                outcome.kills += 1
                outcome.struck[_where(traces)] += 1
            self._send_the_rest(senders, nursery, sent, since)
        finally:
            for sender in senders:
                sender.stop()
            nursery.close()
        for sender in senders:
            outcome.answers.update(sender.answers)
            if sender.error is not None:
                raise sender.error
        found = compared(self.folder, self.database_url, self.reference, since)
        outcome.events, outcome.lost, outcome.doubled = found.events, found.lost, found.doubled
        outcome.verdicts, outcome.different, outcome.said = found.verdicts, found.different, found.said
        outcome.seconds = time.monotonic() - begun
        return outcome

    def _is_done(self, senders: list[Sender], nursery: Nursery, sent: load.Load) -> bool:
        return all(sender.done or sender.error for sender in senders) and all(
            nursery.stored.get(stream, 0) == len(parts) for stream, parts in sent.handed.items()
        )

    def _strike(self) -> Strike | None:
        if self.random.random() >= SHARE_OF_STRIKES:
            return None
        verb, statement = self.random.choice(STRIKES)
        return Strike(verb=verb, call=self.random.randint(1, CALLS[verb]), statement=statement)

    def _let_live(self, nursery: Nursery, plan: Plan) -> None:
        """Until it has killed itself, or its time is over: counted from its first answer, or from its birth."""
        life = LONGEST_LIFE_S if plan.strike else self.random.expovariate(1 / LIFE_S)
        if plan.strike or self.random.random() < SHARE_OF_STARTED:
            nursery.await_ready()
        until = time.monotonic() + life
        while time.monotonic() < until and not nursery.is_dead():
            time.sleep(0.005)

    def _plan(self, nursery: Nursery, since: float, strike: Strike | None) -> Plan:
        return Plan(
            home=str(self.folder / "home"),
            database_url=self.database_url,
            traces=str(self.folder / "traces"),
            since=since,
            size=self.reference.size,
            handed={stream: nursery.stored.get(stream, 0) for stream in load.HANDED},
            strike=strike,
        )

    def _send_the_rest(self, senders: list[Sender], nursery: Nursery, sent: load.Load, since: float) -> None:
        nursery.begin(self._plan(nursery, since, None))
        until = time.monotonic() + LONGEST_END_S
        while not self._is_done(senders, nursery, sent):
            assert time.monotonic() < until, f"not everything was taken within {LONGEST_END_S} s"
            time.sleep(0.02)
        nursery.kill()


def _where(traces: Traces) -> str:
    """The place that says most: what was being written, else what was being done."""
    found = traces.found()
    for place in ("saving", "receiving", "judging"):
        if (place, True) in found:
            return f"{place}, in a transaction"
    if any(writing for _, writing in found):
        return "other writing, in a transaction"
    places = {place for place, _ in found}
    return next(
        (f"{place}, between" for place in ("saving", "receiving", "judging") if place in places), "idle"
    )
