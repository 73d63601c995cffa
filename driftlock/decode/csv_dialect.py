"""Is it CSV, with which separator, and does the first row name the columns?"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from driftlock.decode import csv_lines, times
from driftlock.decode.fields import plain_name

SEPARATORS = (",", ";", "\t", "|")
SEPARATOR_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SAMPLED_ROWS = 400
_AGREEING_SHARE = 0.8  # of the rows have as many fields as the header
_HEADER_CELL = re.compile(r"[^\W\d][\w .@/()%#:+-]{0,63}\Z|_\w{1,63}\Z|@\w{1,63}\Z")
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*\Z")
_KNOWN_COLUMNS = frozenset(
    {"timestamp", "time", "ts", "date", "datetime", "level", "severity", "message", "msg", "body", "service"}
    | {
        "host",
        "hostname",
        "traceid",
        "spanid",
        "duration",
        "value",
        "metric",
        "status",
        "event",
        "label",
        "prompt",
    }
    | {"response", "completion", "logger", "component", "content", "name", "id", "text", "type"}
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How rows are written."""

    separator: str
    header: tuple[str, ...]  # distinct, none empty
    has_header: bool  # the first row names the columns; otherwise they are column_1, column_2, …
    agreeing: int  # sampled rows with as many fields as the header
    rows: int  # sampled rows, header not counted

    @property
    def evidence(self) -> str:
        """One sentence."""
        named = "A header of" if self.has_header else "No header, but"
        return (
            f"{named} {len(self.header):,} fields separated by {SEPARATOR_NAMES[self.separator]}; "
            f"{self.agreeing:,} of {self.rows:,} sampled rows have as many."
        )


def recognise(head: Sequence[bytes], *, forced: bool = False) -> Dialect | None:
    """
    The dialect of a file that begins with the lines *head*, None if it is no CSV.

    Args:
        forced: Somebody says that it is CSV: take the best reading there is.
    """
    readings = [reading for separator in SEPARATORS if (reading := _reading(head, separator))]
    sure = [reading for reading in readings if _convinces(*reading)]
    if not sure and not (forced and readings):
        return None
    return max((reading[0] for reading in sure or readings), key=_preference)


def _preference(dialect: Dialect) -> tuple[bool, int, int]:
    # One column always agrees with itself, so it comes last.
    return len(dialect.header) > 1 and dialect.agreeing > 0, dialect.agreeing, len(dialect.header)


def _reading(head: Sequence[bytes], separator: str) -> tuple[Dialect, list[list[str]]] | None:
    sampled = islice(csv_lines.rows(enumerate(head, 1), separator), _SAMPLED_ROWS + 1)
    rows = [row if isinstance(row, list) else [] for _, row in sampled]
    if not rows or not rows[0]:
        return None
    first = rows[0]
    cells = [cell.strip() for cell in first]
    has_header = (
        all(_HEADER_CELL.match(cell) and times.from_value(cell) is None for cell in cells)
        and len(set(cells)) == len(cells)
    ) or _names_with_gaps(cells)
    body = rows[1:] if has_header else rows
    agreeing = sum(len(row) == len(first) for row in body)
    header = _distinct(cells) if has_header else tuple(f"column_{n}" for n in range(1, len(first) + 1))
    return Dialect(separator, header, has_header, agreeing, len(body)), body


def _names_with_gaps(cells: list[str]) -> bool:
    """A header whose first name is missing, as tables with an index column have, or with names twice."""
    named = [cell for cell in cells if cell]
    return (
        len(named) >= 3
        and len(cells) - len(named) <= 1
        and all(_HEADER_CELL.match(cell) for cell in named)
        and sum(plain_name(cell) in _KNOWN_COLUMNS for cell in named) >= 2
    )


def _distinct(cells: list[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = cell or f"column_{position}"
        while name in names:
            seen[cell] += 1
            name = f"{cell}_{seen[cell] + 1}"
        names.append(name)
    return tuple(names)


def _convinces(dialect: Dialect, body: list[list[str]]) -> bool:
    """
    Whether anything but CSV is unlikely.

    Sentences hold commas too, and log lines have the same number of them more
    often than one thinks; so the header must look like names, and something
    besides the count must speak for columns.
    """
    columns = len(dialect.header)
    if columns < 2 or not body or dialect.agreeing < _AGREEING_SHARE * dialect.rows:
        return False
    whole = [row for row in body if len(row) == columns]
    typed = sum(all(_typed(row[column]) for row in whole) for column in range(columns))
    if dialect.has_header:
        known = any(plain_name(name) in _KNOWN_COLUMNS for name in dialect.header)
        return known or typed > 0 or (columns >= 3 and dialect.agreeing == dialect.rows >= 3)
    return columns >= 3 and dialect.agreeing == dialect.rows and typed * 2 >= columns


def _typed(cell: str) -> bool:
    return not cell.strip() or _NUMBER.match(cell) is not None or times.from_value(cell.strip()) is not None
