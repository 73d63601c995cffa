"""
A database as one file, and back: SQLite and PostgreSQL write the same.

The file is a ZIP with one member of lines for each table (see backup_rows.py) and ``manifest.json``, which names the
revision of the schema and for each table its rows and their SHA-256. What is written is one moment of the database,
however long it takes and whatever goes on meanwhile.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from driftlock.errors import ApplicationError
from driftlock.storage.backup_rows import ROWS_AT_ONCE, count, decoders, digest, lines, row_of
from driftlock.storage.connect import EVERYTHING, carry, reading, writing
from driftlock.storage.migrate import revision_of, revisions
from driftlock.storage.schema import metadata
from driftlock.storage.schema_people import tenants

FORMAT: Final = "driftlock-backup"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
LARGEST_MANIFEST: Final = 1_000_000
# Of lines that wait to be written together.
BYTES_AT_ONCE: Final = 4_000_000
Progress = Callable[[int], None]  # rows so far


class BrokenBackup(ApplicationError):
    """The file is not what a backup wrote; nothing of it was kept."""


class TargetNotEmpty(ApplicationError):
    """There are rows where a backup is to go."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    revision: str
    made_at: str  # ISO 8601, UTC
    tables: dict[str, tuple[int, str]]  # by name: rows, SHA-256 of their lines

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(rows for rows, _ in self.tables.values())


def size(engine: sa.Engine) -> int:
    """Rows that a backup would hold now."""
    with reading(engine, EVERYTHING) as connection:
        return sum(count(connection, table) for table in metadata.sorted_tables)


def write_backup(engine: sa.Engine, path: Path, *, at: datetime, progress: Progress) -> Contents:
    """
    Write all tables into a new file that only its owner can read.

    Args:
        engine: Of the owner of the tables.
        at: Now.

    Raises:
        FileExistsError: There is such a file.
        ApplicationError: The database is of another version.
    """
    check_revision(engine)
    with reading(engine, EVERYTHING) as connection:
        return dump(connection, path, at=at, progress=progress)


def dump(connection: sa.Connection, path: Path, *, at: datetime, progress: Progress) -> Contents:
    """As :func:`write_backup`, of what the connection's transaction sees."""
    path.touch(mode=0o600, exist_ok=False)
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as file:
            done, tables = 0, {}
            for table in metadata.sorted_tables:
                sha256, rows = hashlib.sha256(), 0
                with file.open(_member(table.name), "w", force_zip64=True) as member:
                    for line in lines(connection, table):
                        member.write(line)
                        sha256.update(line)
                        rows += 1
                        if rows % ROWS_AT_ONCE == 0:
                            progress(done + rows)
                tables[table.name] = (rows, sha256.hexdigest())
                done += rows
                progress(done)
            contents = Contents(revision=revisions()[-1], made_at=at.isoformat(), tables=tables)
            file.writestr(MANIFEST, json.dumps(_as_json(contents), indent=1))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return contents


def contents_of(path: Path) -> Contents:
    """
    What the file says it holds.

    Raises:
        BrokenBackup: It is none of ours, or was cut short.
        ApplicationError: It is of another version.
    """
    with _opened(path) as file:
        return _contents(file, path)


def restore(engine: sa.Engine, path: Path, *, progress: Progress) -> Contents:
    """
    Fill empty tables with what a file holds, all of it or nothing; what lies there then is read again and compared.

    Args:
        engine: Of the owner of the tables, which are of this version's revision.

    Raises:
        BrokenBackup: The file was changed, or cut short.
        TargetNotEmpty: There are rows already.
    """
    with _opened(path) as file:
        contents = _contents(file, path)
        with writing(engine, EVERYTHING) as connection:
            _empty(connection, engine)
            done = 0
            for table in metadata.sorted_tables:
                found = _fill(connection, file, table, path, partial(_further, progress, done))
                if found != contents.tables[table.name]:
                    raise _broken(path, f"{table.name} is not what was written")
                done += contents.tables[table.name][0]
            for table in metadata.sorted_tables:
                if digest(connection, table) != contents.tables[table.name]:
                    raise BrokenBackup(
                        f"{table.name} reads differently in the new database; nothing was kept. Tell us about it."
                    )
    return contents


