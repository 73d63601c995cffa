"""``driftlock profiles``: the three profiles with all their numbers."""

from typing import Final

import click

from driftlock_core.numbers_text import limit_text
from driftlock_core.profiles import PROFILES, Profile

_LABEL_WIDTH: Final = 32
_COLUMN_WIDTH: Final = 16


@click.command("profiles")
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to show them.",
)
def command(output: str) -> None:
    """Show the three profiles with all their numbers."""
    if output == "json":
        import orjson

        records = [profile.configuration() for profile in PROFILES.values()]
        click.echo(orjson.dumps({"profiles": records}, option=orjson.OPT_INDENT_2))
        return
    columns = [_column(profile) for profile in PROFILES.values()]
    for label in columns[0]:
        click.echo(
            f"{label:<{_LABEL_WIDTH}}" + "".join(f"{column[label]:>{_COLUMN_WIDTH}}" for column in columns)
        )
    click.echo(f"\nMasked before compression: {', '.join(sorted(next(iter(PROFILES.values())).masks))}.")


def _column(profile: Profile) -> dict[str, str]:
    return {
        "": profile.name,
        "NCD (size-matched) at least": limit_text(profile.threshold),
        "p at most": limit_text(profile.alpha),
        "which p decides": "larger of both" if profile.p_mode == "max" else "p_perm",
        "baseline, events": str(profile.baseline),
        "window, events": str(profile.window),
        "hop, events": str(profile.hop),
        "permutations": str(profile.permutations),
        "past windows ranked among": str(profile.references),
        "compressor": profile.compressor,
        "seed": str(profile.seed),
    }
