"""Files that are uploaded to pages: they lie in memory, so there is room for so many bytes and no more."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import HTTPConnection

STRANGERS_BYTES: Final = 512_000_000  # of guests and visitors together
TENANT_BYTES: Final = 1_000_000_000  # of one tenant's people
MEMBERS_BYTES: Final = 2_000_000_000  # of all tenants in this process
STRANGER: Final = ""  # in place of a tenant
FORM_BYTES: Final = 100_000  # around a file
_SESSION: Final = re.compile(r"/_stcore/upload_file/([^/]+)/").search
_READS: Final = ("GET", "HEAD", "OPTIONS", "DELETE")


class NoRoom(Exception):
    """An upload is not taken."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class Uploads:
    """
    Room for what is uploaded: of people without an account, of each tenant, of all tenants.

    Only what has not come yet is refused; a file that was taken stays until its page is closed or lets go of it.

    Args:
        held: How many bytes of a page's uploads lie in memory, by the page's session.
    """

    def __init__(self, held: Callable[[str], int]) -> None:
        self._held = held
        self._pages: dict[str, str] = {}  # whose they are
        self._coming: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def room(self, connection: HTTPConnection, largest: int, whose: str = STRANGER) -> Iterator[None]:
        """
        Take an upload inside the block; whatever is none passes.

        Args:
            largest: Bytes of one file.
            whose: The tenant of somebody with an account.

        Raises:
            NoRoom: It does not say how large it is, is too large, or there is too much already.
        """
        page = _SESSION(connection.scope["path"])
        if page is None or connection.scope.get("method", "GET") in _READS:
            yield
            return
        announced = _announced(connection)
        if announced is None:
            raise NoRoom(411, "Say how large it is: the request has no Content-Length.")
        if announced > largest + FORM_BYTES:
            raise NoRoom(413, f"{_mb(announced)}; one file has at most {_mb(largest)}. Send it in parts.")
        with self._lock:
            self._check(whose, announced, largest + FORM_BYTES)
            self._coming[whose] += announced
        try:
            yield
        finally:
            with self._lock:
                self._coming[whose] -= announced
                self._pages[page.group(1)] = whose

    def _check(self, whose: str, announced: int, largest: int) -> None:
        there = {page: size for page in self._pages if (size := self._held(page))}
        self._pages = {page: self._pages[page] for page in there}
        taken = +self._coming
        for page, size in there.items():
            taken[self._pages[page]] += size
        own, all_members = taken[whose], taken.total() - taken[STRANGER]
        bounds: tuple[tuple[int, int, str], ...]
        if whose == STRANGER:
            bounds = ((own, STRANGERS_BYTES, "people without an account"),)
        else:
            # One file of the size that is allowed finds room in any case.
            of_tenant, of_all = max(TENANT_BYTES, largest), max(MEMBERS_BYTES, largest)
            bounds = ((own, of_tenant, "your tenant"), (all_members, of_all, "all tenants"))
        for held, most, of in bounds:
            if held + announced > most:
                raise NoRoom(
                    503,
                    f"{_mb(held)} of files of {of} are held in memory already, at most {_mb(most)} are, and this one has "
                    f"{_mb(announced)}. Close pages that hold files, or take the files off them, and send it again.",
                )


def _mb(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


def _announced(connection: HTTPConnection) -> int | None:
    length = connection.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None
