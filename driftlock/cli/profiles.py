"""``driftlock profiles``: the three profiles with all their numbers."""

from typing import Final

import click

from driftlock_core.kind_profiles import KIND_PROFILES, for_kind
from driftlock_core.numbers_text import limit_text
from driftlock_core.profiles import BALANCED, PROFILES, Profile

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
        kinds = [{"kind": kind, **_sizes(kind)} for kind in KIND_PROFILES]
        click.echo(orjson.dumps({"profiles": records, "kinds": kinds}, option=orjson.OPT_INDENT_2))
        return
    columns = [_column(profile) for profile in PROFILES.values()]
    for label in columns[0]:
        click.echo(
            f"{label:<{_LABEL_WIDTH}}" + "".join(f"{column[label]:>{_COLUMN_WIDTH}}" for column in columns)
        )
    click.echo("\nBaseline, window and hop by kind of telemetry, unless sizes are given:")
    for kind in KIND_PROFILES:
        click.echo(f"  {kind:<10}" + ", ".join(map(str, _sizes(kind).values())))
    click.echo(f"\nMasked before compression: {', '.join(sorted(next(iter(PROFILES.values())).masks))}.")


def _sizes(kind: str) -> dict[str, int]:
    suited = for_kind(BALANCED, kind)
    return {"baseline": suited.baseline, "window": suited.window, "hop": suited.hop}


def _column(profile: Profile) -> dict[str, str]:
    return {
        "": profile.name,
        "NCD (size-matched) at least": limit_text(profile.threshold),
        "p at most": limit_text(profile.alpha),
        "which p decides": "larger of both" if profile.p_mode == "max" else "p_perm",
        "baseline, events (logs)": str(profile.baseline),
        "window, events (logs)": str(profile.window),
        "hop, events (logs)": str(profile.hop),
        "permutations": str(profile.permutations),
        "past windows ranked among": str(profile.references),
        "compressor": profile.compressor,
        "seed": str(profile.seed),
    }
