"""One engine per database, set up so that many readers and one writer get along."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from driftlock.storage import postgresql
from driftlock.storage.outages import available, lost
from driftlock.storage.types import write_json

# Long enough for the largest single transaction, the deletion of a run, on a slow disk.
BUSY_TIMEOUT_MS: Final = 30_000
# Nobody who deletes waits longer than this for the log to be emptied.
LOG_TIMEOUT_MS: Final = 2_000
# Instead of a tenant, for who looks for work: the tables of work let it read, all others answer with nothing.
EVERY_TENANT: Final = "*"
# Instead of a tenant, for the owner of the tables alone, who copies a database as a whole.
EVERYTHING: Final = "**"
# What must be written together with a change, whatever the change: called with its tenant before it is committed.
# What it answers is called once it is.
BEFORE_COMMIT: Final[list[Callable[[sa.Connection, str], Callable[[], None] | None]]] = []
_CARRIED: Final = sa.text("SELECT set_config('driftlock.tenant', :tenant, true)")
# A large transaction makes the log as large as itself; it is cut back to this once it has been copied.
JOURNAL_BYTES: Final = 32 * 1024**2


def connect(database_url: str, *, patient: bool = False) -> sa.Engine:
    """
    An engine for *database_url*; opens nothing yet.

    Args:
        patient: Whether a statement may take as long as it takes: a migration, a backup.
    """
    url = sa.make_url(database_url)
    # Parameters hold payloads and must not reach a log through an error message.
    usual: dict[str, Any] = {"json_serializer": write_json, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, **usual)
        sa.event.listen(engine, "do_connect", partial(_keep_to_oneself, url.database))
        sa.event.listen(engine, "connect", _set_up)
        sa.event.listen(engine, "begin", _begin)
        return engine
    engine = sa.create_engine(
        url.set(drivername=postgresql.DRIVER),
        connect_args=postgresql.connect_arguments(url, patient=patient),
        **postgresql.POOL,
        **usual,
    )
    postgresql.set_up(engine)
    return engine


@contextmanager
def reading(engine: sa.Engine, tenant: str) -> Iterator[sa.Connection]:
    """
    One transaction that reads what *tenant* has; :data:`EVERY_TENANT` for who shares out work.

    Raises:
        StoreUnavailable: The database cannot be used now.
    """
    with available(), _begun(engine, driftlock_writes=False, driftlock_tenant=tenant) as connection:
        yield connection


@contextmanager
def writing(
    engine: sa.Engine, tenant: str, *, lasting: bool = True, alone: bool = True
) -> Iterator[sa.Connection]:
    """
    One transaction that may write what *tenant* has: committed at the end, rolled back on an error.

    Args:
        lasting: Whether it outlives a power cut as soon as it is committed. False where what is lost with the last
            moments is made again from what is kept: verdicts, leases, progress.
        alone: Whether others who write for the tenant wait for its end, so that what it looked at holds when it
            writes. False where it locks the rows that it looks at; in SQLite everybody waits.

    Raises:
        StoreUnavailable: The database cannot be used now; nothing was written.
    """
    alone = alone and tenant not in (EVERY_TENANT, EVERYTHING)
    carried = {"driftlock_tenant": tenant, "driftlock_alone": alone, "driftlock_lasting": lasting}
    with available(), _begun(engine, driftlock_writes=True, **carried) as connection:
        yield connection
        committed = [complete(connection, tenant) for complete in BEFORE_COMMIT]
        connection.commit()
    for tell in committed:
        if tell is not None:
            tell()


@contextmanager
def changing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """As :func:`writing` for the owner of the tables, who changes their shape and is no tenant."""
    with _begun(engine, driftlock_writes=True) as connection:
        yield connection
        connection.commit()


@contextmanager
def _begun(engine: sa.Engine, **options: Any) -> Iterator[sa.Connection]:
    """A connection whose transaction has begun; it is rolled back if nobody commits it."""
    with engine.connect() as first:
        connection = first.execution_options(**options)
        try:
            connection.begin()
        except (DBAPIError, psycopg.Error) as error:
            if not lost(error):
                raise
        else:
            yield connection
            return
    # The server was restarted since: nothing has happened yet, and the other connections are of no use either.
    engine.dispose()
    with engine.connect() as second:
        connection = second.execution_options(**options)
        connection.begin()
        yield connection


def carry(connection: sa.Connection, tenant: str) -> None:
    """Until the transaction ends, row-level security lets rows of this tenant through and no others."""
    if connection.dialect.name == "postgresql":
        connection.execute(_CARRIED, {"tenant": tenant})


def empty_log(engine: sa.Engine) -> bool:
    """
    Copy SQLite's write-ahead log into the database and cut it to nothing: what was deleted leaves it too.

    Returns:
        False if somebody read or wrote for longer than it waited; then the next call empties it.
    """
    if engine.dialect.name != "sqlite":
        return True
    raw = engine.raw_connection()  # inside a transaction, which any other connection begins, it is refused
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {LOG_TIMEOUT_MS}")
        try:
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        return not busy
    finally:
        raw.close()


def _keep_to_oneself(path: str | None, *_how: object) -> None:
    """A new file is its owner's alone, whatever folder it lies in; SQLite gives its log the same rights."""
    if path and path != ":memory:" and not path.startswith("file:"):
        with suppress(OSError):  # there already, or nowhere to be made: SQLite says so better
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where _begin says, not where sqlite3 guesses
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted is overwritten; not every build of SQLite does so by itself
        f"journal_size_limit = {JOURNAL_BYTES}",
        "cache_size = -32768",  # KiB; random keys of a large stream stay in memory
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once if another one wrote in between, whatever
    # the timeout; taking the write lock at the beginning waits instead.
    options = connection.get_execution_options()
    if options.get("driftlock_writes", False):
        # NORMAL: in WAL mode a power cut may lose the last commits, never the database or their order.
        level = "FULL" if options.get("driftlock_lasting", True) else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")
