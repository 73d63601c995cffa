"""What ``detect`` writes for programs: one JSON object, or a line of JSON per flagged window."""

from tempfile import SpooledTemporaryFile
from typing import Any, Final, Protocol

import click
import orjson

from driftlock.cli.table import footer

_IN_MEMORY: Final = 8 * 1024**2  # bytes of records held before they go to a temporary file


class Output(Protocol):
    """Takes what is found, in order."""

    def begin(self, name: str, head: str, kind: str) -> None:
        """A file begins; *head* says in one line what it was taken for, *kind* on what evidence."""

    def advice(self, sentence: str) -> None:
        """What its first baseline holds and what to do about it."""

    def anomaly(self, record: dict[str, Any]) -> None:
        """A flagged window of it."""

    def end(self, summary: dict[str, Any]) -> None:
        """The file has ended."""

    def failed(self, name: str, message: str) -> None:
        """The file could not be judged."""

    def close(self) -> None:
        """There are no more files."""


class JsonLines:
    """The records, one a line, at once; the summary goes to standard error."""

    def begin(self, name: str, head: str, kind: str) -> None:
        """Nothing: every line names its stream."""

    def advice(self, sentence: str) -> None:
        """For whoever looks on, as the footer."""
        click.echo(f"driftlock: {sentence}", err=True)

    def anomaly(self, record: dict[str, Any]) -> None:
        """Written and flushed."""
        _write(orjson.dumps(record) + b"\n")

    def end(self, summary: dict[str, Any]) -> None:
        """The footer of the table, for whoever looks on."""
        click.echo(footer(summary), err=True)

    def failed(self, name: str, message: str) -> None:
        """Nothing: the message is on standard error already."""

    def close(self) -> None:
        """Nothing is held back."""


class Json:
    """
    One object: ``summary`` and ``anomalies``; of several files a list of them under ``files``.

    The summary comes first and is known last, so the records wait in a
    temporary file when they are many.
    """

    def __init__(self, files: int) -> None:
        self._several = files > 1
        self._begun = False
        self._records = self._spool()
        self._count = 0

    def begin(self, name: str, head: str, kind: str) -> None:
        """An empty list of anomalies."""
        self._records.close()
        self._records, self._count = self._spool(), 0

    def advice(self, sentence: str) -> None:
        """Nothing: the summary holds what it rests on, under each stream."""

    def anomaly(self, record: dict[str, Any]) -> None:
        """Kept until the summary is known."""
        self._records.write((b",\n" if self._count else b"\n") + orjson.dumps(record))
        self._count += 1

    def end(self, summary: dict[str, Any]) -> None:
        """The whole object of this file."""
        self._separate()
        _write(b'{"summary": ' + orjson.dumps(summary) + b',\n"anomalies": [')
        self._records.seek(0)
        while piece := self._records.read(_IN_MEMORY):
            _write(piece)
        _write(b"]}")

    def failed(self, name: str, message: str) -> None:
        """Of several files, one object says why there is nothing."""
        if self._several:
            self._separate()
            _write(orjson.dumps({"summary": {"name": name, "error": message}, "anomalies": []}))

    def close(self) -> None:
        """The closing brackets."""
        self._records.close()
        if self._begun:
            _write(b"\n]}\n" if self._several else b"\n")

    def _separate(self) -> None:
        if self._several:
            _write(b",\n" if self._begun else b'{"files": [\n')
        self._begun = True

    @staticmethod
    def _spool() -> "SpooledTemporaryFile[bytes]":
        return SpooledTemporaryFile(max_size=_IN_MEMORY)


def _write(data: bytes) -> None:
    stream = click.get_binary_stream("stdout")
    stream.write(data)
    stream.flush()
