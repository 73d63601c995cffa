"""What the windows of several blocks are ranked among, in order, column by column."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


class Columns(NamedTuple):
    """A table by columns; small numbers in the place of values, since they alone are compared."""

    values: Ints  # shape (columns, rows)
    ordered: Ints  # each column sorted
    ranks: Small  # of each value, from 1 on: its first place in order


def columns_of(table: Ints, negated: Sequence[int] = ()) -> Columns:
    """
    Of a table of shape ``(rows, statistics)``.

    Args:
        negated: Columns that get one more behind all others: where small values
            are looked for, they are the large ones of that.
    """
    values = np.concatenate((table.T, -table.T[list(negated)]))
    order = np.argsort(values, axis=1)
    order += np.arange(0, values.size, values.shape[1])[:, None]
    ordered = values.reshape(-1)[order]
    ranks = np.empty(values.shape, dtype=np.int32)
    ranks.reshape(-1)[order] = 1 + first_places(ordered)
    return Columns(values, ordered, ranks)


def first_places(ordered: npt.NDArray[np.integer]) -> Small:
    """For each entry along the last axis, which is sorted, where its equals begin."""
    found = np.zeros(ordered.shape, dtype=np.int32)
    place = np.arange(1, ordered.shape[-1], dtype=np.int32)
    np.multiply(ordered[..., 1:] != ordered[..., :-1], place, out=found[..., 1:])
    return np.maximum.accumulate(found, axis=-1, out=found)


class ReferenceSets:
    """
    The newest rows of a table before each block, as many places for every block.

    Blocks with fewer references than others are filled up on the left, by what
    is smaller than any value.

    Args:
        ends: Position behind the newest reference of each block, at least 2.
        most: References count at most.
    """

    def __init__(self, columns: Columns, ends: Ints, most: int) -> None:
        self._columns = columns
        self.m = np.minimum(ends, most)  # shape (blocks,): references
        self.width = int(self.m.max())
        self.filled = self.width - self.m  # shape (blocks,): places that are no references
        places = np.arange(self.width)
        self.real = places >= self.filled[:, None]  # shape (blocks, width)
        self._rows = np.maximum(0, (ends - self.width)[:, None] + places)  # of the table
        # Shape (columns, blocks, width); 0 where filled up.
        self.ranks = columns.ranks[:, self._rows] * self.real
        # One sort of rank and place together is faster than a sort that tells the order.
        bits = self.width.bit_length()
        wide = (columns.values.shape[1] + 1).bit_length() + bits > 31
        keys: npt.NDArray[np.signedinteger] = self.ranks.astype(np.int64 if wide else np.int32)
        keys <<= bits
        keys |= places.astype(keys.dtype)
        keys.sort(axis=-1)
        self.ordered = keys >> bits  # ranks
        self.places = keys & ((1 << bits) - 1)  # among the references, filled ones counted
        self.first = first_places(self.ordered)

    def at(self, columns: Ints, places: Ints) -> Ints:
        """
        Values in order.

        Args:
            columns: Some.
            places: Of each block, 0 for its smallest reference, shape ``(places, blocks)``.

        Returns:
            Shape ``(places, columns, blocks)``.
        """
        blocks = np.arange(len(self.m))
        ranks = self.ordered[columns[:, None], blocks, (self.filled + places)[:, None, :]]
        found: Ints = self._columns.ordered[columns[:, None], ranks - 1]
        return found

    def medians(self, count: int) -> Floats:
        """Of the first *count* columns, shape ``(blocks, columns)``."""
        low, high = self.at(np.arange(count), np.stack(((self.m - 1) // 2, self.m // 2)))
        found: Floats = ((low + high) / 2).T
        return found

    def ranks_from_above(self, columns: Ints) -> Ints:
        """References at least as large as each, as they stand; shape ``(columns, blocks, width)``."""
        found = np.empty((len(columns), len(self.m), self.width), dtype=np.intp)
        rows = np.arange(0, found.size, self.width, dtype=np.intp).reshape(len(columns), -1, 1)
        found.reshape(-1)[self.places[columns] + rows] = self.width - self.first[columns]
        return found

    def at_least(self, columns: Ints, asked: Small) -> Ints:
        """
        References at least as large as other rows of the table.

        Args:
            asked: Ranks of those, shape ``(columns, blocks, windows)``.

        Returns:
            Of the same shape.
        """
        # All blocks of all columns as one sorted array.
        count = len(columns) * len(self.m)
        apart = np.arange(count).reshape(len(columns), -1, 1)
        line = self.ordered[columns] + (apart << 32)
        return self.width * (1 + apart) - np.searchsorted(line.reshape(-1), asked + (apart << 32))

    def topmost(self, columns: Ints) -> Ints:
        """Where among the references the largest stands, the oldest of equal ones; shape ``(columns, blocks)``."""
        found: Ints = self.places[columns[:, None], np.arange(len(self.m)), self.first[columns, :, -1]]
        return found
