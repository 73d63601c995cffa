"""What flagged windows of the same cause have in common."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

_SPACES: Final = re.compile(rb"[^A-Za-z]+")


def pattern(views: Sequence[str], canonical: Sequence[bytes], event_bits: Sequence[float]) -> str:
    """
    16 hex digits that windows share if the same line carries them.

    Where the bytes stand out it is the letters of the dearest event; elsewhere, where
    no single event can be named, the views that stand out.

    >>> first = pattern(["bytes"], [b"ok 12", b"disk sda1 full"], [3.0, 90.0])
    >>> first == pattern(["bytes", "counts"], [b"disk sdb7 full", b"ok"], [88.0, 1.0])
    False
    >>> first == pattern(["bytes"], [b"disk sda2 full"], [91.0])
    True
    """
    if "bytes" in views and canonical:
        dearest = max(range(len(canonical)), key=lambda place: (event_bits[place], -place))
        cause = b"line " + _SPACES.sub(b" ", canonical[dearest])
    else:
        cause = b"views " + " ".join(sorted(views)).encode()
    return hashlib.blake2b(cause, digest_size=8).hexdigest()


def series_pattern(series: str, view: str) -> str:
    """The same for anomalies of a series: its name and the view that says so."""
    return hashlib.blake2b(f"series {view} {series}".encode(), digest_size=8).hexdigest()
