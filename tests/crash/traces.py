"""Where a process was when it was killed: a byte for each of its threads in memory that outlives it."""

import itertools
import mmap
import threading
from pathlib import Path
from typing import Final, Literal

Place = Literal["idle", "receiving", "judging", "saving", "other"]
PLACES: Final[tuple[Place, ...]] = ("idle", "receiving", "judging", "saving", "other")
WRITING: Final = 0x10  # a transaction that writes is open
THREADS: Final = 64


class Traces:
    """Shared by the process that is killed and the one that kills."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(THREADS))
        with file.open("r+b") as opened:
            self._bytes = mmap.mmap(opened.fileno(), THREADS)
        self._next = itertools.count()
        self._mine = threading.local()

    def clear(self) -> None:
        """Before a process begins."""
        self._bytes[:] = bytes(THREADS)

    def enter(self, place: Place) -> Place:
        """This thread is there now; answers where it was."""
        before = PLACES[self._bytes[self._slot] & 0xF]
        self._bytes[self._slot] = PLACES.index(place) | self._bytes[self._slot] & WRITING
        return before

    def writing(self, begun: bool) -> None:
        """A transaction of this thread that writes has begun, or is over."""
        self._bytes[self._slot] = self._bytes[self._slot] & 0xF | (WRITING if begun else 0)

    @property
    def _slot(self) -> int:
        if not hasattr(self._mine, "slot"):
            self._mine.slot = next(self._next) % THREADS
        return int(self._mine.slot)

    def found(self) -> set[tuple[Place, bool]]:
        """Where the threads were, and whether inside a transaction that writes."""
        return {(PLACES[byte & 0xF], bool(byte & WRITING)) for byte in self._bytes[:] if byte}
