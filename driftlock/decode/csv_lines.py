"""One CSV row out of one or more lines, without losing the next rows to a missing quote."""

import csv
from collections import deque
from collections.abc import Iterator

from driftlock.decode.lines import MAX_ELEMENT_BYTES

_MAX_ROW_LINES = 1_000  # of a quoted field; a missing quote must not swallow the file
_UNCLOSED = "unexpected end of data"  # what the csv module says when a quoted field goes on


def rows(
    lines: Iterator[tuple[int, bytes]], separator: str, width: int | None = None
) -> Iterator[tuple[int, list[str] | str]]:
    """
    Each row with the number of its first line; in place of its fields the reason when it cannot be read.

    Args:
        lines: Numbered lines without their ends; blank ones are passed over.
        separator: One character.
        width: Fields of a row; those of the first row when None. A row over
            several lines must have as many, or its quote was never closed.
    """
    ahead = _Ahead(lines)
    while (numbered := ahead.next()) is not None:
        number, raw = numbered
        if not raw or raw.isspace():
            continue
        row = _row(text(raw), ahead, separator, width)
        if width is None and isinstance(row, list):
            width = len(row)
        yield number, row


def text(raw: bytes) -> str:
    """A line as text: UTF-8, or Latin-1 where it is not, which older spreadsheets write."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class _Ahead:
    """Lines that can be looked at before they are taken."""

    def __init__(self, lines: Iterator[tuple[int, bytes]]) -> None:
        self._lines = lines
        self._waiting: deque[tuple[int, bytes]] = deque()

    def next(self) -> tuple[int, bytes] | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def line(self, position: int) -> bytes | None:
        while len(self._waiting) <= position:
            numbered = next(self._lines, None)
            if numbered is None:
                return None
            self._waiting.append(numbered)
        return self._waiting[position][1]

    def take(self, count: int) -> None:
        for _ in range(count):
            self._waiting.popleft()


def _row(line: str, ahead: _Ahead, separator: str, width: int | None) -> list[str] | str:
    """The fields of the row that begins with *line*, taking further lines if it must; or the reason."""
    if '"' not in line:
        return line.split(separator)
    row = _parse([line], separator)
    if isinstance(row, list):
        return row
    if row != _UNCLOSED:
        return _reason(row)
    parts = [line]
    size = len(line)
    for position in range(_MAX_ROW_LINES - 1):
        following = ahead.line(position)
        if following is None or (size := size + len(following)) > MAX_ELEMENT_BYTES:
            break
        parts.append("\n" + text(following))
        if b'"' not in following:
            continue
        row = _parse(parts, separator)
        if isinstance(row, list):
            if width is not None and len(row) != width:
                break  # closed by the quote of another row
            ahead.take(position + 1)
            return row
        if row != _UNCLOSED:
            break
    return "missing quote"


def _parse(parts: list[str], separator: str) -> list[str] | str:
    # One string with the line ends inside: the reader must not be told that it is several rows.
    try:
        return next(csv.reader(["".join(parts)], delimiter=separator, strict=True), [])
    except csv.Error as error:
        return str(error)


def _reason(said: str) -> str:
    if "expected after" in said:
        return "text after a closing quote"
    if "field limit" in said:
        return f"a field is over {csv.field_size_limit():,} characters"
    return f"not a CSV row ({said})"
