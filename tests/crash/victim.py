"""
The process that is killed: ``python -m tests.crash.victim``.

It reads one plan a line, forks, and the child opens the application, takes events over HTTP and from threads of
its own, judges, and, where the plan says so, kills itself at a place inside a transaction. The parent only waits.
Lines out: ``ready PORT``, ``stored STREAM NUMBER`` for each delivery handed over directly, ``ended STATUS``.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
import uvicorn

from driftlock.api import create_app
from driftlock.bootstrap import App, open_app
from driftlock.errors import StoreUnavailable
from driftlock.settings import Settings
from tests.crash import load
from tests.crash.clock import FastClock
from tests.crash.senders import PAUSE_S
from tests.crash.traces import Place, Traces
from tests.crash.uploads import upload

Verb = Literal["append", "claim", "release", "save", "save series"]
PLACE_OF: dict[Verb, Place] = {
    "append": "receiving",
    "claim": "judging",
    "release": "judging",
    "save": "saving",
    "save series": "saving",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """Kill, or freeze, this process at the *call*-th call of a verb, before its *statement*-th statement."""

    verb: Verb
    call: int
    statement: (
        int  # more than there are: before the commit; 0: behind it, before anybody hears of it; −1: first
    )
    freeze: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a child does until it is killed."""

    home: str
    database_url: str
    traces: str
    since: float  # of the clock
    size: tuple[int, int]  # of the load
    handed: dict[str, int] = field(default_factory=dict)  # deliveries of each stream that are stored already
    upload: bool = True
    strike: Strike | None = None

    @property
    def wake(self) -> Path:
        """A frozen one that is woken goes on where this exists; else it freezes again."""
        return Path(f"{self.traces}.wake")

    def line(self) -> bytes:
        """To send to the parent of the children."""
        return json.dumps(asdict(self)).encode() + b"\n"


def say(*words: object) -> None:
    """A line that is whole, or not there."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Watched:
    """Traces where every thread is, and strikes."""

    def __init__(self, app: App, traces: Traces, strike: Strike | None, wake: Path) -> None:
        self._traces = traces
        self._wake = wake
        self._strike = strike
        self._calls = 0
        self._now = threading.local()
        store: Any = app._store
        self._wrap(store.events, "append", "append")
        for name in ("claim", "release", "save"):
            self._wrap(store.detections, name, name)  # type: ignore[arg-type]
        self._wrap(store.series, "save", "save series")
        sa.event.listen(store.engine, "begin", self._begun)
        sa.event.listen(store.engine, "before_cursor_execute", self._stated)
        sa.event.listen(store.engine, "commit", self._commits)
        sa.event.listen(store.engine, "rollback", lambda connection: traces.writing(False))

    def _wrap(self, of: Any, name: str, verb: Verb) -> None:
        inner: Callable[..., Any] = getattr(of, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            before = self._traces.enter(PLACE_OF[verb])
            self._now.statements = 0
            self._now.aimed = self._is_aimed(verb)
            aimed = self._now.aimed
            try:
                if aimed and self._strike and self._strike.statement < 0:
                    self._hit()
                answer = inner(*arguments, **named)
                if self._now.aimed and self._strike and self._strike.statement == 0:
                    self._hit()
                if aimed:
                    say("woken", answer)
                return answer
            finally:
                self._now.aimed = False
                self._traces.writing(False)
                # Between claim and release a stream is being judged.
                self._traces.enter("judging" if verb in ("claim", "save", "save series") else before)

        setattr(of, name, watched)

    def _is_aimed(self, verb: Verb) -> bool:
        if self._strike is None or self._strike.verb != verb:
            return False
        self._calls += 1
        return self._calls == self._strike.call

    def _begun(self, connection: sa.Connection) -> None:
        self._traces.writing(bool(connection.get_execution_options().get("driftlock_writes")))
        self._now.statements = 0

    def _stated(self, *_: object) -> None:
        if getattr(self._now, "aimed", False) and self._strike:
            self._now.statements += 1
            if self._now.statements == self._strike.statement:
                self._hit()

    def _commits(self, _connection: sa.Connection) -> None:
        if getattr(self._now, "aimed", False) and self._strike and self._strike.statement > 0:
            self._hit()

    def _hit(self) -> None:
        assert self._strike is not None
        self._now.aimed = False
        if not self._strike.freeze:
            os.kill(os.getpid(), signal.SIGKILL)
        while not self._wake.exists():
            os.kill(os.getpid(), signal.SIGSTOP)
            time.sleep(0.05)  # woken because another thread was just writing: it may end that


def opened(plan: Plan) -> App:
    """The application on the plan's database, watched; it works on what it finds."""
    settings = Settings(home=Path(plan.home), database_url=plan.database_url, demo_data=False)
    app = open_app(settings, clock=FastClock(plan.since), work=False)
    Watched(app, Traces(Path(plan.traces)), plan.strike, plan.wake)
    app.start_worker()
    return app


def hand_over(app: App, stream: str, deliveries: list[load.Delivery], first: int) -> None:
    """In order, each until it is stored."""
    for number, one in enumerate(deliveries[first:], start=first):
        while True:
            try:
                app.ingest(load.TENANT, stream, one.body, delivery=one.name)
                break
            except StoreUnavailable:
                time.sleep(0.02)
        say("stored", stream, number)
        time.sleep(PAUSE_S)


def live(plan: Plan) -> None:
    """Until somebody kills it."""
    sent = load.made(*plan.size)
    app = opened(plan)
    if plan.upload:
        upload(app, sent.uploads)
    for stream, first in plan.handed.items():
        threading.Thread(
            target=hand_over, args=(app, stream, sent.handed[stream], first), daemon=True
        ).start()
    server = uvicorn.Config(create_app(app), port=0, access_log=False, log_level="error")
    listening = server.bind_socket()
    listening.listen()
    say("ready", listening.getsockname()[1])
    uvicorn.Server(server).run(sockets=[listening])
    app.close()


def main() -> None:
    """A child for each plan, one after the other."""
    dead = None
    for line in sys.stdin.buffer:
        if dead is not None:
            os.waitpid(dead, 0)
        told = json.loads(line)
        strike = told.pop("strike")
        plan = Plan(**told, strike=Strike(**strike) if strike else None)
        if not (child := os.fork()):
            # Whatever goes wrong, the child may not go on as a second parent.
            try:
                live(plan)
            finally:
                os._exit(1)
        say("child", child)
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        # It stays until the next plan, so that whoever kills it a moment too late hits nobody else.
        say("ended", -ended.si_status if ended.si_code == os.CLD_KILLED else ended.si_status)
        dead = child


if __name__ == "__main__":
    main()
