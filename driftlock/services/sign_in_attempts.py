"""How often somebody tried in vain, in a memory of fixed size."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_REMEMBERED: Final = 20_000


class Attempts:
    """Failed tries by name within the last *seconds*; at *allowed* of them the next one has to wait."""

    def __init__(self, *, allowed: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._now = now
        self._failed: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> float:
        """Count a try as failed before it is known; answers 0, or the seconds it has to wait, not counted."""
        with self._lock:
            since = self._now() - self._seconds
            recent = [at for at in self._failed.get(name, ()) if at > since]
            if len(recent) >= self._allowed:
                return recent[0] - since
            self._failed[name] = [*recent, self._now()]
            self._failed.move_to_end(name)
            while len(self._failed) > MOST_REMEMBERED:
                self._failed.popitem(last=False)
            return 0.0

    def give_back(self, name: str) -> None:
        """The try went well."""
        with self._lock:
            if tried := self._failed.get(name):
                tried.pop()
