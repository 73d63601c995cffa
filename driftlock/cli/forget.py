"""``driftlock forget``: deletion that says first what it will delete."""

from collections.abc import Mapping

import click

from driftlock.cli.failure import Failure
from driftlock.cli.people import logged, opened

COMMAND = "command line"  # who did it, for histories
_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_TENANT = click.option("--tenant", default="demo", show_default=True, help="Whose.")


@click.group("forget")
def command() -> None:
    """
    Delete a stream, a tenant, or what is kept of one person.

    Nothing of it can be brought back. Backups and exported evidence are copies
    outside of the database: delete them, too.
    """


@command.command("stream")
@click.argument("stream_id")
@_TENANT
@_YES
def stream(stream_id: str, tenant: str, yes: bool) -> None:
    """Delete a stream with its events, windows, anomalies and states."""
    with opened() as app:
        counts = app.forgetting.stream_counts(tenant, stream_id)
        click.echo(f"Stream {stream_id} of {tenant}: {counts.sentence}.")
        _agreed(yes, stream_id)
        with logged(tenant, "forget.stream", "stream", stream_id):
            gone = app.forgetting.forget_stream(tenant, stream_id, by=COMMAND)
    click.echo(f"Deleted: {gone.sentence}.")


@command.command("tenant")
@click.argument("tenant")
@_YES
def whole_tenant(tenant: str, yes: bool) -> None:
    """Delete everything of a tenant; its id is never given again, and its audit log stays."""
    with opened() as app:
        counts = app.forgetting.tenant_counts(tenant)
        click.echo(f"Tenant {tenant}: {counts.sentence}.")
        _agreed(yes, tenant)
        with logged(tenant, "forget.tenant", "tenant", tenant):
            gone = app.forgetting.forget_tenant(tenant, by=COMMAND)
    click.echo(f"Deleted: {gone.sentence}.")


@command.command("person")
@click.argument("terms", nargs=-1, required=True)
@_TENANT
@_YES
def person(terms: tuple[str, ...], tenant: str, yes: bool) -> None:
    """
    Put a mark in place of every event that holds one of TERMS, and of all that quotes it.

    TERMS are an address, the name of an account, an id; - reads them from standard input,
    one a line, so that they stay out of the history of the shell. Verdicts stay, without
    quotations; those that rest on such an event can no longer be computed again.
    """
    asks = True
    if terms == ("-",):
        terms = tuple(line.strip() for line in click.get_text_stream("stdin") if line.strip())
        asks = False
    with opened() as app:
        found = app.forgetting.find_person(tenant, terms, progress=_looked)
        click.echo("", err=True)
        click.echo(f"Events of {tenant}: {_listed(found.streams)}.")
        click.echo(f"Elsewhere: {_listed(found.elsewhere)}.")
        if found.remains:
            click.echo(f"Stays, for nothing may change it: {_listed(found.remains)}.")
        if not found.events and not found.elsewhere:
            return
        if not yes and not asks:
            click.echo("Nothing was deleted. The same with --yes deletes it.")
            return
        _agreed(yes, "forget")
        with logged(tenant, "forget.person", "person", ""):
            gone = app.forgetting.forget_person(tenant, terms, by=COMMAND, progress=_looked)
    click.echo("", err=True)
    click.echo(f"Deleted: {gone.events:,} events, {sum(gone.elsewhere.values()):,} rows elsewhere.")


def _agreed(yes: bool, word: str) -> None:
    if not yes and click.prompt(f"Type {word} to delete this for ever", err=True) != word:
        raise Failure("That was not the word; nothing was deleted.")


def _looked(done: int, total: int) -> None:
    click.echo(f"\r{done:,} of {total:,} events looked at", err=True, nl=False)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} in {place}" for place, count in counts.items()) or "nothing"
