"""Brings a database to the schema of this version. The migrations lie beside this file and ship with it."""

from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from driftlock.errors import ApplicationError
from driftlock.storage.columns import metadata
from driftlock.storage.connect import changing

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_TURN: Final = sa.text("SELECT pg_advisory_xact_lock(1685219692)")
# Rows that stay as they were written: of these the application may add, and forget a tenant's as a whole.
KEPT: Final = ("audit_log", "accesses")


class NewerDatabase(ApplicationError):
    """The database is at a revision this version does not know."""


class UnknownRevision(ApplicationError):
    """There is no migration of that name."""


def upgrade(engine: sa.Engine, revision: str = "head", *, grant_to: str | None = None) -> None:
    """
    Apply what is missing, in one transaction.

    Of two processes that start at once the second waits for the first, and
    then finds nothing to do.

    Args:
        grant_to: PostgreSQL role that the application logs in as; it may then use the tables, not change them.

    Raises:
        NewerDatabase: The database was written by a later version.
    """
    with changing(engine) as connection:
        _wait_for_turn(connection)
        current, known = _revision(connection), revisions()
        if current is not None and current not in known:
            raise NewerDatabase(
                f"{engine.url.database} was written by a later version (revision {current}). "
                "Install that version, or name another database in DRIFTLOCK_DATABASE_URL."
            )
        # Alembic would read every migration twice to find nothing to do, at each start of the application.
        if revision != "head" or current != known[-1]:
            command.upgrade(_configuration(connection), revision)
        if grant_to is not None and connection.dialect.name == "postgresql":
            _grant(connection, grant_to)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """
    Go back to *revision*, in one transaction; ``base`` removes every table.

    Raises:
        UnknownRevision: There is none of that name.
    """
    if revision != "base" and revision not in revisions():
        raise UnknownRevision(
            f"There is no revision {revision}. Those of this version: {', '.join(revisions())}, and base."
        )
    with changing(engine) as connection:
        configuration = _configuration(connection)
        _wait_for_turn(connection)
        command.downgrade(configuration, revision)


@cache
def revisions() -> tuple[str, ...]:
    """All of this version, oldest first."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


def revision_of(engine: sa.Engine) -> str | None:
    """Where a database stands; None: it has no tables."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _wait_for_turn(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite's write lock was taken at the beginning
        connection.execute(_TURN)


def _grant(connection: sa.Connection, role: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(role)
    there = set(sa.inspect(connection).get_table_names())
    for table in (table for table in metadata.tables if table in there):
        rights = "SELECT, INSERT, DELETE" if table in KEPT else "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f"GRANT {rights} ON {table} TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quoted}")


def _configuration(connection: sa.Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration
