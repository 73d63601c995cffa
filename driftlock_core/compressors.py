"""Compressors behind one contract: plain size, and cost of a text when another is already known."""

import zlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Final, Protocol

import lz4.block
import zstandard

from driftlock_core import kernel, openzl_compressor
from driftlock_core.errors import UnknownCompressor

KIB: Final = 1024


class Digest(Protocol):
    """A dictionary made ready once, against which many texts are costed."""

    def cost(self, text: bytes | memoryview) -> int:
        """Compressed size of *text* in bytes when the dictionary is known."""

    def costs(self, text: memoryview, borders: Sequence[int]) -> list[int]:
        """:meth:`cost` of each piece of *text* between neighbouring *borders*."""

    def line_costs(self, lines: Sequence[bytes], start: int, stop: int, step: int) -> list[int]:
        """:meth:`cost` of each *step* of the lines from *start* to *stop*, each followed by a newline."""


class Compressor(Protocol):
    """C(x) and C(x | dictionary), in bytes. Deterministic for a given :attr:`version`."""

    @property
    def name(self) -> str:
        """What profiles call it."""

    @property
    def version(self) -> str:
        """Name, library version and level: part of every result, since sizes depend on it."""

    @property
    def reach(self) -> int:
        """How many bytes of dictionary it can copy from."""

    @property
    def alone(self) -> Digest:
        """The digest of no dictionary."""

    def size(self, text: bytes | memoryview) -> int:
        """Compressed size of *text* alone."""

    def digest(self, dictionary: bytes) -> Digest:
        """Make *dictionary* ready. Only its last :attr:`reach` bytes can be of use."""


class _CompressBy:
    """A digest by the function that compresses with it."""

    __slots__ = ("_compress",)

    def __init__(self, compress: Callable[[bytes | memoryview], bytes]) -> None:
        self._compress = compress

    def cost(self, text: bytes | memoryview) -> int:
        return len(self._compress(text))

    def costs(self, text: memoryview, borders: Sequence[int]) -> list[int]:
        compress = self._compress
        return [len(compress(text[start:stop])) for start, stop in pairwise(borders)]

    def line_costs(self, lines: Sequence[bytes], start: int, stop: int, step: int) -> list[int]:
        compress, join = self._compress, b"\n".join
        ends = (*range(start + step, stop, step), stop)
        return [
            len(compress(join([*lines[at:end], b""])))
            for at, end in zip(range(start, stop, step), ends, strict=False)
        ]


class Zstd:
    """
    Zstandard, level 1, dictionary digested once as raw content.

    Level 1 because detection does not improve with the level while the
    digest gets much dearer. Checksum, content size and dictionary
    id are off: they are constants that only add noise in small sizes. The
    dictionary is capped, since its digest is refreshed with every epoch.
    """

    name = "zstd"
    level = 1
    reach = 256 * KIB

    def __init__(self) -> None:
        library = ".".join(map(str, zstandard.ZSTD_VERSION))
        self.version = f"zstd {library} level {self.level}"
        self.alone = self.digest(b"")

    def size(self, text: bytes | memoryview) -> int:
        """Bytes of one frame."""
        return self.alone.cost(text)

    def digest(self, dictionary: bytes) -> Digest:
        """A raw-content dictionary, digested."""
        if kernel.Digest is not None and _kernel_agrees():
            return kernel.Digest(dictionary, self.level)
        return _digest_by_zstandard(dictionary)


def _digest_by_zstandard(dictionary: bytes) -> Digest:
    known = None
    if dictionary:
        known = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        known.precompute_compress(level=Zstd.level)
    return _CompressBy(
        zstandard.ZstdCompressor(
            level=Zstd.level,
            dict_data=known,
            write_checksum=False,
            write_content_size=False,
            write_dict_id=False,
        ).compress
    )


