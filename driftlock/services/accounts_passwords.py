"""Which passwords are taken, and what is kept of one."""

import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

import bcrypt

from driftlock.services.accounts_rows import Refused

FEWEST_CHARACTERS: Final = 12
MOST_BYTES: Final = 72  # bcrypt reads no further; a longer one would be a promise that is not kept
COST: Final = 12  # 2^12 rounds, about 0.3 s of one core
# Of the lists that guessers begin with, those that are long enough to pass the first rule.
COMMONEST: Final = frozenset(
    """
    123456789012 1234567890123 12345678901234 123456123456 123123123123 111111111111 000000000000 121212121212
    112233445566 987654321098 098765432109 password1234 password12345 password123456 passwordpassword password1!password
    qwertyuiop12 qwertyuiop123 qwertyuiopas qwertyuiopasdf qwerty123456 qwerty1234567 1q2w3e4r5t6y 1qaz2wsx3edc
    1q2w3e4r5t6y7u q1w2e3r4t5y6 qazwsxedcrfv asdfghjkl123 asdfghjklqwerty zxcvbnm12345 abcdefghijkl abcdefghijklm
    abcd12345678 abc123abc123 administrator administrator1 admin1234567 adminadminadmin administrator123 letmein12345
    letmeinletmein welcome12345 welcome123456 iloveyou1234 iloveyouiloveyou sunshine1234 princess1234 football1234
    baseball1234 superman1234 trustno1trustno1 changeme1234 changemechangeme changemenow12 secret123456 secretsecret
    testtesttest test12345678 rootrootroot root12345678 masterpassword monkey123456 dragon123456 shadow123456
    correcthorsebatterystaple driftlock1234 driftlockdriftlock p@ssw0rd1234 p@ssword1234 passw0rd1234 qwerty!@#$%^
    """.split()
)
# Checks at a time: each keeps a core busy, and what else the process does must go on.
_AT_ONCE: Final = threading.BoundedSemaphore(2)
_PATIENCE_S: Final = 10.0
_LONGEST_CHECK_S: Final = 2.0  # of a machine that was busy when it was measured


class Busy(Refused):
    """Too many passwords are being checked."""


def check_rules(password: str, *, email: str) -> None:
    """
    Whether somebody of that address may have this password.

    Raises:
        Refused: Not that one; the message says which rule.

    >>> check_rules("a road that nobody takes", email="eve@example.com")
    >>> check_rules("short", email="eve@example.com")
    Traceback (most recent call last):
        ...
    driftlock.services.accounts_rows.Refused: A password has at least 12 characters. Any characters do.
    """
    normal = _normal(password)
    if len(normal) < FEWEST_CHARACTERS:
        raise Refused(f"A password has at least {FEWEST_CHARACTERS} characters. Any characters do.")
    if len(_bytes(normal)) > MOST_BYTES:
        raise Refused(
            f"A password has at most {MOST_BYTES} bytes as UTF-8, because what is kept of it (bcrypt) sees no "
            "more of it. Choose a shorter one."
        )
    if "\0" in normal or normal != normal.strip():
        raise Refused("A password neither begins nor ends with white space, and holds no NUL.")
    plain = normal.casefold()
    if plain in (email.casefold(), email.casefold().partition("@")[0]):
        raise Refused("The e-mail address is no password. Choose another one.")
    if plain in COMMONEST or len(set(plain)) < 3:
        raise Refused("This is one of the first passwords that guessers try. Choose another one.")


def hashed(password: str) -> str:
    """What is kept of *password*, which passed :func:`check_rules`."""
    with _room():
        return bcrypt.hashpw(_bytes(_normal(password)), bcrypt.gensalt(COST)).decode()


def matches(password: str, kept: str | None) -> bool:
    """
    Whether this is the password *kept* was made of; None, for nobody, takes as long and is False.

    Raises:
        Busy: Too many are being checked already.
    """
    given = _bytes(_normal(password))
    # What is too long cannot match; it is cut so that the answer takes as long.
    possible = kept is not None and len(given) <= MOST_BYTES and b"\0" not in given
    held = kept if possible and kept is not None else _nobodys(COST)
    with _room():
        same = bcrypt.checkpw(given.replace(b"\0", b"")[:MOST_BYTES], held.encode())
    return same and possible


def least_seconds() -> float:
    """That a refusal takes: twice a check, so that what is done for an account beside it does not show."""
    return _least_seconds(COST)


@cache
def _nobodys(cost: int) -> str:
    """A hash that no password is known for."""
    return bcrypt.hashpw(bcrypt.gensalt(4), bcrypt.gensalt(cost)).decode()


@cache
def _least_seconds(cost: int) -> float:
    held = _nobodys(cost).encode()
    begun = time.perf_counter()
    bcrypt.checkpw(b"a password", held)
    return min(_LONGEST_CHECK_S, 2 * (time.perf_counter() - begun))


def _normal(password: str) -> str:
    """The same characters, however the keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@contextmanager
def _room() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE_S):
        raise Busy("Many people sign in right now. Try again in a few seconds.")
    try:
        yield
    finally:
        _AT_ONCE.release()
