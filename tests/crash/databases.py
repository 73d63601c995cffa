"""The databases that are tried, each empty."""

import atexit
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

DATABASES: Final = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Database:
    """Where it is, and how its server is ended without a word, where it has one."""

    url: str
    crash: Callable[[], None] | None = None

    def writable(self) -> bool:
        """Whether nobody keeps others from writing."""
        if not self.url.startswith("sqlite"):
            return True
        with closing(
            sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=0.5, isolation_level=None)
        ) as one:
            try:
                one.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            one.execute("ROLLBACK")
            return True


@contextmanager
def database(name: str, folder: Path) -> Iterator[Database]:
    """An empty one, gone afterwards."""
    if name == "sqlite":
        yield Database(f"sqlite:///{folder}/driftlock.db")
        return
    running = lasting_server()
    made = running.fresh()
    try:
        yield Database(running.url(made), lambda: crash(running))
    finally:
        running.drop(made)


@cache
def lasting_server() -> Any:
    """A server that writes to disk as its defaults say: a fast one loses what it acknowledged when it is killed."""
    from tests.postgres import Server  # its programs are there for who develops alone

    started = Server("-c shared_buffers=64MB -c max_connections=60")
    atexit.register(started.remove)
    return started


def crash(running: Any) -> None:
    """SIGKILL to the server's first process, and a start from what it left on disk."""
    pid_file = running.folder / "data" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    until = time.monotonic() + 30
    while True:  # its other processes notice, and let go of the shared memory, a moment later
        try:
            running.start()
            return
        except RuntimeError:
            assert time.monotonic() < until, (running.folder / "log").read_text()[-2000:]
            time.sleep(0.1)
