"""Column types that mean the same on every database."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcTime(sa.TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is dropped on the way in and put back on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; times are aware UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def json_column() -> sa.types.TypeEngine[Any]:
    """
    JSON as the text that was written, on every database.

    PostgreSQL's binary form forgets the order of keys and the sign of zero, and takes no NUL; evidence comes back
    to the last character.
    """
    return sa.JSON(none_as_null=True)


def write_json(value: object) -> str:
    """
    Compact JSON. NaN and infinity are no JSON and are refused here, not by the reader years later.

    >>> write_json({"a": [1, 2.5, None]})
    '{"a":[1,2.5,null]}'
    """
    return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
