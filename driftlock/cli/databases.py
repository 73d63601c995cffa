"""Which database the commands of storage work on, and how they say what they did."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from driftlock.cli.failure import Failure

if TYPE_CHECKING:
    import sqlalchemy as sa

    from driftlock.settings import Settings

NOT_INSIDE: Final = (
    "Not inside, copy them with the folder {home}: sources of unfinished runs (spool), signing keys (signing). "
    "Settings and secrets lie wherever you keep them."
)
as_owner = click.option(
    "--as-owner",
    metavar="URL",
    help="PostgreSQL as the owner of the tables, instead of DRIFTLOCK_MIGRATION_URL; @FILE reads it from a file.",
)


def given(url: str) -> str:
    """An address as it was given, or what stands in the file that it names: other users see command lines."""
    return Path(url[1:]).read_text().strip() if url.startswith("@") else url


def checked(url: str, option: str) -> str:
    """
    An address that can be opened.

    Raises:
        Failure: It names neither database.
    """
    from driftlock.errors import InvalidSettings
    from driftlock.settings import DATABASES, Settings, without_password

    url = given(url)
    try:
        return Settings(database_url=url).database_url
    except InvalidSettings:
        raise Failure(f"{option} {without_password(url)}: allowed is {DATABASES}.") from None


def settings_with(owner: str | None) -> "Settings":
    """Those of the environment; *owner* goes before DRIFTLOCK_MIGRATION_URL."""
    from dataclasses import replace

    from driftlock.settings import Settings

    settings = Settings.from_environment()
    return replace(settings, migration_url=given(owner)) if owner else settings


@contextmanager
def opened(database_url: str, *, made: bool = False, owned: bool = True) -> Iterator["sa.Engine"]:
    """
    The database for its owner.

    Args:
        owned: Whether the role must own the tables; to look at them it need not.
        made: Whether a SQLite file that is not there is made; otherwise that is an error.

    Raises:
        Failure: There is no such file, or the server does not answer.
    """
    from driftlock.errors import StoreUnavailable
    from driftlock.settings import Settings, without_password
    from driftlock.storage.connect import connect
    from driftlock.storage.opening import connect_as_owner
    from driftlock.storage.outages import AWAY, available

    file = Settings(database_url=database_url).database_file
    if file is not None:
        if made:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif not file.exists():
            raise Failure(f"There is no database {file}. Set DRIFTLOCK_HOME or DRIFTLOCK_DATABASE_URL.")
    try:
        with available():
            engine = connect_as_owner(database_url) if owned else connect(database_url)
    except StoreUnavailable as away:
        if str(away) != AWAY:
            raise
        raise Failure(
            f"The database {without_password(database_url)} cannot be reached: check the address, and that it runs."
        ) from away
    try:
        yield engine
    finally:
        engine.dispose()


def role_of(settings: "Settings") -> str | None:
    """Whom the tables are for, where that is not their owner."""
    import sqlalchemy as sa

    return sa.make_url(settings.database_url).username if settings.migration_url else None


def table_of(contents: Any) -> str:
    """Rows by table, those without any left out."""
    held = {name: rows for name, (rows, _) in contents.tables.items() if rows}
    return "\n".join(f"  {name:<18}{rows:>12,}" for name, rows in held.items())
