"""A source that is still being written, until somebody says stop."""

import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, BinaryIO, Final

PIECE_BYTES: Final = 64 * 1024
POLL_S: Final = 0.25

Wait = Callable[[], bool]


def wait_a_moment() -> bool:
    """Until a file may have grown; always goes on."""
    time.sleep(POLL_S)
    return True


def end_of_input() -> bool:
    """For a pipe: nothing to read means that its writer has gone."""
    return False


class Growing:
    """
    What *source* holds, then what is added to it.

    While it is entered, Ctrl+C (or a request to terminate) ends the pieces
    and leaves everything read so far intact.

    Args:
        source: Open for reading bytes.
        wait: Called when there is nothing to read for now; False ends the source.
    """

    def __init__(self, source: BinaryIO, wait: Wait) -> None:
        # read() of a pipe would wait for all that it asks for.
        self._read: Callable[[int], bytes] = getattr(source, "read1", source.read)
        self._wait = wait
        self._stopped = False
        self._idle = False
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> "Growing":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._handlers[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def pieces(self) -> Iterator[bytes]:
        """As they come, none of them empty."""
        while not self._stopped:
            self._idle = True
            try:
                piece = self._read(PIECE_BYTES)
                if not piece and not self._wait():
                    return
            except KeyboardInterrupt:
                return
            finally:
                self._idle = False
            if piece:
                yield piece

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped = True
        if self._idle:  # a read or a wait can be broken off, a detector at work cannot
            raise KeyboardInterrupt
