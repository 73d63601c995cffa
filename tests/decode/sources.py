"""Where decoding tests get their bytes from."""

import io
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from driftlock.decode import decode
from driftlock.model import DecodingReport, Event, Kind

GOLDEN = Path(__file__).parent / "golden"


class Dribble(io.RawIOBase):
    """Gives at most the next of *sizes* bytes a read, over and over, however many are asked for."""

    def __init__(self, data: bytes, sizes: tuple[int, ...]) -> None:
        self._data = data
        self._sizes = sizes
        self._at = 0
        self._reads = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        limit = self._sizes[self._reads % len(self._sizes)]
        self._reads += 1
        piece = self._data[self._at : self._at + (limit if size < 0 else min(limit, size))]
        self._at += len(piece)
        return piece


def read_all(
    data: bytes | BinaryIO,
    *,
    name: str = "",
    format: str | None = None,
    kind: Kind | None = None,
    digest: bytes = b"",
) -> tuple[list[Event], DecodingReport]:
    """All events of *data* and the report."""
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    decoding = decode(source, name=name, format=format, kind=kind, digest=digest)
    events = [event for batch in decoding for event in batch]
    return events, decoding.report()


def golden_inputs() -> list[Path]:
    """The input of every golden pair."""
    return sorted(
        path
        for path in GOLDEN.iterdir()
        if not path.name.endswith(".expected.json") and not path.name.startswith(".")
    )


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """*data* in pieces, cut at *places* (taken modulo its length)."""
    marks = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[begin:end] for begin, end in pairwise(marks)]
