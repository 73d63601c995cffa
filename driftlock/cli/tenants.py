"""``driftlock tenants``: whose data are kept apart, on the command line."""

import click

from driftlock.cli.failure import Failure
from driftlock.cli.people import logged, opened


@click.group("tenants")
def command() -> None:
    """Make, list, suspend and remove tenants."""


@command.command("add")
@click.argument("tenant")
@click.option("--name", help="For people to read; without it, the id.")
def add(tenant: str, name: str | None) -> None:
    """Make a tenant; its id has small letters, digits and hyphens, and is never given again."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app, logged(tenant, "tenant.add", "tenant", tenant):
        made = app.tenants.add(tenant, name or tenant, by=SYSTEM)
    click.echo(
        f"There is a tenant {made.tenant} now. Its first person: driftlock users add --owner … --tenant {tenant}"
    )


@command.command("list")
def show() -> None:
    """Show all tenants but those of visitors."""
    with opened() as app:
        for one in app.tenants.all():
            click.echo(
                f"{one.tenant}  {one.name}  {one.state}  {one.users} users  since {one.created_at:%Y-%m-%d}"
            )


@command.command("suspend")
@click.argument("tenant")
@click.option("--resume", is_flag=True, help="End the suspension.")
def suspend(tenant: str, resume: bool) -> None:
    """Let nobody in and take no events; what is kept stays."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app, logged(tenant, "tenant.resume" if resume else "tenant.suspend", "tenant", tenant):
        if resume:
            app.tenants.resume(tenant, by=SYSTEM)
        else:
            app.tenants.suspend(tenant, by=SYSTEM)
    click.echo("Resumed." if resume else "Suspended.")


@command.command("remove")
@click.argument("tenant")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(tenant: str, yes: bool) -> None:
    """Let nobody reach a tenant any more; its data are deleted by retention."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app:
        found = app.tenants.get(tenant)
        if not yes and click.prompt("Type its id to remove it", err=True) != found.tenant:
            raise Failure("That was not the id; nothing was removed.")
        with logged(tenant, "tenant.remove", "tenant", tenant):
            app.tenants.remove(tenant, by=SYSTEM)
    click.echo("Removed. Nobody reaches it any more.")
