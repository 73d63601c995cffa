"""The numbers of many series until they can be judged: in memory, and on disk where they are many."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import BinaryIO, Final, NamedTuple

MISSING_US: Final = -1

# Numbers of all series together, 24 bytes each and up to an eighth more while an array grows.
HELD_NUMBERS: Final = 200_000
# Given back at a time; how many changes no score.
PIECE_NUMBERS: Final = 20_000
_WIDTH: Final = 8  # bytes of each of the three entries


class Origin(NamedTuple):
    """Where a number came from."""

    seq: int  # 1-based event
    at_us: int  # MISSING_US if the event names no time


@dataclass(slots=True)
class _Numbers:
    """Of one series: the newest, and which records of it lie where in the file."""

    values: "array[float]" = field(default_factory=lambda: array("d"))
    seqs: "array[int]" = field(default_factory=lambda: array("q"))
    at_us: "array[int]" = field(default_factory=lambda: array("q"))
    firsts: list[int] = field(default_factory=list)  # first record of each part in the file
    places: list[int] = field(default_factory=list)  # byte at which that part begins
    stored: int = 0  # records in the file


class NumberSpool:
    """Numbers by series, each with the event it came from; memory is bounded by the number of series."""

    def __init__(self) -> None:
        self._series: dict[str, _Numbers] = {}
        self._held = 0
        self._file: BinaryIO | None = None

    def close(self) -> None:
        """Let the file go, if there is one."""
        if self._file is not None:
            self._file.close()

    def add(self, name: str, value: float, origin: Origin) -> None:
        """The next record of a series."""
        numbers = self._series.get(name)
        if numbers is None:
            numbers = self._series[name] = _Numbers()
        numbers.values.append(value)
        numbers.seqs.append(origin.seq)
        numbers.at_us.append(origin.at_us)
        self._held += 1
        if self._held >= HELD_NUMBERS:
            self._store()

    def pieces(self, name: str) -> Iterator[tuple["array[float]", "array[int]"]]:
        """Values and times of a series in order, some thousands at a time."""
        numbers = self._series[name]
        ends = [*numbers.firsts[1:], numbers.stored]
        for first, end, place in zip(numbers.firsts, ends, numbers.places, strict=False):
            count = end - first
            for start in range(0, count, PIECE_NUMBERS):
                many = min(PIECE_NUMBERS, count - start)
                yield (
                    array("d", self._read(place + _WIDTH * start, many)),
                    array("q", self._read(place + _WIDTH * (2 * count + start), many)),
                )
        for start in range(0, len(numbers.values), PIECE_NUMBERS):
            part = slice(start, start + PIECE_NUMBERS)
            yield numbers.values[part], numbers.at_us[part]

    def origin(self, name: str, record: int) -> Origin:
        """Of the 0-based *record* of a series."""
        numbers = self._series[name]
        if record >= numbers.stored:
            at = record - numbers.stored
            return Origin(numbers.seqs[at], numbers.at_us[at])
        part = bisect_right(numbers.firsts, record) - 1
        first = numbers.firsts[part]
        count = [*numbers.firsts[1:], numbers.stored][part] - first
        place = numbers.places[part] + _WIDTH * (record - first)
        (seq,) = array("q", self._read(place + _WIDTH * count, 1))
        (at_us,) = array("q", self._read(place + _WIDTH * 2 * count, 1))
        return Origin(seq, at_us)

    def _store(self) -> None:
        """Everything held goes to the end of the file."""
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 closed with the spool, or with the process
        self._file.seek(0, 2)
        for numbers in self._series.values():
            if not numbers.values:
                continue
            numbers.firsts.append(numbers.stored)
            numbers.places.append(self._file.tell())
            numbers.stored += len(numbers.values)
            for entries in (numbers.values, numbers.seqs, numbers.at_us):
                self._file.write(entries.tobytes())
            numbers.values, numbers.seqs, numbers.at_us = array("d"), array("q"), array("q")
        self._held = 0

    def _read(self, place: int, entries: int) -> bytes:
        assert self._file is not None
        self._file.seek(place)
        return self._file.read(_WIDTH * entries)
