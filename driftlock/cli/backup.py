"""``driftlock backup``: the database in one file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from driftlock.cli.databases import NOT_INSIDE, as_owner, opened, settings_with, table_of
from driftlock.cli.failure import Failure
from driftlock.cli.progress import shown_progress


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@as_owner
def command(file: Path, as_owner: str | None) -> None:
    """
    Write the database into FILE, a new one.

    One moment of the database, whoever works meanwhile. The file holds payloads: keep it as safe as the database.
    """
    from driftlock.storage.backup import size, write_backup
    from driftlock.storage.outages import available

    settings = settings_with(as_owner)
    if file.exists():
        raise Failure(f"There is a file “{file}” already. Name a new one.")
    with (
        available(),
        opened(settings.migration_url or settings.database_url) as engine,
        shown_progress("backup", size(engine)) as progress,
    ):
        contents = write_backup(engine, file, at=datetime.now(UTC), progress=progress)
    click.echo(
        f"{contents.rows:,} rows of revision {contents.revision} in {file}, {file.stat().st_size:,} bytes:"
    )
    click.echo(table_of(contents))
    click.echo(NOT_INSIDE.format(home=settings.home))
