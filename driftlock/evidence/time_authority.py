"""A time token for a bundle: the request, the way to an authority, the slot in the archive (RFC 3161)."""

import hashlib
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from driftlock.errors import ApplicationError
from driftlock.evidence.verifier.archive import pack, unpack
from driftlock.evidence.verifier.findings import DAMAGED
from driftlock.evidence.verifier.integrity import TOKEN
from driftlock.evidence.verifier.time_token import read_token, subject

_SHA256: Final = bytes.fromhex("300d06096086480165030402010500")  # AlgorithmIdentifier
_PATIENCE_S: Final = 15
_LARGEST_ANSWER: Final = 100_000  # bytes


class TimeTokenError(ApplicationError):
    """No usable time token; the message says why."""


def time_request(data: bytes) -> bytes:
    """
    What an authority is asked, DER: only the digest of the bundle's signature leaves, nothing else.

    Args:
        data: The bundle.

    Raises:
        TimeTokenError: It is no whole bundle.
    """
    digest = hashlib.sha256(_subject(data)).digest()
    imprint = _SHA256 + b"\x04\x20" + digest
    inside = b"\x02\x01\x01" + _sequence(imprint) + b"\x01\x01\xff"  # version 1, …, certificates wanted
    return _sequence(inside)


def ask_time_authority(url: str, data: bytes) -> bytes:
    """
    The answer of the authority at *url* to :func:`time_request`.

    Raises:
        TimeTokenError: It cannot be reached, or its answer is of other bytes.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise TimeTokenError("The address of a time authority begins with http:// or https://.")
    asked = Request(url, time_request(data), {"Content-Type": "application/timestamp-query"})
    try:
        with urlopen(asked, timeout=_PATIENCE_S) as answer:
            token: bytes = answer.read(_LARGEST_ANSWER)
    except (URLError, OSError, ValueError) as error:
        raise TimeTokenError("The time authority did not answer. Check its address and try again.") from error
    bundle_bytes_with_token(data, token)
    return token


def bundle_bytes_with_token(data: bytes, token: bytes) -> bytes:
    """
    The bundle with *token* in its slot; all other files stay as they are.

    Raises:
        TimeTokenError: The token is of other bytes, was refused, or is damaged.
    """
    expected = hashlib.sha256(_subject(data)).digest()
    try:
        digest = read_token(token).digest
    except DAMAGED as error:
        raise TimeTokenError(f"The answer of the time authority is no time token: {error}.") from error
    if digest != expected:
        raise TimeTokenError("The time token is of other bytes than this bundle. Ask for one of this bundle.")
    files, _ = unpack(data)
    return pack(files | {TOKEN: token})


def _subject(data: bytes) -> bytes:
    files, problems = unpack(data)
    try:
        if problems:
            raise TimeTokenError(f"This is no whole bundle: {problems[0]}.")
        return subject(files)
    except KeyError as error:
        raise TimeTokenError("This is no whole bundle: it has no manifest.") from error


def _sequence(content: bytes) -> bytes:
    assert len(content) < 128  # one byte of length
    return b"\x30" + bytes([len(content)]) + content
