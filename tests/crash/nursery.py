"""Children to kill, one after the other, on one database."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.crash.victim import Plan

ROOT: Final = Path(__file__).parents[2]
START_SECONDS: Final = 60


class Nursery:
    """The parent of the children; ``port`` is that of the one that lives and answers."""

    def __init__(self, log: Path) -> None:
        self.port: int | None = None
        self.child: int | None = None
        self.stored: dict[str, int] = {}  # deliveries of each stream that children said they have stored
        self._lines: queue.Queue[list[str]] = queue.Queue()
        self._log = log
        self._plan: Plan | None = None
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.victim"],
                cwd=ROOT,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        threading.Thread(target=self._listen, daemon=True).start()

    def begin(self, plan: Plan) -> None:
        """A child that works by *plan*; returns when it exists, it answers a little later."""
        assert self._process.stdin is not None
        self._plan = plan
        self._process.stdin.write(plan.line())
        self._process.stdin.flush()
        self.child = int(self._await("child")[1])

    def kill(self) -> None:
        """Nothing of it runs any more when this returns; one that has killed itself is fine, too."""
        assert self.child is not None
        self.port = None
        os.kill(self.child, signal.SIGCONT)
        os.kill(self.child, signal.SIGKILL)
        self.ended()

    def ended(self, seconds: float = START_SECONDS) -> int:
        """How the child ended; waits for it."""
        status = int(self._await("ended", seconds)[1])
        self.port = self.child = None
        if status != -signal.SIGKILL:
            raise AssertionError(f"the child ended by itself, {status}:\n{self._log.read_text()[-2000:]}")
        return status

    def await_ready(self) -> None:
        """Until the child answers, or has ended by its own hand."""
        until = time.monotonic() + START_SECONDS
        while self.port is None and not self.is_dead():
            assert time.monotonic() < until, self._log.read_text()[-2000:]
            time.sleep(0.01)

    def is_dead(self) -> bool:
        """Whether the child has ended, by its own hand."""
        return any(line[0] == "ended" for line in list(self._lines.queue))

    def await_frozen(self, writable: Callable[[], bool]) -> None:
        """
        Until the child has frozen itself.

        Args:
            writable: Whether others can write. SQLite has one writer, and another thread of the child may be that.
        """
        assert self.child is not None
        until = time.monotonic() + START_SECONDS
        while True:
            assert time.monotonic() < until, self._log.read_text()[-2000:]
            if Path(f"/proc/{self.child}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                if writable():
                    return
                os.kill(self.child, signal.SIGCONT)
            time.sleep(0.01)

    def wake(self) -> str:
        """Let a frozen child go on; what the call it was frozen in answered."""
        assert self.child is not None
        assert self._plan is not None
        self._plan.wake.touch()
        os.kill(self.child, signal.SIGCONT)
        return self._await("woken")[1]

    def close(self) -> None:
        """No more children."""
        if self.child is not None:
            self.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _await(self, word: str, seconds: float = START_SECONDS) -> list[str]:
        until = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(
                    f"no “{word}” within {seconds} s:\n{self._log.read_text()[-2000:]}"
                ) from None
            if line[0] == word:
                return line

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            line = raw.decode().split()
            if line[0] == "ready":
                self.port = int(line[1])
            elif line[0] == "stored":
                self.stored[line[1]] = int(line[2]) + 1
            else:
                if line[0] == "ended":
                    self.port = None
                self._lines.put(line)
