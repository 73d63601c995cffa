"""``driftlock verify``: an evidence bundle checked by the program installed here, never by the one inside it."""

from pathlib import Path
from typing import Final

import click

from driftlock.cli.failure import Failure

_MB: Final = 1_000_000


@click.command("verify")
@click.argument("bundle", metavar="BUNDLE", required=False)
@click.option(
    "--key",
    "keys",
    metavar="FILE",
    multiple=True,
    help="A public key you trust, from whom you trust; may be given several times.",
)
@click.option("--authority", metavar="FILE", help="The certificate (PEM) you know the time authority by.")
@click.option(
    "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show it."
)
@click.option("--program", metavar="FILE", help="Write verify.py, as bundles hold it, to this file.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    bundle: str | None,
    keys: tuple[str, ...],
    authority: str | None,
    output: str,
    program: str | None,
) -> None:
    """
    Check BUNDLE, an evidence bundle of whomever.

    The exit code is 0 if nothing failed, 1 if something did, 2 if the compressor installed here is
    another version than the bundle was made with: then sizes cannot be claimed to the bit. An error
    is 2 too, and says so on standard error.
    """
    from driftlock.evidence import LARGEST_BUNDLE, text_of, verify_bytes
    from driftlock.evidence.engine import with_engine
    from driftlock.evidence.verifier import source

    if program is not None:
        Path(program).write_bytes(source())
        click.echo(f"{program} written.")
    if bundle is None:
        if program is None:
            raise Failure("Name the bundle to check, or a file for the program with --program.")
        return
    path = Path(bundle)
    if path.stat().st_size > LARGEST_BUNDLE:
        raise Failure(f"“{bundle}” is larger than {LARGEST_BUNDLE // _MB} MB. No bundle is.")
    data = path.read_bytes()
    try:
        verification = verify_bytes(
            data,
            keys=[Path(key).read_bytes() for key in keys],
            authority=None if authority is None else Path(authority).read_bytes(),
        )
    except ValueError as error:
        raise Failure(f"A key or certificate cannot be used: {error}.") from error
    verification = with_engine(verification, data)
    if output == "json":
        import orjson

        plain = {name: getattr(verification, name) for name in verification.__dataclass_fields__}
        plain |= {name: [step._asdict() for step in plain[name]] for name in ("steps", "guarantees")}
        click.echo(orjson.dumps(plain, option=orjson.OPT_INDENT_2))
    else:
        click.echo(text_of(verification), nl=False)
    ctx.exit(verification.exit_code)
