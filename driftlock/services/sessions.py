"""Who is signed in: a row per browser, asked for at every rerun and ended at any moment."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from driftlock.ports import Clock
from driftlock.services.accounts_rows import Session, SessionTable, digest

COOKIE: Final = "driftlock_session"
TOUCH: Final = timedelta(minutes=1)  # between two notes of when somebody was last seen
KEPT: Final = timedelta(days=30)  # a session after its end, so that histories of sign-ins can be read
_LONGEST_TOKEN: Final = 4096  # a signed cookie of an identity provider is one too


class Sessions:
    """A token in a cookie, its SHA-256 in the database. Over after *idle* unused hours, or *longest* at most."""

    def __init__(
        self,
        table: SessionTable,
        clock: Clock,
        *,
        idle: timedelta,
        longest: timedelta,
        noted: Callable[[Session], None],
    ) -> None:
        """
        Args:
            noted: Called with each session of somebody with an account, once it is open.
        """
        self._table = table
        self._clock = clock
        self._noted = noted
        self.idle = idle
        self.longest = longest

    def open(self, user_id: str, *, address: str | None, replaces: str | None = None) -> str:
        """
        Sign somebody in; answers the token, which is kept nowhere.

        Args:
            replaces: The token this browser held until now; it ends, whosever it was.
        """
        if replaces:
            self.end(replaces)
        token = secrets.token_urlsafe(32)
        self._open(token, user_id=user_id, tenant=None, address=address, until=None)
        self._note(token)
        return token

    def open_visit(self, tenant: str, *, address: str | None, until: datetime) -> str:
        """Let a visitor in who has no account."""
        token = secrets.token_urlsafe(32)
        self._open(token, user_id=None, tenant=tenant, address=address, until=until)
        return token

    def adopt(self, token: str, user_id: str, *, address: str | None) -> bool:
        """
        Make a cookie that an identity provider's answer was kept in the token of a session of ours.

        Returns:
            False: it was one before, and that has ended. Only a new sign-in gives another cookie.
        """
        if self._table.known(digest(token)):
            return False
        self._open(token, user_id=user_id, tenant=None, address=address, until=None)
        self._note(token)
        return True

    def check(self, token: str | None) -> Session | None:
        """Whose token that is; None: nobody's, or not any more."""
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        now = self._clock.now()
        found = self._table.get(digest(token), now)
        if found is None or not found.roles:
            return None
        if found.user_id is not None and now - found.seen_at >= TOUCH:
            until = min(found.created_at + self.longest, now + self.idle)
            self._table.touch(found.id, now=now, expires_at=until)
        return found

    def choose(self, token: str, tenant: str) -> bool:
        """Look at another of one's tenants from now on; False: it is none of them."""
        found = self.check(token)
        if found is None or tenant not in found.roles:
            return False
        self._table.choose(found.id, tenant)
        return True

    def end(self, token: str) -> None:
        """Sign out here."""
        self._table.end(digest(token), now=self._clock.now())

    def end_id(self, session_id: str) -> None:
        """The same, by the id that lists show."""
        self._table.end(session_id, now=self._clock.now())

    def end_all(self, user_id: str) -> int:
        """Sign out everywhere; answers how many browsers that were."""
        return self._table.end_all(user_id, now=self._clock.now())

    def end_tenant(self, tenant: str) -> int:
        """End the visits to a tenant, and forget who had chosen it last."""
        return self._table.end_tenant(tenant, now=self._clock.now())

    def of_user(self, user_id: str) -> list[Session]:
        """Where somebody is signed in, newest first."""
        return self._table.of_user(user_id, self._clock.now())

    def sweep(self) -> int:
        """Forget what has been over for long; answers how many."""
        return self._table.sweep(self._clock.now() - KEPT)

    def _note(self, token: str) -> None:
        if (found := self.check(token)) is not None:
            self._noted(found)

    def _open(
        self,
        token: str,
        *,
        user_id: str | None,
        tenant: str | None,
        address: str | None,
        until: datetime | None,
    ) -> None:
        now = self._clock.now()
        self._table.open(
            Session(
                id=digest(token),
                user_id=user_id,
                tenant=tenant,
                name="",
                created_at=now,
                seen_at=now,
                expires_at=until or min(now + self.longest, now + self.idle),
                address=address,
                roles={},
                tenants={},
            )
        )
