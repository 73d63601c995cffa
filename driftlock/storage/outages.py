"""What a database answers when it cannot serve now, told apart from errors of the program."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from driftlock.errors import StoreUnavailable

BUSY: Final = "The database is busy; send the same again a little later."
FULL: Final = "The disk of the database is full; free some space and send the same again."
AWAY: Final = "The database cannot be reached or written; send the same again when it is back."
# SQLite's primary codes. A disk of fixed size answers FULL, a limit of the process IOERR, no file left CANTOPEN.
_BUSY_CODES: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_AWAY_CODES: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
# PostgreSQL's, https://www.postgresql.org/docs/current/errcodes-appendix.html: deadlock and serialisation, a
# lock that was not given or a statement that took too long, too many connections; a full disk; a lost connection, a server that ends or begins,
# a standby that takes no writes.
_BUSY_STATES: Final = ("40001", "40P01", "55P03", "57014", "53300")
_FULL_STATES: Final = ("53100",)
_AWAY_STATES: Final = ("08", "57P01", "57P02", "57P03", "53", "58", "25006")


@contextmanager
def available() -> Iterator[None]:
    """
    Tell a database that is busy, full or away from errors of the program.

    Raises:
        StoreUnavailable: The block met one of them.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.OperationalError, psycopg.Error) as error:
        if (unavailable := _unavailable(error)) is not None:
            raise unavailable from error
        raise


def lost(error: BaseException) -> bool:
    """Whether there is no connection, or none any more."""
    met = _unavailable(error)
    return met is not None and str(met) == AWAY


def _unavailable(error: BaseException) -> StoreUnavailable | None:
    """
    By all that went wrong, the last and what came before it.

    On a full disk SQLite ends the transaction by itself, and on a lost connection there is none; what fails
    then, and hides the reason, is going back to a savepoint that is gone with it.
    """
    codes, states, cut = set(), [], False
    for cause in _chain(error):
        codes.add(getattr(cause, "sqlite_errorcode", 0) & 0xFF)  # the primary code; above it lie details
        states.append(getattr(cause, "sqlstate", None) or "")
        cut |= isinstance(cause, DBAPIError) and cause.connection_invalidated
        # psycopg names no state where no server answered: refused, cut, timed out.
        cut |= isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None
    # All connections of this process are in use for longer than somebody waits.
    busy = isinstance(error, PoolTimeout)
    if busy or codes & _BUSY_CODES or any(state in _BUSY_STATES for state in states):
        return StoreUnavailable(BUSY, retry_after_s=1)
    if sqlite3.SQLITE_FULL in codes or any(state in _FULL_STATES for state in states):
        return StoreUnavailable(FULL, retry_after_s=30)
    if cut or codes & _AWAY_CODES or any(state.startswith(_AWAY_STATES) for state in states):
        return StoreUnavailable(AWAY, retry_after_s=5)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
