"""A file that is read more than once: whatever can be read only once is first copied to a temporary file."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from driftlock.cli.sources import open_source, shown_name

_PIECE_BYTES: Final = 1024**2


class GivenFile:
    """
    A source by its path; ``-`` and pipes are copied to disk as they come, compressed as they are.

    Args:
        source: Open for reading bytes; closed by whoever opened it, after the last :meth:`opened`.

    Attributes:
        name: For messages.
        size: Bytes on disk, compressed if it is.
    """

    def __init__(self, source: BinaryIO, name: str) -> None:
        self.name = name
        self._source = source
        self.size = os.fstat(source.fileno()).st_size

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The source from its beginning; one reader at a time."""
        self._source.seek(0)
        yield self._source


@contextmanager
def given_file(path: str) -> Iterator[GivenFile]:
    """The file at *path*, or standard input for ``-``."""
    with open_source(path) as source:
        if _can_be_read_again(source):
            yield GivenFile(source, shown_name(path))
            return
        with TemporaryFile() as copy:
            shutil.copyfileobj(source, copy, _PIECE_BYTES)
            copy.flush()
            yield GivenFile(copy, shown_name(path))


def _can_be_read_again(source: BinaryIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(source.fileno()).st_mode) and source.seekable() and source.tell() == 0
    except (OSError, AttributeError):
        return False