@cache
def _kernel_agrees() -> bool:
    """
    Whether the kernel, which calls libzstd itself, finds the sizes that zstandard finds.

    Asked once in a process, some three milliseconds: two kinds of sizes in one
    history would be worse than slow ones.
    """
    assert kernel.Digest is not None
    text = b"".join(b"%d: unit %x took %d ms\n" % (i, i * i * 7919, i % 97) for i in range(2000))
    for known in (0, 3000, 30_000):
        ours, theirs = kernel.Digest(text[:known], Zstd.level), _digest_by_zstandard(text[:known])
        if any(ours.cost(text[-n:]) != theirs.cost(text[-n:]) for n in (1, 400, 20_000)):
            return False
    return True


class Lz4:
    """LZ4 block format without stored size; the block can copy from the last 64 KiB of the dictionary."""

    name = "lz4"
    reach = 64 * KIB

    def __init__(self) -> None:
        self.version = f"lz4 {lz4.library_version_string()} block"
        self.alone: Digest = _CompressBy(partial(lz4.block.compress, store_size=False))

    def size(self, text: bytes | memoryview) -> int:
        """Bytes of one block."""
        return len(lz4.block.compress(text, store_size=False))

    def digest(self, dictionary: bytes) -> Digest:
        """The dictionary is loaded anew for each text; LZ4 has no digested form."""
        reachable = dictionary[-self.reach :]
        return _CompressBy(partial(lz4.block.compress, store_size=False, dict=reachable))


class Gzip:
    """
    Raw deflate, level 6, 32 KiB window, by the zlib that Python itself uses.

    Level 6, deflate's usual one: the lower levels take the first copy they
    meet, and a dictionary can then make a text dearer than none.
    """

    name = "gzip"
    level = 6
    reach = 32 * KIB

    def __init__(self) -> None:
        self.version = f"gzip zlib {zlib.ZLIB_RUNTIME_VERSION} level {self.level}"
        self.alone: Digest = _CompressBy(self.compressor(b""))

    def size(self, text: bytes | memoryview) -> int:
        """Bytes of one raw deflate stream."""
        return self.alone.cost(text)

    def digest(self, dictionary: bytes) -> Digest:
        """The dictionary is hashed once; each text starts from a copy of that state."""
        return _CompressBy(self.compressor(dictionary[-self.reach :]))

    @classmethod
    def compressor(cls, known: bytes) -> Callable[[bytes | memoryview], bytes]:
        """The raw deflate stream of a text, after *known* of at most :attr:`reach` bytes."""
        if not known:  # a new state is cheaper than a copied one
            return lambda text: _stream_of(zlib.compressobj(cls.level, wbits=-15), text)
        ready = zlib.compressobj(cls.level, wbits=-15, zdict=known)
        return lambda text: _stream_of(ready.copy(), text)


def _stream_of(state: "zlib._Compress", text: bytes | memoryview) -> bytes:
    return state.compress(text) + state.flush()


_BUILT_IN: Final[dict[str, Callable[[], Compressor]]] = {"zstd": Zstd, "lz4": Lz4, "gzip": Gzip}
COMPRESSORS: Final = tuple(_BUILT_IN)
_OPTIONAL: Final[dict[str, Callable[[], Compressor]]] = {openzl_compressor.NAME: openzl_compressor.OpenZl}
OPTIONAL_COMPRESSORS: Final = tuple(_OPTIONAL)  # known by name, there if their library is installed


def compressor_text(name: str) -> str:
    """
    The name as readers see it.

    >>> compressor_text("zstd"), compressor_text("openzl")
    ('zstd', 'openzl (not calibrated)')
    """
    return f"{name} ({openzl_compressor.NOT_CALIBRATED})" if name in _OPTIONAL else name


def compressor_named(name: str) -> Compressor:
    """
    The compressor a profile names.

    Raises:
        UnknownCompressor: With the names that exist, or with what to install for this one.

    >>> compressor_named("lz4").reach
    65536
    """
    try:
        make = (_BUILT_IN | _OPTIONAL)[name]
    except KeyError:
        raise UnknownCompressor(
            f'no compressor is called "{name}"; there are {", ".join((*COMPRESSORS, *OPTIONAL_COMPRESSORS))}'
        ) from None
    return make()
