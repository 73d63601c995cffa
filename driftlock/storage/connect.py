"""One engine per database, set up so that many readers and one writer get along."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from driftlock.errors import StoreUnavailable
from driftlock.storage.types import write_json

# Long enough for the largest single transaction, the deletion of a run, on a slow disk.
BUSY_TIMEOUT_MS: Final = 30_000
# Nobody who deletes waits longer than this for the log to be emptied.
LOG_TIMEOUT_MS: Final = 2_000
# Instead of a tenant, for who looks for work: the tables of work let it read, all others answer with nothing.
EVERY_TENANT: Final = "*"
_CARRIED: Final = sa.text("SELECT set_config('driftlock.tenant', :tenant, true)")
# A large transaction makes the log as large as itself; it is cut back to this once it has been copied.
JOURNAL_BYTES: Final = 32 * 1024**2


def connect(database_url: str) -> sa.Engine:
    """An engine for *database_url*; opens nothing yet."""
    # Parameters hold payloads and must not reach a log through an error message.
    engine = sa.create_engine(database_url, json_serializer=write_json, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up)
        sa.event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: sa.Engine, tenant: str) -> Iterator[sa.Connection]:
    """One transaction that reads what *tenant* has; :data:`EVERY_TENANT` for who shares out work."""
    with engine.connect() as connection:
        carry(connection, tenant)
        yield connection


@contextmanager
def available() -> Iterator[None]:
    """
    Tell a database that is busy, or a disk that is full, from errors of the program.

    Raises:
        StoreUnavailable: The block met one of them.
    """
    try:
        yield
    except OperationalError as error:
        codes = _codes(error)
        if codes & {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise StoreUnavailable(
                "The database is busy; send the same again a little later.", retry_after_s=1
            ) from error
        if sqlite3.SQLITE_FULL in codes:
            raise StoreUnavailable(
                "The disk of the database is full; free some space and send the same again.", retry_after_s=30
            ) from error
        raise


def _codes(error: BaseException | None) -> set[int]:
    """
    What SQLite answered, here and before.

    On a full disk it ends the transaction by itself; what fails then, and
    hides the reason, is going back to a savepoint that is gone with it.
    """
    codes = set()
    while error is not None:
        codes.add(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the primary code; above it lie details
        error = error.__cause__ or error.__context__
    return codes


@contextmanager
def writing(engine: sa.Engine, tenant: str) -> Iterator[sa.Connection]:
    """One transaction that may write what *tenant* has: committed at the end, rolled back on an error."""
    with changing(engine) as connection:
        carry(connection, tenant)
        yield connection


@contextmanager
def changing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """As :func:`writing` for the owner of the tables, who changes their shape and is no tenant."""
    with engine.connect() as connection:
        connection = connection.execution_options(driftlock_writes=True)
        with connection.begin():
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


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where _begin says, not where sqlite3 guesses
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",  # in WAL mode a power cut may lose the last commits, never the database
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted is overwritten; not every build of SQLite does so by itself
        f"journal_size_limit = {JOURNAL_BYTES}",
        "cache_size = -32768",  # KiB; random keys of a large stream stay in memory
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once if another one wrote in between, whatever
    # the timeout; taking the write lock at the beginning waits instead.
    writes = connection.get_execution_options().get("driftlock_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
