"""Whether a key is the one whose hash is kept: 64 MiB of work, done once in minutes and never many times at once."""

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import Type

from driftlock.services.accounts_rows import Refused

MEMORY_KIB: Final = 64 * 1024
KEPT_S: Final = 300.0  # a key that was verified is known for so long
MOST_KEPT: Final = 4_096
AT_ONCE: Final = 2  # verifications, so at most 128 MiB
PATIENCE_S: Final = 5.0


class TooManyKeys(Refused):
    """More keys are being verified than memory is given for; the sender tries again."""


class Verifying:
    """
    Argon2id over whole keys, and a memory of those that were right.

    What is remembered is an HMAC under a key of this process. It spares only
    the hashing: whether a key is revoked or over is read at every request.
    """

    def __init__(self, *, memory_kib: int = MEMORY_KIB, now: Callable[[], float] = time.monotonic) -> None:
        self._hasher = PasswordHasher(time_cost=1, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._own = secrets.token_bytes(32)
        self._now = now
        self._known: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, key: str) -> str:
        """What is kept of a key."""
        with self._room:
            return self._hasher.hash(key)

    def verify(self, key: str, kept: str) -> bool:
        """
        Whether *kept* was made of *key*.

        Raises:
            TooManyKeys: No memory is left for it; tell the sender to try again.
        """
        name = hmac.digest(self._own, f"{kept}\0{key}".encode(), sha256)
        if self._remembered(name):
            return True
        if not self._room.acquire(timeout=PATIENCE_S):
            raise TooManyKeys("Many keys are being checked; try again.")
        try:
            # Somebody else may have had the same one verified while this one waited.
            if self._remembered(name):
                return True
            self._hasher.verify(kept, key)
        except (Argon2Error, InvalidHashError):
            return False
        finally:
            self._room.release()
        with self._lock:
            self._known[name] = self._now() + KEPT_S
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return True

    def _remembered(self, name: bytes) -> bool:
        with self._lock:
            until = self._known.get(name)
            if until is not None and until <= self._now():
                del self._known[name]
                return False
            return until is not None
