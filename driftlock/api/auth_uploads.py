"""Files of people without an account: they lie in memory, so there is room for so many bytes and no more."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import HTTPConnection

STRANGERS_BYTES: Final = 512_000_000  # of guests and visitors together
FORM_BYTES: Final = 100_000  # around a file
_SESSION: Final = re.compile(r"/_stcore/upload_file/([^/]+)/").search
_READS: Final = ("GET", "HEAD", "OPTIONS", "DELETE")


class NoRoom(Exception):
    """An upload is not taken."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class StrangersUploads:
    """
    Room for what is uploaded without an account.

    Args:
        held: How many bytes of a page's uploads lie in memory, by the page's session.
    """

    def __init__(self, held: Callable[[str], int]) -> None:
        self._held = held
        self._pages: set[str] = set()
        self._coming = 0
        self._lock = threading.Lock()

    @contextmanager
    def room(self, connection: HTTPConnection, largest: int) -> Iterator[None]:
        """
        Take an upload inside the block; whatever is none passes.

        Args:
            largest: Bytes of one file.

        Raises:
            NoRoom: It does not say how large it is, is too large, or there is too much already.
        """
        page = _SESSION(connection.scope["path"])
        if page is None or connection.scope.get("method", "GET") in _READS:
            yield
            return
        announced = _announced(connection)
        if announced is None:
            raise NoRoom(411, "Say how large it is.")
        if announced > largest + FORM_BYTES:
            raise NoRoom(413, "Too large.")
        with self._lock:
            there = {one: size for one in self._pages if (size := self._held(one))}
            self._pages = set(there)
            if sum(there.values()) + self._coming + announced > STRANGERS_BYTES:
                raise NoRoom(
                    503, "Many files of people without an account are held already; try again later."
                )
            self._coming += announced
        try:
            yield
        finally:
            with self._lock:
                self._coming -= announced
                self._pages.add(page.group(1))


def _announced(connection: HTTPConnection) -> int | None:
    length = connection.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None