def _further(progress: Progress, done: int, rows: int) -> None:
    progress(done + rows)


def check_revision(engine: sa.Engine) -> None:
    """
    See that a database is of this version.

    Raises:
        ApplicationError: It is not; the message names the next step.
    """
    current = revision_of(engine)
    if current != revisions()[-1]:
        raise ApplicationError(
            f"The database is at revision {current or 'none'}, this version's is {revisions()[-1]}. "
            "Run “driftlock migrate up” first."
        )


def _fill(
    connection: sa.Connection, file: zipfile.ZipFile, table: sa.Table, path: Path, progress: Progress
) -> tuple[int, str]:
    names, codes = [column.name for column in table.columns], decoders(table)
    sha256, rows, waiting, size_bytes = hashlib.sha256(), 0, [], 0
    try:
        for line in _lines_of(file, table.name):
            sha256.update(line)
            waiting.append(row_of(line, names, codes))
            rows, size_bytes = rows + 1, size_bytes + len(line)
            if len(waiting) == ROWS_AT_ONCE or size_bytes > BYTES_AT_ONCE:
                connection.execute(sa.insert(table), waiting)
                waiting, size_bytes = [], 0
                progress(rows)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
        raise _broken(path, f"{table.name} cannot be read at row {rows + 1}") from error
    except sa.exc.IntegrityError as error:
        raise _broken(path, f"{table.name} has rows that cannot stand together") from error
    if waiting:
        connection.execute(sa.insert(table), waiting)
    return rows, sha256.hexdigest()


def _lines_of(file: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with file.open(_member(name)) as member:
        yield from member


def _empty(connection: sa.Connection, engine: sa.Engine) -> None:
    """What a migration puts there goes; what somebody else did stops everything."""
    full = [table.name for table in metadata.sorted_tables if count(connection, table)]
    made = [(row.tenant, row.name) for row in connection.execute(sa.select(tenants.c.tenant, tenants.c.name))]
    if full not in ([], ["tenants"]) or made not in ([], [("demo", "Demo")]):
        raise TargetNotEmpty(
            f"The database {engine.url.database} is not empty: there are rows in {', '.join(full)}. "
            "Name a new one, or remove that one first."
        )
    for tenant, _ in made:
        carry(connection, tenant)
        connection.execute(sa.delete(tenants).where(tenants.c.tenant == tenant))
    carry(connection, EVERYTHING)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise _broken(path, "it is no backup, or was cut short") from error


def _contents(file: zipfile.ZipFile, path: Path) -> Contents:
    try:
        if file.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise ValueError("too large")
        read = json.loads(file.read(MANIFEST))
        if (read["format"], read["version"]) != (FORMAT, VERSION):
            raise _broken(path, "it is of another format; restore it with the version that wrote it")
        contents = Contents(
            revision=str(read["revision"]),
            made_at=str(read["made_at"]),
            tables={name: (int(one["rows"]), str(one["sha256"])) for name, one in read["tables"].items()},
        )
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError) as error:
        raise _broken(path, f"its {MANIFEST} cannot be read") from error
    if contents.revision != revisions()[-1]:
        raise ApplicationError(
            f"{path} is of revision {contents.revision}, this version's is {revisions()[-1]}. "
            "Restore it with the version that wrote it, then upgrade."
        )
    if set(contents.tables) != set(metadata.tables):
        raise _broken(path, "it has not the tables of its revision")
    return contents


def _broken(path: Path, what: str) -> BrokenBackup:
    return BrokenBackup(f"{path}: {what}. Nothing was restored; use another copy.")


def _as_json(contents: Contents) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "revision": contents.revision,
        "made_at": contents.made_at,
        "tables": {
            name: {"rows": rows, "sha256": sha256} for name, (rows, sha256) in contents.tables.items()
        },
    }


def _member(table: str) -> str:
    return f"tables/{table}.ndjson"
