"""Numbers of lines already seen, remembered for all streams of a process."""

import hashlib
from collections.abc import Callable
from typing import Final

_KNOWN_BYTES: Final = 32 * 1024 * 1024
_ENTRY_OVERHEAD: Final = 160  # bytes that a line's head, its number and a dict slot take beside its text


class LineCache(dict[bytes, int]):
    """
    From a line to the 64-bit digest of what *text_of* makes of it: the same in every process.

    Computes what it misses, and holds a bounded number of bytes: emptied when full, since lines come from outside.
    """

    def __init__(self, text_of: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._text_of = text_of
        self._held = 0

    def __missing__(self, line: bytes) -> int:
        size = len(line) + _ENTRY_OVERHEAD
        self._held += size
        if self._held > _KNOWN_BYTES:
            self.clear()
            self._held = size
        digest = hashlib.blake2b(self._text_of(line), digest_size=8).digest()
        self[line] = number = int.from_bytes(digest, "big", signed=True)
        return number
