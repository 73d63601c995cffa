"""The thread that works on runs and jobs: one at a time, the next one as soon as there is one."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from driftlock.services.faults import log_fault

logger = logging.getLogger(__name__)

# Runs started in this process wake the worker; those of other processes wait at most so long.
POLL_SECONDS: Final = 2.0
TIDY_SECONDS: Final = 3600.0


class Worker:
    """
    Calls *work* until it answers False, then sleeps until woken; calls *tidy* once an hour.

    The thread is a daemon: the process may end at any moment, and the run it
    was at is taken up again by whoever starts next.
    """

    def __init__(
        self,
        work: Callable[[], bool],
        tidy: Callable[[], object] = lambda: None,
        *,
        tidy_seconds: float = TIDY_SECONDS,
        poll_seconds: float = POLL_SECONDS,
        name: str = "driftlock-worker",
    ) -> None:
        self._work = work
        self._tidy = tidy
        self._tidy_seconds = tidy_seconds
        self._poll_seconds = poll_seconds
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._finished = threading.Condition()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def stop(self, patience: float | None = None) -> None:
        """Take no further run, and wait until the present one is done, *patience* seconds at most."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    @property
    def stopping(self) -> bool:
        """Whether it takes nothing up any more."""
        return self._stopped.is_set()

    def wait(self, seconds: float) -> None:
        """Return when a run ends, or after so many *seconds*."""
        with self._finished:
            self._finished.wait(seconds)

    def _loop(self) -> None:
        tidied = time.monotonic()
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                worked = self._work()
                if time.monotonic() - tidied >= self._tidy_seconds:
                    tidied = time.monotonic()
                    self._tidy()
            except Exception as error:  # the store itself failed, on a full disk say: the next round may work
                log_fault(logger, error, "the worker could not reach its store")
                worked = False
            with self._finished:
                self._finished.notify_all()
            if not worked:
                self._woken.wait(self._poll_seconds)
