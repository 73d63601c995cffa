"""
The command line: ``driftlock detect | score | explain | serve | …``, all in :data:`commands.COMMANDS`.

Each command lives in the module of its name and is imported when it is
asked for, so that no command waits for what another one needs.
"""

from driftlock.cli.commands import main

__all__ = ["main"]
