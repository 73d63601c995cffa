"""``driftlock version``: what verdicts depend on."""

import platform
import zlib
from importlib.machinery import PathFinder
from importlib.metadata import version
from importlib.util import find_spec, module_from_spec

import click


@click.command("version")
def command() -> None:
    """Show the versions that verdicts depend on, and whether the engine's inner loops are compiled."""
    import lz4
    import zstandard

    versions = {
        "driftlock": version("driftlock"),
        "zstd": ".".join(map(str, zstandard.ZSTD_VERSION)),
        "lz4": lz4.library_version_string(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "numpy": version("numpy"),
        "Python": platform.python_version(),
        "engine": _engine(),
    }
    for name, number in versions.items():
        click.echo(f"{name:<10} {number}")


def _engine() -> str:
    """
    What the engine's inner loops are, found without loading the engine.

    >>> _engine() in ("compiled", "Python")
    True
    """
    package = find_spec("driftlock_core")
    folders = [f"{folder}/kernel" for folder in (package and package.submodule_search_locations) or ()]
    kernel = PathFinder.find_spec("_kernel", folders)
    if kernel is None or kernel.loader is None:
        return "Python"
    try:
        kernel.loader.exec_module(module_from_spec(kernel))
    except ImportError:  # switched off
        return "Python"
    return "compiled"
