"""Calls the command as a shell would, in this process."""

from collections.abc import Callable

from click.testing import CliRunner, Result

from driftlock.cli import main


def driftlock(
    *arguments: object,
    stdin: bytes | None = None,
    wait: Callable[[], bool] | None = None,
    color: bool = False,
) -> Result:
    """
    The finished call: ``exit_code``, ``stdout``, ``stderr``; an unexpected exception is raised here.

    Args:
        wait: Stands in for the pause of ``--follow``; False ends the source.
        color: Keep the codes that a terminal would get.
    """
    return CliRunner().invoke(
        main,
        [str(argument) for argument in arguments],
        input=stdin,
        obj=wait,
        color=color,
        catch_exceptions=False,
    )
