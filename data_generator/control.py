"""Commands to a generator at work, from whoever started it."""

import threading
import time
from collections.abc import Iterable


class Control:
    """
    Obeys lines ``pause``, ``resume``, ``step`` and ``stop`` as they come; the end of the lines is a stop.

    So a generator ends with the process that started it, however that one ends. Other lines are passed over.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._steps = 0
        self._stopped = False
        threading.Thread(target=self._obey, args=(lines,), name="control", daemon=True).start()

    def wait(self, seconds: float) -> float | None:
        """
        Return when so many seconds have passed that were not paused, or at a step.

        Returns:
            By how many seconds the time is to be set back: those of pauses, less those a step left out. None: stop.
        """
        left, shift = seconds, 0.0
        with self._changed:
            while not self._stopped:
                if self._paused and self._steps:
                    self._steps -= 1
                    return shift - max(0.0, left)
                if not self._paused and left <= 0:
                    return shift
                begun = time.monotonic()
                paused = self._paused
                self._changed.wait(None if paused else left)
                passed = time.monotonic() - begun
                if paused:
                    shift += passed
                else:
                    left -= passed
        return None

    def _obey(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self._do(line.strip())
        self._do(b"stop")

    def _do(self, command: bytes) -> None:
        with self._changed:
            if command in (b"pause", b"resume"):
                self._paused = command == b"pause"
                self._steps = 0
            elif command == b"step":
                self._steps += self._paused
            elif command == b"stop":
                self._stopped = True
            self._changed.notify_all()
