"""What must hold of a database before the application works with it."""

from typing import Final

import sqlalchemy as sa

from driftlock.errors import ApplicationError
from driftlock.storage.columns import metadata
from driftlock.storage.connect import connect
from driftlock.storage.migrate import NewerDatabase, revision_of, revisions, upgrade
from driftlock.storage.outages import available

_ROLE: Final = sa.text(
    "SELECT current_user AS name, rolsuper OR rolbypassrls AS unbound, "
    "has_schema_privilege(current_user, current_schema(), 'CREATE') AS may_create "
    "FROM pg_roles WHERE rolname = current_user"
)
_FORCED: Final = sa.text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    "AND relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
)
_NOT_OWNED: Final = sa.text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' "
    "AND NOT pg_has_role(current_user, relowner, 'USAGE') ORDER BY relname"
)
# Known before it is known whose data they ask for.
WITHOUT_TENANT: Final = ("users", "sessions")


class UnsafeDatabase(ApplicationError):
    """The database would not keep tenants apart."""


class OutdatedDatabase(ApplicationError):
    """The database lacks tables, or columns, that only its owner can add."""


def prepare(engine: sa.Engine, migration_url: str = "") -> None:
    """
    Bring the database of *engine* up to date and see that it keeps tenants apart.

    Args:
        migration_url: Of the same database for the owner of its tables; empty: *engine* logs in as the owner.

    Raises:
        NewerDatabase: The database was written by a later version.
        OutdatedDatabase: It must be brought up to date by its owner.
        UnsafeDatabase: PostgreSQL would let the role see every tenant's rows.
        StoreUnavailable: It cannot be reached.
    """
    with available():
        if engine.dialect.name == "sqlite":
            upgrade(engine)
            return
        with engine.connect() as connection:
            role = connection.execute(_ROLE).one()
        if role.unbound:
            raise UnsafeDatabase(
                f"The role {role.name} of DRIFTLOCK_DATABASE_URL is a superuser or has BYPASSRLS, and PostgreSQL would "
                "show it every tenant's rows. Name a plain role there, and the owner in DRIFTLOCK_MIGRATION_URL."
            )
        if migration_url:
            owner = connect(migration_url, patient=True)
            try:
                upgrade(owner, grant_to=role.name)
            finally:
                owner.dispose()
        else:
            _upgrade_itself(engine, may_create=role.may_create)
        with engine.connect() as connection:
            forced = set(connection.scalars(_FORCED))
        if bare := sorted(set(metadata.tables) - set(WITHOUT_TENANT) - forced):
            raise UnsafeDatabase(
                f"Row-level security is not forced on {', '.join(bare)}. Run “driftlock migrate up” as the owner."
            )


def connect_as_owner(database_url: str) -> sa.Engine:
    """
    An engine that sees every tenant's rows where it says so: for migrations, backups and moves.

    Raises:
        UnsafeDatabase: The role does not own the tables.
        StoreUnavailable: The database cannot be reached.
    """
    engine = connect(database_url, patient=True)
    if engine.dialect.name == "postgresql":
        with available(), engine.connect() as connection:
            if strange := list(connection.scalars(_NOT_OWNED)):
                raise UnsafeDatabase(
                    f"The role {engine.url.username} does not own {', '.join(strange[:3])}. Name the role that does: "
                    "in DRIFTLOCK_MIGRATION_URL, or with --as-owner."
                )
    return engine


def _upgrade_itself(engine: sa.Engine, *, may_create: bool) -> None:
    try:
        current = revision_of(engine)
    except sa.exc.ProgrammingError as error:
        raise OutdatedDatabase(
            "The role of DRIFTLOCK_DATABASE_URL may not read the tables. Run “driftlock migrate up --as-owner URL”."
        ) from error
    if current == revisions()[-1]:
        return
    if current is not None and current not in revisions():
        raise NewerDatabase(
            f"{engine.url.database} was written by a later version (revision {current}). "
            "Install that version, or name another database in DRIFTLOCK_DATABASE_URL."
        )
    if not may_create:
        raise OutdatedDatabase(
            f"The database is at revision {current or 'none'}, this version needs {revisions()[-1]}. "
            "Run “driftlock migrate up --as-owner URL”, or name the owner in DRIFTLOCK_MIGRATION_URL."
        )
    upgrade(engine)
