"""``driftlock keys``: keys that programs send with, on the command line."""

from typing import TYPE_CHECKING

import click

from driftlock.cli.people import logged, opened

if TYPE_CHECKING:
    from driftlock.services.api_keys_rows import NewKey

ROLES = ("stream", "viewer", "analyst", "operator", "auditor", "admin")
_TENANT = click.option("--tenant", default="demo", show_default=True, help="Whose key it is.")


@click.group("keys")
def command() -> None:
    """Make, list, rotate and revoke keys of programs."""


@command.command("new")
@click.argument("name")
@click.option(
    "--role", type=click.Choice(ROLES), default="stream", show_default=True, help="stream: only sends."
)
@click.option("--stream", help="The only stream that it may send to.")
@click.option(
    "--days", type=click.IntRange(0), default=90, show_default=True, help="It is over then; 0: never."
)
@_TENANT
def new(name: str, role: str, stream: str | None, days: int, tenant: str) -> None:
    """Make a key and print it; it is shown only now."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app:
        if tenant == "demo":
            app.tenants.ensure(tenant, "Demo", by=SYSTEM)
        app.tenants.get(tenant)
        with logged(tenant, "key.make", "key"):
            made = app.api_keys.make(
                tenant,
                name=name,
                role=role,  # type: ignore[arg-type]
                stream_id=stream,
                days=days or None,
                by=SYSTEM,
            )
    _print(made)


@command.command("list")
@_TENANT
def show(tenant: str) -> None:
    """Show the keys of a tenant; never what is secret of them."""
    with opened() as app:
        app.tenants.get(tenant)
        for key in app.api_keys.all(tenant):
            end = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "without end"
            if not key.revoked_at and key.expires_at:
                end = f"until {key.expires_at:%Y-%m-%d %H:%M}"
            used = f"used {key.used_at:%Y-%m-%d %H:%M} from {key.used_from}" if key.used_at else "never used"
            bound = f" of stream {key.stream_id}" if key.stream_id else ""
            click.echo(f"{key.id}  {key.name}  {key.role}{bound}  {key.hint}…  {end}  {used}")


@command.command("rotate")
@click.argument("key_id")
@click.option("--hours", type=click.IntRange(0), default=24, show_default=True, help="The old one lives on.")
@_TENANT
def rotate(key_id: str, hours: int, tenant: str) -> None:
    """Make a key that may do the same, and let the old one end later."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app:
        app.tenants.get(tenant)
        with logged(tenant, "key.rotate", "key", key_id):
            made = app.api_keys.rotate(tenant, key_id, overlap_hours=hours, by=SYSTEM)
    _print(made)


@command.command("revoke")
@click.argument("key_id")
@_TENANT
def revoke(key_id: str, tenant: str) -> None:
    """End a key; the next request with it is refused."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app:
        app.tenants.get(tenant)
        with logged(tenant, "key.revoke", "key", key_id):
            app.api_keys.revoke(tenant, key_id, by=SYSTEM)
    click.echo("Revoked.")


def _print(made: "NewKey") -> None:
    click.echo(made.key)
    until = f"until {made.expires_at:%Y-%m-%d}" if made.expires_at else "without end"
    click.echo(f"driftlock: key {made.id}, valid {until}. It is shown only now.", err=True)
