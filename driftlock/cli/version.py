"""``driftlock version``: what verdicts depend on."""

import platform
from importlib.metadata import version

import click


@click.command("version")
def command() -> None:
    """Show the versions that verdicts depend on."""
    import lz4
    import zstandard

    versions = {
        "driftlock": version("driftlock"),
        "zstd": ".".join(map(str, zstandard.ZSTD_VERSION)),
        "lz4": lz4.library_version_string(),
        "isal": version("isal"),
        "numpy": version("numpy"),
        "Python": platform.python_version(),
    }
    for name, number in versions.items():
        click.echo(f"{name:<10} {number}")
