"""
Anchors: a baseline frozen on a day, cut into blocks that another one's blocks are held against.

Docs: docs/measures/drift-anchors.md.
"""

import hashlib
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt
import zstandard

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import Compressor, compressor_named
from driftlock_core.digests import canonical_digest
from driftlock_core.epoch import text_of
from driftlock_core.errors import DriftlockError, TooFewEvents
from driftlock_core.profiles import Profile

Ints = npt.NDArray[np.int64]

BLOCKS: Final = 8  # that a baseline is cut into
FEWEST_BLOCKS: Final = 4  # of three, some would leave no two that are not neighbours
MOST_BLOCKS: Final = 32  # of a longer stretch; more would say little and cost their square
# Costs are compared as whole millionths of what two blocks take alone: sums of them do not depend on their order.
UNIT: Final = 1_000_000
_PACKING_LEVEL: Final = 9


class DamagedAnchor(DriftlockError):
    """What was kept of an anchor is not what was frozen."""


class Blocks:
    """
    A stretch of canonical events cut into blocks of equal length, each ready to be compressed against others.

    Args:
        canonical: Events; what is left behind the last whole block is not looked at.
        block: Events of one block, see :func:`block_of`.

    Raises:
        TooFewEvents: Not even four blocks.
    """

    def __init__(self, canonical: Sequence[bytes], block: int, compressor: Compressor) -> None:
        count = len(canonical) // block
        if count < FEWEST_BLOCKS:
            raise TooFewEvents(needed=FEWEST_BLOCKS * block, have=len(canonical))
        # Of a long stretch blocks from all over it: its beginning alone would say nothing of its end.
        chosen = [at * count // min(count, MOST_BLOCKS) for at in range(min(count, MOST_BLOCKS))]
        parts = [canonical[at * block : (at + 1) * block] for at in chosen]
        self.texts = [text_of(part) for part in parts]
        self.alone: Ints = np.array([compressor.size(text) for text in self.texts], dtype=np.int64)
        self._digests = [compressor.digest(dictionary(part, compressor.reach)) for part in parts]
        self._joined = b"".join(self.texts)
        self._borders = [*accumulate(map(len, self.texts), initial=0)]
        self.digest = hashlib.sha256(self._joined).digest()  # of all their texts
        self._within: Ints | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def costs_of(self, other: "Blocks") -> Ints:
        """Bytes of each block of *other* (columns) when one of these (rows) is known."""
        text = memoryview(other._joined)
        rows = [digest.costs(text, other._borders) for digest in self._digests]
        return np.array(rows, dtype=np.int64)

    @property
    def within(self) -> Ints:
        """Unlikeness of each two of these blocks, in millionths; 0 on the diagonal."""
        if self._within is None:
            costs = self.costs_of(self)
            self._within = _shares(costs, costs, self.alone, self.alone)
            np.fill_diagonal(self._within, 0)
        return self._within


def block_of(profile: Profile) -> int:
    """
    Events of one block: an eighth of a baseline, which at the shipped sizes is one window.

    >>> from driftlock_core.profiles import BALANCED
    >>> block_of(BALANCED)
    50
    """
    return max(1, profile.baseline // BLOCKS)


def blocks(canonical: Sequence[bytes], profile: Profile) -> Blocks:
    """*canonical* cut as the streams of *profile* are."""
    return Blocks(canonical, block_of(profile), compressor_named(profile.compressor))


def unlikeness(one: Blocks, other: Blocks) -> Ints:
    """(C(x | y) + C(y | x)) / (C(x) + C(y)) of each block of *one* (rows) and of *other*, in millionths."""
    return _shares(one.costs_of(other), other.costs_of(one), one.alone, other.alone)


def packed(canonical: Sequence[bytes]) -> bytes:
    """
    The events as one text, compressed: what is kept of an anchor.

    >>> unpacked(packed([b"a", b"b"]), canonical_digest([b"a", b"b"]))
    [b'a', b'b']
    """
    return zstandard.ZstdCompressor(level=_PACKING_LEVEL).compress(text_of(canonical))


def unpacked(content: bytes, sha256: str) -> list[bytes]:
    """
    The inverse of :func:`packed`.

    Args:
        sha256: Of the canonical events, as :func:`driftlock_core.digests.canonical_digest` gives it.

    Raises:
        DamagedAnchor: It cannot be unpacked, or holds other events.
    """
    try:
        text = zstandard.ZstdDecompressor().decompress(content)
    except zstandard.ZstdError as error:
        raise DamagedAnchor("the content of the anchor cannot be unpacked") from error
    events = text[:-1].split(b"\n")
    if canonical_digest(events) != sha256:
        raise DamagedAnchor("the content of the anchor has another digest than when it was frozen")
    return events


def _shares(there: Ints, back: Ints, rows: Ints, columns: Ints) -> Ints:
    shares: Ints = UNIT * (there + back.T) // (rows[:, None] + columns[None, :])
    return shares
