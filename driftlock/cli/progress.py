"""How far a file has been read, for whoever waits at a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def shown_progress(name: str, size: int | None) -> Iterator[Callable[[int], None]]:
    """
    A bar on standard error; nothing where it would mix with the output or go to a file.

    Args:
        name: Of the file.
        size: Bytes, None if it is not known.

    Yields:
        To be told how many bytes were read so far.
    """
    if not size or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda bytes_read: None
        return
    with click.progressbar(length=size, label=name, file=sys.stderr) as bar:
        yield lambda bytes_read: bar.update(bytes_read - bar.pos)
