"""
Bytes of a file, unpacked, in bounded pieces.

Compression is told by the first bytes, never by a name: a ``.gz`` that is
plain text is read as text, and a gzip file called ``.log`` is unpacked.
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from driftlock.decode.errors import OutputLimitExceeded, UnreadableCompression

BLOCK_BYTES = 256 * 1024  # handed on at a time, and the most that is read from a plain source at a time
# Of a compressed source. What was read counts as progress, and so little is soon unpacked and passed on.
PACKED_BYTES = 8 * 1024
DEFAULT_OUTPUT_LIMIT = 4 * 1024**3  # bytes out of one compressed file

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = tuple(bytes([0x50 + n]) + b"\x2a\x4d\x18" for n in range(16))
# A zstd block of 4 bytes can stand for 128 KiB, and the library has no output limit: what is fed at a time
# bounds what can come out, 1 KiB -> 32 MiB at the very worst.
_ZSTD_FEED = 1024
_ZSTD_LARGEST_WINDOW = 128 * 1024**2  # bytes; what `zstd --long` writes


class Unpacked:
    """
    The uncompressed blocks of *source*; iterable once.

    ``compression`` is known after construction ("gzip", "zstd" or None);
    ``bytes_read`` counts what was taken from the source, compressed.

    Raises:
        UnreadableCompression: While iterating, at damage or a missing end.
        OutputLimitExceeded: While iterating, past *limit* unpacked bytes.
    """

    def __init__(self, source: BinaryIO, *, name: str = "", limit: int = DEFAULT_OUTPUT_LIMIT) -> None:
        self._source = source
        self._name = name
        self._limit = limit
        self.bytes_read = 0
        self._first = b""
        while len(self._first) < 4 and (piece := self._read(PACKED_BYTES)):
            self._first += piece
        if self._first.startswith(_GZIP):
            self.compression: str | None = "gzip"
        elif self._first.startswith((_ZSTD, *_ZSTD_SKIPPABLE)):
            self.compression = "zstd"
        else:
            self.compression = None

    def __iter__(self) -> Iterator[bytes]:
        if self.compression == "gzip":
            return _gathered(self._capped(self._gunzip()))
        if self.compression == "zstd":
            return _gathered(self._capped(self._unzstd()))
        return _gathered(self._pieces())

    def _read(self, size: int) -> bytes:
        piece = self._source.read(size)
        self.bytes_read += len(piece)
        return piece

    def _pieces(self) -> Iterator[bytes]:
        yield self._first
        size = PACKED_BYTES if self.compression else BLOCK_BYTES
        while piece := self._read(size):
            yield piece

    def _capped(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        out = 0
        for piece in pieces:
            out += len(piece)
            if out > self._limit:
                raise OutputLimitExceeded(self._name, self._limit)
            yield piece

    def _damaged(self, codec: str, reason: str) -> UnreadableCompression:
        return UnreadableCompression(self._name, codec, self.bytes_read, reason)

    def _gunzip(self) -> Iterator[bytes]:
        member = zlib.decompressobj(wbits=31)
        tail = b""  # of a finished member: padding, or the first bytes of the next one
        for piece in self._pieces():
            rest = tail + piece
            tail = b""
            while rest:
                if member.eof:
                    rest = rest.lstrip(b"\x00")  # tape blocks are padded with zeros after the last member
                    if len(rest) < 2:
                        tail = rest
                        break
                    if not rest.startswith(_GZIP):
                        raise self._damaged("gzip", "other bytes follow its end")
                    member = zlib.decompressobj(wbits=31)
                try:
                    yield member.decompress(rest, BLOCK_BYTES)
                except zlib.error as error:
                    raise self._damaged("gzip", "its bytes are damaged") from error
                rest = member.unused_data if member.eof else member.unconsumed_tail
        while not member.eof:
            # Output held back by the block limit; without any left, the end is missing.
            held = member.decompress(member.unconsumed_tail, BLOCK_BYTES)
            if not held and not member.eof:
                raise self._damaged("gzip", "it breaks off before its end")
            yield held
        if tail:
            raise self._damaged("gzip", "other bytes follow its end")

    def _unzstd(self) -> Iterator[bytes]:
        unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_LARGEST_WINDOW)
        frame = unpacker.decompressobj()
        fresh = True  # nothing of this frame was fed yet
        for piece in self._pieces():
            for begin in range(0, len(piece), _ZSTD_FEED):
                rest = piece[begin : begin + _ZSTD_FEED]
                while rest:
                    if frame.eof:
                        frame = unpacker.decompressobj()
                    fresh = False
                    try:
                        yield frame.decompress(rest)
                    except zstandard.ZstdError as error:
                        raise self._damaged("zstd", "its bytes are damaged") from error
                    rest = frame.unused_data if frame.eof else b""
        if not (fresh or frame.eof):
            raise self._damaged("zstd", "it breaks off before its end")


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces put together: a reader that dribbles must not cost a Python round for each byte."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= BLOCK_BYTES:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    if size:
        yield b"".join(waiting)
