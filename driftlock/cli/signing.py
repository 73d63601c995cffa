"""``driftlock signing``: the keys that evidence bundles are signed with."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from driftlock.evidence.signing import KeyRing


@click.group("signing")
def command() -> None:
    """Make, show and retire the keys that evidence bundles are signed with."""


@command.command("new")
def new() -> None:
    """Make a key, which signs from now on; keys made before stay for checking."""
    made = _ring().new(_today())
    click.echo(
        f"{made.key_id} signs from now on. Hand its public key out: driftlock signing public {made.key_id}"
    )


@command.command("list")
def show() -> None:
    """Show all keys, oldest first."""
    keys = _ring().list()
    usable = [info for info in keys if info.retired is None]
    for info in keys:
        state = f"retired {info.retired}" if info.retired else "signs" if info is usable[-1] else "replaced"
        click.echo(f"{info.key_id}  made {info.created}  {state}")
    if not keys:
        click.echo("There is no key yet, so bundles are not signed. Make one: driftlock signing new")


@command.command("public")
@click.argument("key_id", metavar="[KEY_ID]", required=False)
def public(key_id: str | None) -> None:
    """Print a public key, to be handed to whoever checks bundles; without KEY_ID of the one that signs."""
    ring = _ring()
    if key_id is None:
        usable = [info.key_id for info in ring.list() if info.retired is None]
        if not usable:
            raise click.ClickException("No key signs here. Make one: driftlock signing new")
        key_id = usable[-1]
    click.echo(ring.public(key_id), nl=False)


@command.command("retire")
@click.argument("key_id", metavar="KEY_ID")
def retire(key_id: str) -> None:
    """Remove the private half of a key for good; what it signed can still be checked."""
    info = _ring().retire(key_id, _today())
    click.echo(f"{info.key_id} signs no more (retired {info.retired}). Its public key stays.")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _ring() -> "KeyRing":
    # Imported here: other commands need neither.
    from driftlock.evidence.signing import FOLDER, KeyRing
    from driftlock.settings import Settings

    return KeyRing(Settings.from_environment().home / FOLDER)
