"""Rows that a worker takes up, reports on and closes: what runs and jobs have in common."""

from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from driftlock.model import RunState
from driftlock.services.acting import note
from driftlock.storage.connect import carry, writing

LIVE: Final = ("queued", "running")
Answer = Literal["go on", "cancel", "gone"]


class WorkQueue:
    """
    The rows of one table as work.

    Args:
        table: With the columns tenant, id, state, worker, heartbeat_at,
            cancel_requested, created_at and finished_at.
    """

    def __init__(self, engine: sa.Engine, table: sa.Table) -> None:
        self._engine = engine
        self._table = table

    def is_row(self, tenant: str, row_id: str) -> sa.ColumnElement[bool]:
        """That row."""
        return (self._table.c.tenant == tenant) & (self._table.c.id == row_id)

    def _held(self, tenant: str, row_id: str, worker: str) -> sa.ColumnElement[bool]:
        columns = self._table.c
        return self.is_row(tenant, row_id) & (columns.worker == worker) & (columns.state == "running")

    def claim(
        self, connection: sa.Connection, worker: str, *, now: datetime, stale: datetime
    ) -> tuple[str, str] | None:
        """
        Give *worker* the oldest row that waits, or that was left behind; answers its tenant and id.

        A running row counts as left behind when its worker was last heard of before *stale*.
        """
        columns = self._table.c
        left_behind = (columns.state == "running") & (columns.heartbeat_at < stale)
        free = sa.select(columns.tenant, columns.id).where((columns.state == "queued") | left_behind)
        oldest = connection.execute(
            free.order_by(columns.created_at, columns.id).limit(1).with_for_update(skip_locked=True)
        ).first()
        if oldest is None:
            return None
        carry(connection, oldest.tenant)
        connection.execute(
            sa.update(self._table)
            .where(self.is_row(oldest.tenant, oldest.id))
            .values(state="running", worker=worker, heartbeat_at=now)
        )
        return oldest.tenant, oldest.id

    def report(self, tenant: str, row_id: str, worker: str, *, now: datetime, **progress: Any) -> Answer:
        """Say how far it is, and learn whether to go on; "gone": deleted, or given to another worker."""
        with writing(self._engine, tenant, lasting=False, alone=False) as connection:
            cancel = connection.scalar(
                sa.update(self._table)
                .where(self._held(tenant, row_id, worker))
                .values(heartbeat_at=now, **progress)
                .returning(self._table.c.cancel_requested)
            )
        if cancel is None:
            return "gone"
        return "cancel" if cancel else "go on"

    def put_back(self, tenant: str, row_id: str, worker: str) -> None:
        """Let it wait again, if it is still *worker*'s."""
        with writing(self._engine, tenant, lasting=False, alone=False) as connection:
            connection.execute(
                sa.update(self._table)
                .where(self._held(tenant, row_id, worker))
                .values(state="queued", worker=None)
            )

    def finish(
        self, tenant: str, row_id: str, worker: str, state: RunState, *, now: datetime, **values: Any
    ) -> bool:
        """Close the row; False, and nothing done, if it is no longer *worker*'s."""
        with writing(self._engine, tenant, alone=False) as connection:
            return bool(
                connection.execute(
                    sa.update(self._table)
                    .where(self._held(tenant, row_id, worker))
                    .values(state=state, finished_at=now, worker=None, **values)
                ).rowcount
            )

    def request_cancel(self, tenant: str, row_id: str, *, now: datetime, **cancelled: Any) -> bool:
        """
        Ask for an end; a row that still waits ends at once, a finished one stays as it is.

        Args:
            cancelled: What else stands in a row that ends at once.

        Returns:
            False if there is no such row.
        """
        is_row = self.is_row(tenant, row_id)
        with writing(self._engine, tenant, alone=False) as connection:
            state = connection.scalar(sa.select(self._table.c.state).where(is_row).with_for_update())
            values: dict[str, Any] = {"cancel_requested": True}
            if state == "queued":
                values |= {"state": "cancelled", "finished_at": now, **cancelled}
            if state in LIVE:
                note(before={"state": state}, within=connection)
                connection.execute(sa.update(self._table).where(is_row).values(values))
        return state is not None
