"""Compressed sizes for the slow twin: the same libraries and levels, made anew for every question."""

import zlib
from collections.abc import Callable

import lz4.block
import zstandard

REACH = {"zstd": 256 * 1024, "lz4": 64 * 1024, "gzip": 32 * 1024}  # bytes of dictionary


def text(events: list[bytes]) -> bytes:
    """Each event followed by a newline."""
    return b"".join(event + b"\n" for event in events)


def dictionary(events: list[bytes], reach: int) -> bytes:
    """Distinct events by last occurrence, oldest first; the latest whole ones of together *reach* bytes."""
    distinct = [event for number, event in enumerate(events) if event not in events[number + 1 :]]
    while len(text(distinct)) > reach:
        del distinct[0]
    return text(distinct)


def cost_given(compressor: str, known: bytes) -> Callable[[bytes], int]:
    """Compressed size of a text in bytes when *known* (possibly nothing) is known."""
    compress = {"zstd": zstd, "lz4": lz4_block, "gzip": deflate}[compressor](known)
    return lambda part: len(compress(part))


def zstd(known: bytes) -> Callable[[bytes], bytes]:
    """One frame, level 1, nothing in it but the content; what is known is digested as raw content."""
    prepared = None
    if known:
        prepared = zstandard.ZstdCompressionDict(known, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        prepared.precompute_compress(level=1)
    return zstandard.ZstdCompressor(
        level=1,
        dict_data=prepared,
        write_checksum=False,
        write_content_size=False,
        write_dict_id=False,
    ).compress


def lz4_block(known: bytes) -> Callable[[bytes], bytes]:
    """One block without stored size."""
    extra = {"dict": known} if known else {}
    return lambda part: bytes(lz4.block.compress(part, store_size=False, **extra))


def deflate(known: bytes) -> Callable[[bytes], bytes]:
    """Raw deflate, level 6: a new stream for every text."""

    def compress(part: bytes) -> bytes:
        stream = zlib.compressobj(6, wbits=-15, zdict=known) if known else zlib.compressobj(6, wbits=-15)
        return bytes(stream.compress(part) + stream.flush())

    return compress


def library(compressor: str) -> str:
    """Name, library version and level."""
    return {
        "zstd": f"zstd {'.'.join(map(str, zstandard.ZSTD_VERSION))} level 1",
        "lz4": f"lz4 {lz4.library_version_string()} block",
        "gzip": f"gzip zlib {zlib.ZLIB_RUNTIME_VERSION} level 6",
    }[compressor]
