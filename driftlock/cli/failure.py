"""An error on the command line: one sentence on standard error and exit code 2."""

from typing import IO, Any

import click

CANNOT_RUN = 2


class Failure(click.ClickException):
    """The command cannot do what was asked; the message ends with the next step."""

    exit_code = CANNOT_RUN

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message on standard error."""
        report(self.message)

    @classmethod
    def of_file(cls, error: OSError) -> "Failure":
        """From what the operating system said about a file."""
        if not error.filename:
            return cls(f"Reading or writing failed: {error.strerror or error}. Check disk and connection.")
        name = f"“{error.filename}”"
        if isinstance(error, FileNotFoundError):
            return cls(f"There is no file {name}. Check the name and the folder.")
        if isinstance(error, IsADirectoryError):
            return cls(f"{name} is a folder. Name the files in it.")
        if isinstance(error, PermissionError):
            return cls(f"{name} may not be opened. Change its permissions or copy it.")
        return cls(f"{name} cannot be used: {error.strerror or error}. Check it and run the command again.")


def report(message: str) -> None:
    """One line on standard error."""
    click.echo(f"driftlock: {message}", err=True)
