"""Signing in: one answer for a wrong password and for nobody, a growing wait after failures."""

import ipaddress
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from math import ceil
from typing import Final, Protocol

from driftlock.errors import ApplicationError
from driftlock.ports import Clock
from driftlock.services.accounts_passwords import least_seconds, matches
from driftlock.services.accounts_rows import AccountTable, Attempt, User
from driftlock.services.sessions import Sessions
from driftlock.services.sign_in_attempts import Attempts

FREE_TRIES: Final = 5  # of one account before it has to wait
FIRST_WAIT: Final = timedelta(seconds=30)  # then twice as long each time
LONGEST_WAIT: Final = timedelta(hours=1)
BY_ADDRESS: Final = 30  # failures from one address in five minutes
ADDRESS_SECONDS: Final = 300.0
LONGEST_FIELD: Final = 1024  # characters of what is typed
WRONG: Final = "E-mail and password do not match an account."
NOWHERE: Final = (
    "You belong to no tenant that is open. Ask somebody who manages people there, or whoever runs the server."
)
_SUBNET: Final = 64  # leading bits of an IPv6 address; whoever has one has all that begin alike
_STRANGERS: Final = 20_000  # addresses without an account whose failures are remembered


class Noted(Protocol):
    """Keeps that a password was wrong."""

    def __call__(
        self, tenants: Iterable[str], user_id: str, *, locked: bool, address: str | None
    ) -> None: ...


class SignInFailed(ApplicationError):
    """Not signed in; the message is the same whether there is such an account or not."""


class SignIn:
    """E-mail and password in, a session's token out."""

    def __init__(self, table: AccountTable, sessions: Sessions, clock: Clock, *, noted: Noted) -> None:
        """
        Args:
            noted: Told of each wrong password of an account.
        """
        self._noted = noted
        self._table = table
        self._sessions = sessions
        self._clock = clock
        self._addresses = Attempts(allowed=BY_ADDRESS, seconds=ADDRESS_SECONDS)
        self._strangers: OrderedDict[bytes, tuple[int, datetime | None]] = OrderedDict()
        self._key = secrets.token_bytes(32)  # so that the memory of this process holds no addresses of people
        self._lock = threading.Lock()

    def sign_in(self, email: str, password: str, *, address: str | None, replaces: str | None = None) -> str:
        """
        The token of a new session.

        Args:
            address: Of the browser.
            replaces: The token it held until now, which ends.

        Raises:
            SignInFailed: Wrong, or to be tried again later; the message says when.
        """
        user = self.person(email, password, address=address)
        token = self._sessions.open(user.id, address=address, replaces=replaces)
        if self._sessions.check(token) is None:
            raise SignInFailed(NOWHERE)
        return token

    def person(self, email: str, password: str, *, address: str | None) -> User:
        """
        Whose e-mail and password these are.

        Raises:
            SignInFailed: As :meth:`sign_in`.
        """
        if wait := self._addresses.take(place(address)):
            raise SignInFailed(_later(timedelta(seconds=wait)))
        begun = time.monotonic()
        try:
            return self._checked(email, password, address=address)
        except SignInFailed:
            # An account costs a row that is locked, and one that is written: both would tell that there is one.
            time.sleep(max(0.0, begun + least_seconds() - time.monotonic()))
            raise

    def _checked(self, email: str, password: str, *, address: str | None) -> User:
        if len(email) > LONGEST_FIELD or len(password) > LONGEST_FIELD:
            email, password = "", password[:LONGEST_FIELD]
        named = email.strip().lower()
        user = self._table.by_email(named) if named else None
        now = self._clock.now()
        tried = (
            self._table.attempt(user.id, now=now, wait_after=wait_after)
            if user is not None
            else self._attempt(named, now)
        )
        if not tried.allowed and tried.until is not None:
            raise SignInFailed(_later(tried.until - now))
        known = user if user is not None and user.state == "active" else None
        if matches(password, known.password if known else None) and known is not None:
            self._addresses.give_back(place(address))
            self._table.succeeded(known.id, now=now)
            return known
        if user is not None:
            locked = tried.until is not None
            self._noted(self._table.tenants_of(user.id), user.id, locked=locked, address=address)
        raise SignInFailed(f"{WRONG} {'Try again.' if tried.until is None else _later(tried.until - now)}")

    def _attempt(self, named: str, now: datetime) -> Attempt:
        """As for an account, for an address that has none."""
        with self._lock:
            name = self._stranger(named)
            count, until = self._strangers.get(name, (0, None))
            if until is not None and until > now:
                return Attempt(False, until)
            wait = wait_after(count + 1)
            until = None if wait is None else now + wait
            self._strangers[name] = (count + 1, until)
            self._strangers.move_to_end(name)
            while len(self._strangers) > _STRANGERS:
                self._strangers.popitem(last=False)
            return Attempt(True, until)

    def _stranger(self, named: str) -> bytes:
        return blake2b(named.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()


def wait_after(failures: int) -> timedelta | None:
    """
    How long the next try of an account has to wait.

    >>> [str(wait_after(failures)) for failures in (4, 5, 6, 12)]
    ['None', '0:00:30', '0:01:00', '1:00:00']
    """
    over = failures - FREE_TRIES
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 16)) if over >= 0 else None


def place(address: str | None) -> str:
    """
    Where failures are counted: an address, or all that one connection is given together.

    >>> place("192.0.2.1"), place("2001:db8:0:1::7"), place("::ffff:192.0.2.1"), place(None)
    ('192.0.2.1', '2001:db8:0:1::', '192.0.2.1', 'here')
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "here"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), _SUBNET), strict=False).network_address)
    return str(found)


def _later(wait: timedelta) -> str:
    seconds = max(1, ceil(wait.total_seconds()))
    said = f"{seconds} s" if seconds < 120 else f"{ceil(seconds / 60)} minutes"
    return f"Too many failed tries. Try again in {said}."
