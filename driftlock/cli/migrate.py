"""``driftlock migrate``: bring the database to the tables of this version, or back."""

import click

from driftlock.cli.databases import as_owner, opened, role_of, settings_with
from driftlock.cli.failure import Failure


@click.command("migrate")
@click.argument("direction", type=click.Choice(["up", "down", "status"]), default="up")
@click.argument("revision", required=False)
@click.option("--yes", is_flag=True, help="Going down: do not ask, tables go with all they hold.")
@as_owner
def command(direction: str, revision: str | None, yes: bool, as_owner: str | None) -> None:
    """
    Bring the database to the tables of this version (up), back to those of REVISION (down), or say where it is.

    The application does this by itself at its start where it may: with SQLite, and with PostgreSQL where
    DRIFTLOCK_MIGRATION_URL names the owner of the tables.
    """
    from driftlock.storage import migrate
    from driftlock.storage.outages import available

    settings = settings_with(as_owner)
    address = settings.migration_url or settings.database_url
    with (
        available(),
        opened(address, made=direction == "up", owned=direction != "status") as engine,
    ):
        before = migrate.revision_of(engine)
        newest = migrate.revisions()[-1]
        if direction == "status":
            click.echo(f"The database is at revision {before or 'none'}; this version's is {newest}.")
            return
        if direction == "down":
            if revision is None:
                raise Failure(
                    "Name the revision to go back to: one of "
                    f"{', '.join(migrate.revisions())}, or base, which removes every table."
                )
            if not yes:
                click.confirm(f"What revisions behind {revision} store will be lost. Go on?", abort=True)
            migrate.downgrade(engine, revision)
        else:
            migrate.upgrade(engine, revision or "head", grant_to=role_of(settings))
        click.echo(f"From revision {before or 'none'} to {migrate.revision_of(engine) or 'none'}.")
