"""How far something has come, for whoever waits at a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[int], None]  # told how much of it all is done


def unseen(done: int) -> None:
    """Progress that nobody looks at."""


@contextmanager
def shown_progress(name: str, size: int | None, *, output_is_shown: bool = True) -> Iterator[Progress]:
    """
    A bar on standard error; nothing where it would mix with the output or go to a file.

    Args:
        name: Of the file, or of what is done.
        size: Of it all, bytes or units; None if it is not known.
        output_is_shown: Whether the output goes to standard output, and may meet the bar on one terminal.

    Yields:
        To be told how much was done so far.
    """
    if not size or not sys.stderr.isatty() or (output_is_shown and sys.stdout.isatty()):
        yield unseen
        return
    with click.progressbar(length=size, label=name, file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)
