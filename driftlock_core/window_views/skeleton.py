"""Which statement of a program wrote a line: the line's words without what varies."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_TOKENS = re.compile(rb"""<[^<>]*>|[^\s,;=()\[\]{}<>|"':]+""")
_LETTERS = bytes(97 if byte >= 128 else byte for byte in range(256))  # bytes of other scripts are letters too
_VARIABLE: Final = b"*"

# Keys of lines already seen, for all streams of the process; emptied when full, lines come from outside.
_KNOWN_BYTES: Final = 32 * 1024 * 1024
_ENTRY_OVERHEAD: Final = 160  # bytes that a line's head, its key and a dict slot take beside its text


def skeleton_of(line: bytes) -> bytes:
    """
    The words of a canonical line that hold letters only; every run of other tokens is one ``*``.

    Coarser than the canonical line on purpose: names, paths and identifiers
    that masking leaves alone would make every other line a template of its own.

    >>> skeleton_of(b"worker-<N1> opened /var/lib/db in <N2> ms")
    b'* opened * in * ms'
    >>> skeleton_of('Verbindung getrennt: Schlüssel'.encode()).decode()
    'Verbindung getrennt Schlüssel'
    """
    words: list[bytes] = []
    for token in _TOKENS.findall(line):
        if token.translate(_LETTERS).isalpha():
            words.append(token)
        elif not words or words[-1] != _VARIABLE:
            words.append(_VARIABLE)
    return b" ".join(words)


class _Keys(dict[bytes, int]):
    """Computes what it misses, and holds a bounded number of bytes."""

    held = 0

    def __missing__(self, line: bytes) -> int:
        size = len(line) + _ENTRY_OVERHEAD
        self.held += size
        if self.held > _KNOWN_BYTES:
            self.clear()
            self.held = size
        digest = hashlib.blake2b(skeleton_of(line), digest_size=8).digest()
        self[line] = key = int.from_bytes(digest, "big", signed=True)
        return key


_keys = _Keys()


def skeleton_keys(canonical: Sequence[bytes]) -> Ints:
    """64-bit digest of each line's skeleton, shape ``(lines,)``: the same in every process."""
    return np.fromiter(map(_keys.__getitem__, canonical), dtype=np.int64, count=len(canonical))
