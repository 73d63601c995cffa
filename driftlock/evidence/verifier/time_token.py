"""
The time an authority put beside a bundle (RFC 3161), as far as the standard library can say.

Read here: whether the authority granted it, which bytes it is of, and the time it
names. Whether the authority really signed it is left to a tool that knows X.509.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from driftlock.evidence.verifier.findings import Findings
from driftlock.evidence.verifier.integrity import MANIFEST, SIGNATURE, TOKEN

_TST_INFO: Final = bytes.fromhex("060b2a864886f70d0109100104")  # id-ct-TSTInfo, as an OBJECT IDENTIFIER
SHA256_ALGORITHM: Final = bytes.fromhex("300d06096086480165030402010500")
_SHA256_BARE: Final = bytes.fromhex("300b0609608648016503040201")  # without the NULL, which is as good
_TIME: Final = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z")


def subject(files: Mapping[str, bytes]) -> bytes:
    """What a time token is of: the signature, or the manifest where nobody signed."""
    return files[SIGNATURE] if SIGNATURE in files else files[MANIFEST]


def check_time(found: Findings, files: Mapping[str, bytes]) -> str | None:
    """The time the token names, if it is of this bundle."""
    if TOKEN not in files:
        found.unchecked("time", TOKEN, "no time token: nobody but the signer says when it was made")
        return None
    with found.reading("time", TOKEN):
        digest, moment = token_says(files[TOKEN])
        of = SIGNATURE if SIGNATURE in files else MANIFEST
        right = digest == hashlib.sha256(subject(files)).digest()
        if not found.add(
            "time", TOKEN, right, f"is of {of} and names {moment}", f"is of other bytes than {of}: of another bundle"
        ):
            return None
        found.unchecked(
            "time",
            "signature of the time authority",
            f"check it with: openssl ts -verify -in {TOKEN} -data {of} -CAfile AUTHORITY.pem",
        )
        return moment
    return None


def token_says(token: bytes) -> tuple[bytes, str]:
    """
    The digest a token is of and the time it names, as ISO text.

    Args:
        token: DER, a TimeStampResp that was granted.

    Raises:
        ValueError: It is none, or its digest is not SHA-256.
    """
    answer, end = _content(token, 0, 0x30)
    if end != len(token):
        raise ValueError("bytes behind the answer")
    status, behind = _content(answer, 0, 0x30)
    granted, _ = _content(status, 0, 0x02)
    if int.from_bytes(granted, "big") > 1:
        raise ValueError("the authority refused")
    at = answer.find(_TST_INFO, behind)
    if at < 0:
        raise ValueError("no time in it")
    wrapped, _ = _content(answer, at + len(_TST_INFO), 0xA0)
    octets, _ = _content(wrapped, 0, 0x04)
    info, _ = _content(octets, 0, 0x30)
    _, at = _content(info, 0, 0x02)  # version
    _, at = _content(info, at, 0x06)  # policy
    imprint, at = _content(info, at, 0x30)
    _, at = _content(info, at, 0x02)  # serial number
    moment, _ = _content(info, at, 0x18)
    algorithm = next((one for one in (SHA256_ALGORITHM, _SHA256_BARE) if imprint.startswith(one)), None)
    if algorithm is None:
        raise ValueError("its digest is not SHA-256")
    digest, _ = _content(imprint, len(algorithm), 0x04)
    parts = _TIME.fullmatch(moment)
    if parts is None:
        raise ValueError("its time is not written as RFC 3161 says")
    year, month, day, hour, minute, second, share = (part.decode() if part else "" for part in parts.groups())
    return digest, f"{year}-{month}-{day}T{hour}:{minute}:{second}{share}Z"


def _content(data: bytes, at: int, tag: int) -> tuple[bytes, int]:
    """Content of the DER value that begins at *at*, and where the next one does."""
    if data[at] != tag:
        raise ValueError(f"tag {data[at]:#x} where {tag:#x} belongs")
    length, start = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise ValueError("a length that DER does not have")
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise ValueError("cut off")
    return data[start : start + length], start + length
