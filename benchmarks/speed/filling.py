"""Many rows at once, into either database."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

AT_ONCE: Final = 5_000


def fill(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> int:
    """
    Write *rows* through the driver and answer how many they were.

    In PostgreSQL by COPY into a table of this transaction: row-level security forbids COPY into the table itself.
    """
    source = iter(rows)
    first = next(source, None)
    if first is None:
        return 0
    names = list(first)
    texts = [isinstance(table.c[name].type, sa.JSON) for name in names]
    values = (_values(row, names, texts) for row in _again(first, source))
    columns = ", ".join(f'"{name}"' for name in names)  # window is a word of SQL
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        count = 0
        with driver.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE filling (LIKE {table.name}) ON COMMIT DROP")
            for name in set(table.columns.keys()).difference(names):
                cursor.execute(f'ALTER TABLE filling DROP COLUMN "{name}"')
            with cursor.copy(f"COPY filling ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
                    count += 1
            cursor.execute(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM filling")
            cursor.execute("DROP TABLE filling")
        return count
    statement = f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join('?' * len(names))})"
    count = 0
    while some := list(islice(values, AT_ONCE)):
        connection.exec_driver_sql(statement, some)
        count += len(some)
    return count


def _again(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _values(row: dict[str, Any], names: Sequence[str], texts: Sequence[bool]) -> tuple[Any, ...]:
    return tuple(
        json.dumps(row[name]) if text else row[name] for name, text in zip(names, texts, strict=True)
    )
