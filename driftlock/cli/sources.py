"""Where events come from: a file or standard input."""

import os
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, Final

import click

STANDARD_INPUT: Final = "-"


def open_source(path: str) -> AbstractContextManager[BinaryIO]:
    """The file, or standard input for ``-``, which stays open."""
    if path == STANDARD_INPUT:
        return nullcontext(click.get_binary_stream("stdin"))
    return open(path, "rb")


def shown_name(path: str) -> str:
    """
    What a source is called in records: its last name, whatever bytes it is made of.

    >>> shown_name("/var/log/web.log"), shown_name("-")
    ('web.log', 'standard input')
    """
    if path == STANDARD_INPUT:
        return "standard input"
    return os.fsencode(os.path.basename(path)).decode("utf-8", "replace")
