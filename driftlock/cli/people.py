"""What the commands about people, tenants and keys share: the application, and the log that they acted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from driftlock.cli.failure import Failure

if TYPE_CHECKING:
    from driftlock.bootstrap import App
    from driftlock.services.accounts_rows import Link

ADDRESS = "http://localhost:8501"


@contextmanager
def opened() -> Iterator["App"]:
    """The application of the surroundings, without a worker."""
    # Imported here: these take seconds, and ``--help`` needs none of them.
    from driftlock.bootstrap import open_app
    from driftlock.settings import Settings

    app = open_app(Settings.from_environment(), work=False)
    try:
        yield app
    finally:
        app.close()


@contextmanager
def logged(tenant: str, action: str, kind: str, object_id: str = "") -> Iterator[None]:
    """The audit log of *tenant* says that the command line did it."""
    from driftlock.services.acting import by_system

    with by_system(tenant, action, kind, object_id, at=datetime.now(UTC)):
        yield


def print_link(link: "Link", address: str) -> None:
    """A link to be passed on, on standard output; what to know of it, on standard error."""
    click.echo(f"{address.rstrip('/')}{link.path}")
    click.echo(
        f"driftlock: the link works once, until {link.expires_at:%Y-%m-%d %H:%M} UTC, and is shown only now. "
        "Whoever has it can use it.",
        err=True,
    )


def password() -> str:
    """
    A password, typed twice without being shown, or the first line of standard input.

    Raises:
        Failure: There is none.
    """
    stream = click.get_text_stream("stdin")
    if stream.isatty():
        given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return given
    line = stream.readline().rstrip("\r\n")
    if not line:
        raise Failure("No password came on standard input. Type one, or ask for a link with --link.")
    return line
