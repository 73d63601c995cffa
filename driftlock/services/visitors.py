"""Looking around without an account: a tenant of one's own, with demonstration data, for a day."""

import secrets
import threading
from datetime import timedelta
from typing import Final

from driftlock.model import Role
from driftlock.ports import Clock
from driftlock.services.accounts_rows import Refused, SessionTable, TenantTable
from driftlock.services.demo import Demo
from driftlock.services.sessions import Sessions
from driftlock.services.tenants import PLAN, VISIT

STAYS: Final = timedelta(hours=24)
ROLE: Final[Role] = "analyst"
MOST: Final = 50  # at a time; each has seven streams of its own
MOST_OF_ADDRESS: Final = 5


class Visitors:
    """Gives each visitor a tenant that is deleted after a day."""

    def __init__(
        self,
        tenants: TenantTable,
        table: SessionTable,
        sessions: Sessions,
        demo: Demo,
        clock: Clock,
        *,
        offered: bool,
    ) -> None:
        self._tenants = tenants
        self._table = table
        self._sessions = sessions
        self._demo = demo
        self._clock = clock
        self.offered = offered  # whether there is demonstration data
        self._one_by_one = threading.Lock()

    def open(self, address: str | None) -> str:
        """
        A new visit; answers the token of its session.

        Raises:
            Refused: There is no demonstration here, or there are too many visitors.
        """
        if not self.offered:
            raise Refused("There is no demonstration data here (DRIFTLOCK_DEMO_DATA=off). Sign in.")
        with self._one_by_one:
            now = self._clock.now()
            if address is not None and self._table.visits(now, address) >= MOST_OF_ADDRESS:
                raise Refused(
                    f"{MOST_OF_ADDRESS} visits from your address are open already. Each ends after 24 h; or sign in."
                )
            if self._table.visits(now) >= MOST:
                raise Refused(f"{MOST} visitors look around already. Try again later, or sign in.")
            tenant = VISIT + secrets.token_hex(12)
            until = now + STAYS
            self._tenants.add(tenant, "Demo visit", plan=PLAN, now=now, expires_at=until)
            token = self._sessions.open_visit(tenant, address=address, until=until)
        self._demo.seed(tenant)
        return token
