"""Output that ends with a whole line whatever happens while it is written."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click

from driftlock.cli.sources import STANDARD_INPUT


class WholeLines:
    """
    Writes lines, many at a time, and takes back what was not written whole.

    Args:
        target: Open for writing bytes.
        can_be_cut: Whether *target* is a file that begins with the first line and has no buffer.

    Attributes:
        lines: Written so far.
    """

    def __init__(self, target: BinaryIO, *, can_be_cut: bool) -> None:
        self._target = target
        self._can_be_cut = can_be_cut
        self._whole = 0  # bytes of whole lines
        self.lines = 0

    def write(self, lines: bytes) -> None:
        """*lines*, each with its end, or none of them if that fails and *target* can be cut."""
        rest = memoryview(lines)
        try:
            while rest:
                rest = rest[self._target.write(rest) :]
            self._target.flush()
        except BaseException:
            if self._can_be_cut:
                self._target.truncate(self._whole)
            raise
        self._whole += len(lines)
        self.lines += lines.count(b"\n")


@contextmanager
def written(path: str) -> Iterator[WholeLines]:
    """The file at *path*, emptied, or standard output for ``-``."""
    if path == STANDARD_INPUT:
        yield WholeLines(click.get_binary_stream("stdout"), can_be_cut=False)
        return
    with open(path, "wb", buffering=0) as target:
        yield WholeLines(target, can_be_cut=stat.S_ISREG(os.fstat(target.fileno()).st_mode))
