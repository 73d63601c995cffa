"""The list of commands, and what becomes of an error: one sentence and exit code 2, never a traceback."""

import importlib
import os
import signal
import sys
from types import MappingProxyType
from typing import Any, Final

import click

from driftlock.cli.failure import CANNOT_RUN, Failure

# Name of the command (it is also the module's) and the line that stands beside it in the list.
COMMANDS: Final = MappingProxyType(
    {
        "detect": "Judge each window of a file or stream against the events before it.",
        "score": "Score units of one file against a baseline file.",
        "explain": "Put recorded verdicts into words, and recompute them from their events.",
        "verify": "Check an evidence bundle of whomever, with the program installed here.",
        "signing": "Make, show and retire the keys that evidence bundles are signed with.",
        "audit": "Recompute the audit log's chain of hashes, or write the log out.",
        "serve": "Serve the dashboard, and the address that events are sent to, from one process.",
        "users": "Make accounts and change them; the first one is made here.",
        "tenants": "Make, list, suspend and remove tenants.",
        "forget": "Delete a stream, a tenant, or what is kept of one person; counted first.",
        "keys": "Make, list, rotate and revoke keys of programs.",
        "migrate": "Bring the database to the tables of this version, or back.",
        "backup": "Write the database into one file.",
        "restore": "Fill an empty database with what a backup holds.",
        "move": "Copy the database into another one: SQLite to PostgreSQL, or back.",
        "profiles": "Show the three profiles with all their numbers.",
        "version": "Show the versions that verdicts depend on.",
    }
)


class LazyCommands(click.Group):
    """Finds a command by importing its module, and turns expected errors into :class:`Failure`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of :data:`COMMANDS`, which is the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"driftlock.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for ``--help``, written without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            # The reader has gone (`| head`); Python would complain again when it flushes at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(CANNOT_RUN)
        except OSError as error:
            raise Failure.of_file(error) from error
        except KeyboardInterrupt:
            # click's own answer is 1, which here means that something was flagged.
            click.echo("Stopped.", err=True)
            ctx.exit(128 + signal.SIGINT)
        except Exception as error:
            # Imported here: the engine takes longer to load than most commands take.
            from driftlock.errors import ApplicationError
            from driftlock_core.errors import DriftlockError

            if isinstance(error, ApplicationError | DriftlockError):
                raise Failure(str(error)) from error
            raise


@click.command(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes of every command: 0 nothing found, 1 something found, 2 an error.",
)
def main() -> None:
    """Find anomalies in telemetry by compression, with evidence that can be recomputed."""
