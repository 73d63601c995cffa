"""OpenZL behind the contract of every compressor; the library is an extra of the project."""

from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, Final

from driftlock_core.errors import CompressorNotInstalled

NAME: Final = "openzl"
TO_INSTALL: Final = 'pip install "openzl==0.3.0"'
# Stands wherever the compressor does: the limits of the profiles were measured with the other three.
NOT_CALIBRATED: Final = "not calibrated"

_OFF: Final = 2  # of a checksum


def installed() -> bool:
    """Whether the library is there; importing it is left to who uses it."""
    return find_spec("openzl") is not None


class OpenZl:
    """
    OpenZL's graph for bytes (Zstandard inside) at level 1.

    The library knows no dictionary. A text costs what it adds to the end of
    one: C(tail + text) − C(tail), the tail up to 4 KiB. So it sees little of
    the baseline, and is slower than the others for it.

    Raises:
        CompressorNotInstalled: The extra is missing.
    """

    name = NAME
    level = 1
    reach = 4_096  # bytes, compressed anew with every text

    def __init__(self) -> None:
        if not installed():
            raise CompressorNotInstalled(
                f'the compressor "{NAME}" is not installed; install it with {TO_INSTALL}, or choose another'
            )
        import openzl.ext

        self._library: Any = openzl.ext
        self._graph: Any = self._library.Compressor()  # must live as long as the context
        for parameter, value in (
            (self._library.CParam.FormatVersion, self._library.MAX_FORMAT_VERSION),
            (self._library.CParam.CompressionLevel, self.level),
            (self._library.CParam.ContentChecksum, _OFF),
            (self._library.CParam.CompressedChecksum, _OFF),
        ):
            self._graph.set_parameter(parameter, value)
        self._graph.select_starting_graph(self._library.graphs.Zstd()(self._graph))
        self._context: Any = self._library.CCtx()
        # Else the context forgets the graph after its first text.
        self._context.set_parameter(self._library.CParam.StickyParameters, 1)
        self._context.ref_compressor(self._graph)
        self.version = (
            f"{NAME} {version('openzl')} format {self._library.MAX_FORMAT_VERSION} level {self.level}, "
            f"{NOT_CALIBRATED}"
        )

    @property
    def alone(self) -> "_Tail":
        """The digest of no dictionary."""
        return _Tail(self, b"")

    def size(self, text: bytes | memoryview) -> int:
        """Bytes of one frame."""
        # An Input only points at the memory: whoever makes it must hold the bytes until they are compressed.
        held = bytes(text)
        return len(self._context.compress([self._library.Input(self._library.Type.Serial, held)]))

    def digest(self, dictionary: bytes) -> "_Tail":
        """The tail of *dictionary*, compressed once to know its size."""
        return _Tail(self, dictionary[-self.reach :])


class _Tail:
    """A digest that compresses the tail again with each text."""

    __slots__ = ("_alone", "_compressor", "_tail")

    def __init__(self, compressor: OpenZl, tail: bytes) -> None:
        self._compressor = compressor
        self._tail = tail
        self._alone = compressor.size(tail) if tail else 0

    def cost(self, text: bytes | memoryview) -> int:
        # A text that makes the whole compress better than its tail alone costs nothing, not less.
        return max(0, self._compressor.size(self._tail + text) - self._alone)

    def costs(self, text: memoryview, borders: Sequence[int]) -> list[int]:
        return [self.cost(text[start:stop]) for start, stop in pairwise(borders)]

    def line_costs(self, lines: Sequence[bytes], start: int, stop: int, step: int) -> list[int]:
        ends = (*range(start + step, stop, step), stop)
        return [
            self.cost(b"\n".join([*lines[at:end], b""]))
            for at, end in zip(range(start, stop, step), ends, strict=False)
        ]
