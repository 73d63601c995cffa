"""``driftlock restore``: an empty database filled with what a backup holds."""

from pathlib import Path

import click

from driftlock.cli.databases import as_owner, opened, role_of, settings_with, table_of
from driftlock.cli.progress import shown_progress


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_owner
def command(file: Path, as_owner: str | None) -> None:
    """
    Fill an empty database with what FILE holds: all of it, or nothing.

    What lies in the database then is read again and compared with what was written into FILE.
    """
    from driftlock.storage.backup import contents_of, restore
    from driftlock.storage.migrate import upgrade
    from driftlock.storage.outages import available

    settings = settings_with(as_owner)
    contents = contents_of(file)  # before a database is made
    with (
        available(),
        opened(settings.migration_url or settings.database_url, made=True) as engine,
        shown_progress("restore", contents.rows) as progress,
    ):
        upgrade(engine, grant_to=role_of(settings))
        restore(engine, file, progress=progress)
    click.echo(f"{contents.rows:,} rows of {contents.made_at}, compared with the file:")
    click.echo(table_of(contents))
    click.echo(
        f"Not inside: signing keys. Copy the folder signing of the old DRIFTLOCK_HOME to {settings.home}."
    )
