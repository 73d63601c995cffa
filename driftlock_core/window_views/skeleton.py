"""Which statement of a program wrote a line: the line's words without what varies."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.window_views.line_cache import LineCache

Ints = npt.NDArray[np.int64]

_TOKENS = re.compile(rb"""<[^<>]*>|[^\s,;=()\[\]{}<>|"':]+""")
_LETTERS = bytes(97 if byte >= 128 else byte for byte in range(256))  # bytes of other scripts are letters too
_VARIABLE: Final = b"*"


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


_keys = LineCache(skeleton_of)


def skeleton_keys(canonical: Sequence[bytes]) -> Ints:
    """64-bit digest of each line's skeleton, shape ``(lines,)``: the same in every process."""
    return np.fromiter(map(_keys.__getitem__, canonical), dtype=np.int64, count=len(canonical))
