"""``driftlock move``: the database copied into another one."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from driftlock.cli.databases import as_owner, checked, opened, settings_with, table_of
from driftlock.cli.failure import Failure
from driftlock.cli.progress import shown_progress


@click.command("move")
@click.option(
    "--to", "target", required=True, metavar="URL", help="An empty database; @FILE reads it from a file."
)
@click.option(
    "--to-owner",
    metavar="URL",
    help="The same as the owner of its tables, where --to is the plain role that the application will log in as.",
)
@as_owner
def command(target: str, to_owner: str | None, as_owner: str | None) -> None:
    """
    Copy the database of DRIFTLOCK_DATABASE_URL into the one of --to: SQLite to PostgreSQL, or back.

    Nobody may write meanwhile: stop the dashboard first. The old database stays as it is.
    """
    import sqlalchemy as sa

    from driftlock.storage.backup import check_revision, dump, restore, size
    from driftlock.storage.backup_source import still
    from driftlock.storage.migrate import upgrade
    from driftlock.storage.outages import available

    settings = settings_with(as_owner)
    target = checked(target, "--to")
    owner = checked(to_owner, "--to-owner") if to_owner else target
    if target == settings.database_url:
        raise Failure(
            "--to is the database itself. Name an empty one, or set DRIFTLOCK_DATABASE_URL to the old one."
        )
    role = sa.make_url(target).username if to_owner else None
    now = datetime.now(UTC)
    with (
        available(),
        opened(settings.migration_url or settings.database_url) as source,
        opened(owner, made=True) as new,
        tempfile.TemporaryDirectory() as folder,
    ):
        check_revision(source)
        upgrade(new, grant_to=role)
        rows, path = size(source), Path(folder) / "move.zip"
        with shown_progress("move", 2 * rows) as progress, still(source, now) as connection:
            dump(connection, path, at=now, progress=progress)
            contents = restore(new, path, progress=lambda done: progress(rows + done))
    click.echo(f"{contents.rows:,} rows, read again in the new database and compared:")
    click.echo(table_of(contents))
    click.echo(
        f"Name the new one in DRIFTLOCK_DATABASE_URL. The old one and {settings.home} stay as they are."
    )
