"""Many numbers of many rows, read straight into arrays."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
_AT_ONCE: Final = 256  # rows: their objects stay in the processor's cache until they are numbers
_BEFORE: Final = 20  # bytes of an array that is sent before its elements: how many, of what type


def read(
    connection: sa.Connection,
    whole: Sequence[sa.ColumnElement[Any]],
    real: Sequence[sa.ColumnElement[Any]],
    which: sa.ColumnElement[bool],
    order: sa.ColumnElement[Any],
) -> tuple[Whole, Real]:
    """
    One row of numbers a column, of the rows that *which* names.

    Args:
        whole: Whole numbers and truth values, none of them missing.
        real: A missing one is NaN.

    Returns:
        Shapes ``(len(whole), rows)`` and ``(len(real), rows)``.
    """
    if connection.dialect.name == "postgresql":
        return _packed(connection, whole, real, which, order)
    # As the driver hands them over: the same rows as objects take three times as long.
    cursor = connection.execute(sa.select(*whole, *real).where(which).order_by(order)).cursor
    assert cursor is not None
    wholes, reals = [np.empty((len(whole), 0), np.int64)], [np.empty((len(real), 0), np.float64)]
    while rows := cursor.fetchmany(_AT_ONCE):
        columns = list(zip(*rows, strict=True))
        wholes.append(np.array(columns[: len(whole)], np.int64))
        reals.append(np.array(columns[len(whole) :], np.float64))
    return np.concatenate(wholes, axis=1), np.concatenate(reals, axis=1)


def _packed(
    connection: sa.Connection,
    whole: Sequence[sa.ColumnElement[Any]],
    real: Sequence[sa.ColumnElement[Any]],
    which: sa.ColumnElement[bool],
    order: sa.ColumnElement[Any],
) -> tuple[Whole, Real]:
    """Each column as the bytes of one array: no number becomes an object."""
    nan = sa.cast("NaN", sa.Double)
    asked = [
        # From a truth value there is no direct way.
        sa.cast(sa.cast(one, sa.Integer) if isinstance(one.type, sa.Boolean) else one, sa.BigInteger)
        for one in (*whole, order)
    ] + [sa.func.coalesce(one, nan) for one in real]
    rows = (
        sa.select(*(one.label(f"v{at}") for at, one in enumerate(asked)))
        .where(which)
        .order_by(order)
        .subquery()
    )
    arrays = (sa.func.array_send(sa.func.array_agg(one), type_=sa.LargeBinary) for one in rows.c)
    told = connection.execute(sa.select(*arrays)).one()
    wholes = np.array([_unpacked(one, ">i8") for one in told[: len(whole)]], np.int64)
    reals = np.array([_unpacked(one, ">f8") for one in told[len(whole) + 1 :]], np.float64)
    # An array of sorted rows is sorted, but nothing promises it.
    place = np.argsort(_unpacked(told[len(whole)], ">i8"), kind="stable")
    return wholes[:, place], reals[:, place]


def _unpacked(array: bytes | None, kind: str) -> npt.NDArray[Any]:
    """Numbers of eight bytes, each behind its length; none where there was no row."""
    if array is None:
        return np.empty(0, kind)
    each = np.dtype([("bytes", ">i4"), ("value", kind)])
    return np.frombuffer(array, each, offset=_BEFORE)["value"]
