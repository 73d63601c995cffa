"""
Rows as lines of text that mean the same in every database.

A line is a JSON array of a row's columns in the order of the table; bytes are base64, times ISO 8601 in UTC, numbers
that JSON has no word for their names. The lines of a table come in the order of its key, so equal tables give equal
bytes, whichever database they lie in.
"""

import base64
import hashlib
import json
import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from driftlock.storage.types import UtcTime, write_json

# Of one table that are held at once; a payload may be large.
ROWS_AT_ONCE: Final = 200
Code = Callable[[Any], Any]


def lines(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    """Every row of *table*, one after the other, however many there are."""
    codes = [_encoder(column) for column in table.columns]
    query = sa.select(table).order_by(*table.primary_key.columns)
    streaming = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    for row in connection.execute(query, execution_options=streaming):
        values = [
            value if code is None or value is None else code(value)
            for code, value in zip(codes, row, strict=True)
        ]
        yield write_json(values).encode() + b"\n"


def row_of(line: bytes, names: list[str], codes: list[Code | None]) -> dict[str, Any]:
    """
    The row that a line holds.

    Raises:
        ValueError: It holds none.
    """
    values = json.loads(line)
    if not isinstance(values, list) or len(values) != len(names):
        raise ValueError("a line has another number of columns")
    return {
        name: value if code is None or value is None else code(value)
        for name, value, code in zip(names, values, codes, strict=True)
    }


def decoders(table: sa.Table) -> list[Code | None]:
    """How to read each column."""
    return [_decoder(column) for column in table.columns]


def digest(connection: sa.Connection, table: sa.Table) -> tuple[int, str]:
    """How many rows, and the SHA-256 of their lines."""
    sha256, rows = hashlib.sha256(), 0
    for line in lines(connection, table):
        sha256.update(line)
        rows += 1
    return rows, sha256.hexdigest()


def count(connection: sa.Connection, table: sa.Table) -> int:
    """How many rows."""
    return connection.scalars(sa.select(sa.func.count()).select_from(table)).one()


def _encoder(column: sa.Column[Any]) -> Code | None:
    if isinstance(column.type, sa.LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    if isinstance(column.type, UtcTime):
        return datetime.isoformat
    if isinstance(column.type, sa.Double):
        return lambda value: value if math.isfinite(value) else str(value)
    return None


def _decoder(column: sa.Column[Any]) -> Code | None:
    if isinstance(column.type, sa.LargeBinary):
        return lambda value: base64.b64decode(value, validate=True)
    if isinstance(column.type, UtcTime):
        return datetime.fromisoformat
    if isinstance(column.type, sa.Double):
        return float
    return None
