"""Digests of events: which bytes a verdict was computed from."""

import hashlib
from collections.abc import Sequence
from struct import pack


def raw_digest(events: Sequence[bytes]) -> str:
    """
    SHA-256 of the events as received: their lengths, then their bytes.

    What is hashed is the length of each event as a 64-bit big-endian number,
    then all events one behind the other. The lengths make it unambiguous for
    events that hold any byte themselves.

    >>> lengths = b"".join(n.to_bytes(8, "big") for n in (2, 0, 1))
    >>> raw_digest([b"ab", b"", b"c"]) == hashlib.sha256(lengths + b"abc").hexdigest()
    True
    """
    lengths = pack(f">{len(events)}Q", *map(len, events))
    return hashlib.sha256(b"".join([lengths, *events])).hexdigest()


def canonical_digest(events: Sequence[bytes]) -> str:
    """SHA-256 of the canonical events, each followed by a newline: the text the compressor saw."""
    return hashlib.sha256(b"\n".join([*events, b""])).hexdigest()
