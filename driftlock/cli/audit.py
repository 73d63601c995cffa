"""``driftlock audit``: the audit log recomputed and handed out."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from driftlock.cli.failure import Failure

if TYPE_CHECKING:
    from driftlock.services.audit import Audit

BROKEN = 1  # exit code
TOLD = 5_000  # records that are checked at once


@click.group("audit")
def command() -> None:
    """Recompute the audit log's chain of hashes, or write the log out."""


@command.command("check")
@click.option("--tenant", help="One tenant; all that have a log if left out.")
@click.option(
    "--head",
    metavar="HASH",
    help="Hash of a record that was noted before, of --tenant: shows whether records were cut off at the end.",
)
@click.pass_context
def check(context: click.Context, tenant: str | None, head: str | None) -> None:
    """
    Recompute every record's hash; 0 if the chain is unbroken, else 1.

    The first record that is wrong is named with what is wrong with it: changed,
    missing, moved, inserted or cut.
    """
    if head is not None and tenant is None:
        raise Failure("A head is of one tenant: name it with --tenant.")
    if head is not None and (len(head) != 64 or set(head) - set("0123456789abcdef")):
        raise Failure("A head has 64 of the digits 0 to 9 and a to f; a printed check ends with it.")
    broken = False
    with _audit() as audit:
        for one in audit.tenants() if tenant is None else [_known(audit, tenant)]:
            found = audit.check(one, head=head, progress=_tell)
            click.echo(found.sentence if tenant is not None else f"{one}: {found.sentence}")
            broken = broken or not found.unbroken
    context.exit(BROKEN if broken else 0)


@command.command("export")
@click.option("--tenant", default="demo", show_default=True, help="Whose log.")
def export(tenant: str) -> None:
    """
    Write all records to standard output, one JSON object a line, oldest first.

    Each is written as it is hashed, with its hash.
    """
    with _audit() as audit:
        for row in audit.export(_known(audit, tenant)):
            click.echo(json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _known(audit: "Audit", tenant: str) -> str:
    if tenant not in audit.tenants() and not audit.page(tenant, limit=1).total:
        raise Failure(f"There is no tenant {tenant}; driftlock tenants list names them.")
    return tenant


def _tell(read: int, of: int) -> None:
    """On a screen, of what takes a while."""
    if read != of and sys.stderr.isatty():
        click.echo(f"\r{read:,} of {of:,} records ", nl=False, err=True)
    elif of > TOLD and sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)


@contextmanager
def _audit() -> "Iterator[Audit]":
    # Imported here: other commands need none of it.
    from driftlock.bootstrap import open_app
    from driftlock.settings import Settings

    app = open_app(Settings.from_environment(), work=False)
    try:
        yield app.audit
    finally:
        app.close()
