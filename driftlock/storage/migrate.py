"""Brings a database to the schema of this version. The migrations lie beside this file and ship with it."""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from driftlock.errors import ApplicationError
from driftlock.storage.connect import changing

MIGRATIONS: Final = Path(__file__).parent / "migrations"


class NewerDatabase(ApplicationError):
    """The database is at a revision this version does not know."""


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """
    Apply what is missing, in one transaction.

    The transaction holds SQLite's write lock from its beginning: of two
    processes that start at once the second waits, and then finds nothing to do.

    Raises:
        NewerDatabase: The database was written by a later version.
    """
    with changing(engine) as connection:
        configuration = _configuration(connection)
        current = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in ScriptDirectory.from_config(configuration).walk_revisions()}
        if current is not None and current not in known:
            raise NewerDatabase(
                f"{engine.url.database} was written by a later version (revision {current}). "
                "Install that version, or name another file in DRIFTLOCK_DATABASE_URL."
            )
        command.upgrade(configuration, revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Go back to *revision*, in one transaction; ``base`` removes every table."""
    with changing(engine) as connection:
        command.downgrade(_configuration(connection), revision)


def _configuration(connection: sa.Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration
