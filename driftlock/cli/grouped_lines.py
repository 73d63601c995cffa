"""Lines put together by group, however they lie in the file: on disk where they are many."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from driftlock.cli.failure import Failure

Group = str | int | float

# Pages held in memory; what is more goes to a temporary file, which has no name and goes with the process.
CACHE_KIB: Final = 8 * 1024
# Groups whose number is known without a look into the table; emptied when full.
_KNOWN_GROUPS: Final = 50_000
_AT_ONCE: Final = 1_000  # lines


class GroupedLines:
    """
    Bodies by group, groups in the order in which their first lines came, lines of each in theirs.

    Memory does not grow with lines or groups; only one group at a time is held whole.
    """

    def __init__(self) -> None:
        self._known: dict[Group, int] = {}
        # An empty name is a database of its own, in memory until it outgrows the cache, then on disk.
        self._tables = sqlite3.connect("", isolation_level=None)
        for setting in (
            f"cache_size = -{CACHE_KIB}",
            "journal_mode = OFF",
            "synchronous = OFF",
            "temp_store = FILE",
        ):
            self._tables.execute(f"PRAGMA {setting}")
        self._tables.execute("CREATE TABLE groups (number INTEGER PRIMARY KEY, key BLOB UNIQUE, name BLOB)")
        self._tables.execute("CREATE TABLE lines (number INTEGER, body BLOB)")
        self._tables.execute("BEGIN")

    def __enter__(self) -> "GroupedLines":
        return self

    def __exit__(self, *_: object) -> None:
        self._tables.close()

    def __len__(self) -> int:
        """Groups so far."""
        return int(self._ask("SELECT count(*) FROM groups")[0])

    def add(self, lines: Iterable[tuple[Group, bytes]]) -> None:
        """
        Lines behind all others.

        Raises:
            Failure: There is no room left on disk.
        """
        rows: list[tuple[int, bytes]] = []
        for group, body in lines:
            number = self._known.get(group)
            rows.append((self._number(group) if number is None else number, body))
            if len(rows) >= _AT_ONCE:
                self._store(rows)
                rows.clear()
        self._store(rows)

    def __iter__(self) -> Iterator[tuple[Group, list[bytes]]]:
        ordered = self._run("SELECT number, body FROM lines ORDER BY number, rowid")
        names = self._run("SELECT name FROM groups ORDER BY number")
        try:
            for (name,), (_, rows) in zip(names, groupby(ordered, itemgetter(0)), strict=True):
                yield json.loads(name), [body for _, body in rows]
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error

    def _number(self, group: Group) -> int:
        # As a dict takes them: 7 and 7.0 are one group, which is called as it was at first.
        key = json.dumps(int(group) if isinstance(group, float) and group.is_integer() else group).encode()
        found = self._run("SELECT number FROM groups WHERE key = ?", (key,)).fetchone()
        if found is None:
            inserted = self._run(
                "INSERT INTO groups (key, name) VALUES (?, ?)", (key, json.dumps(group).encode())
            )
            number = inserted.lastrowid
        else:
            number = found[0]
        assert number is not None
        if len(self._known) >= _KNOWN_GROUPS:
            self._known.clear()
        self._known[group] = number
        return number

    def _store(self, rows: list[tuple[int, bytes]]) -> None:
        try:
            self._tables.executemany("INSERT INTO lines VALUES (?, ?)", rows)
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error

    def _ask(self, question: str) -> Any:
        return self._run(question).fetchone()

    def _run(self, statement: str, values: tuple[bytes, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._tables.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error


def _no_room(error: sqlite3.OperationalError) -> Failure:
    return Failure(
        f"Lines could not be put together by group in a temporary file: {error}. Make room, or name another folder in TMPDIR."
    )
