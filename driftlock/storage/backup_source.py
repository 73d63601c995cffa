"""A database that nobody writes to while it is copied into another one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from driftlock.errors import ApplicationError
from driftlock.storage.connect import EVERYTHING, writing
from driftlock.storage.schema import detector_states, jobs, metadata, runs

# A worker says more often that it is there.
SILENT: Final = timedelta(minutes=2)


class DatabaseInUse(ApplicationError):
    """Somebody is at work in the database that is to be moved."""


@contextmanager
def still(engine: sa.Engine, now: datetime) -> Iterator[sa.Connection]:
    """
    A transaction during which everybody else can read only.

    Args:
        engine: Of the owner of the tables.

    Raises:
        DatabaseInUse: A run, a job or a stream is being worked on.
        StoreUnavailable: Somebody writes for longer than is waited for.
    """
    with writing(engine, EVERYTHING) as connection:
        if connection.dialect.name == "postgresql":
            names = ", ".join(table.name for table in metadata.sorted_tables)
            connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
        _nobody_works(connection, now)
        yield connection


def _nobody_works(connection: sa.Connection, now: datetime) -> None:
    leases = sa.select(sa.func.max(detector_states.c.lease_until)).where(
        detector_states.c.lease_owner.is_not(None), detector_states.c.lease_until > now
    )
    at_work = connection.scalar(leases) is not None
    for table in (runs, jobs):
        alive = sa.select(table.c.id).where(table.c.state == "running", table.c.heartbeat_at > now - SILENT)
        at_work = at_work or connection.scalar(alive.limit(1)) is not None
    if at_work:
        raise DatabaseInUse(
            "Somebody is at work in this database. Stop the dashboard, wait two minutes if it was killed, and move then."
        )
