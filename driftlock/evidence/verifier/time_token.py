"""
The time an authority put beside a bundle (RFC 3161, in CMS, RFC 5652), read with the standard library alone.

Read here: which bytes the token is of, the time it names, and, against a certificate
the reader trusts, whether the authority's RSA key signed it. Chains of certificates,
their dates and revocations are not followed: that is what `openssl ts -verify` is for.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from driftlock.evidence.verifier.findings import Findings
from driftlock.evidence.verifier.integrity import MANIFEST, SIGNATURE, TOKEN

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_TST_INFO: Final = bytes.fromhex("2a864886f70d0109100104")
_CONTENT_TYPE: Final = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
_RSA: Final = bytes.fromhex("2a864886f70d010101")
# Digests by object identifier; and RSA with one of them.
_DIGESTS: Final = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_RSA_WITH: Final = {
    bytes.fromhex("2a864886f70d01010b"): "sha256",
    bytes.fromhex("2a864886f70d01010c"): "sha384",
    bytes.fromhex("2a864886f70d01010d"): "sha512",
}
_TIME: Final = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z")
_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_LONGEST_CERTIFICATE: Final = 20_000  # bytes
_SMALLEST_RSA: Final = 2048  # bits


class Der(NamedTuple):
    """One value of DER: its tag, its content, and all of its bytes."""

    tag: int
    content: bytes
    whole: bytes


class Token(NamedTuple):
    """What a time token says."""

    digest: bytes  # SHA-256 of what it is of
    moment: str  # ISO, UTC
    info: bytes  # what is signed, by way of its digest
    signer: list[Der]  # parts of the SignerInfo


def subject(files: Mapping[str, bytes]) -> bytes:
    """What a time token is of: the signature, or the manifest where nobody signed."""
    return files[SIGNATURE] if SIGNATURE in files else files[MANIFEST]


def check_time(
    found: Findings, files: Mapping[str, bytes], authority: bytes | None
) -> tuple[str | None, bool]:
    """The time the token names, if it is of this bundle, and whether the given *authority* signed it."""
    if TOKEN not in files:
        found.unchecked("time", TOKEN, "no time token: nobody but the signer says when it was made")
        return None, False
    token = read_token(files[TOKEN])
    of = SIGNATURE if SIGNATURE in files else MANIFEST
    right = token.digest == hashlib.sha256(subject(files)).digest()
    said, other = f"is of {of} and names {token.moment}", f"is of other bytes than {of}: of another bundle"
    if not found.add("time", TOKEN, right, said, other):
        return None, False
    name = "signature of the time authority"
    if authority is None:
        hint = f"openssl ts -verify -in {TOKEN} -data {of} -CAfile AUTHORITY.pem"
        found.unchecked("time", name, f"give its certificate with --authority, or check it with: {hint}")
        return token.moment, False
    signed = found.add(
        "time", name, is_by(token, authority), "by the certificate you gave", "not by that certificate"
    )
    return token.moment, signed


def read_token(answer: bytes) -> Token:
    """
    What is in the answer of an authority, a TimeStampResp.

    Raises:
        ValueError: It is none, it was refused, or its digest is not SHA-256.
    """
    status, wrapped = parts(_only(answer).content)
    if int.from_bytes(parts(status.content)[0].content, "big") > 1:
        raise ValueError("the authority refused")
    kind, held = parts(wrapped.content)
    if kind.content != _SIGNED_DATA:
        raise ValueError("no signed data in it")
    signed = parts(parts(held.content)[0].content)
    what, inside = parts(signed[2].content)
    if what.content != _TST_INFO:
        raise ValueError("no time in it")
    info = parts(inside.content)[0].content
    _, _, imprint, _, moment, *_ = parts(_only(info).content)
    algorithm, digest = parts(imprint.content)
    if _DIGESTS.get(parts(algorithm.content)[0].content) != "sha256":
        raise ValueError("its digest is not SHA-256")
    found = _TIME.fullmatch(moment.content)
    if found is None:
        raise ValueError("its time is not written as RFC 3161 says")
    year, month, day, hour, minute, second, share = (part.decode() if part else "" for part in found.groups())
    return Token(
        digest=digest.content,
        moment=f"{year}-{month}-{day}T{hour}:{minute}:{second}{share}Z",
        info=info,
        signer=parts(parts(signed[-1].content)[0].content),
    )


def is_by(token: Token, certificate: bytes) -> bool:
    """
    Whether the RSA key of *certificate* (PEM) signed the token (PKCS #1 v1.5, RFC 8017, section 8.2.2).

    Raises:
        ValueError: The certificate is none, or its key no RSA key of 2,048 bits or more.
    """
    modulus, exponent = rsa_key(certificate)
    _, _, digesting, attributes, signing, signature, *_ = token.signer
    digest = _DIGESTS[parts(digesting.content)[0].content]
    algorithm = parts(signing.content)[0].content
    if algorithm != _RSA and _RSA_WITH.get(algorithm) != digest:
        raise ValueError("signed in a way that is not read here; openssl ts -verify reads it")
    named = {
        pair[0].content: parts(pair[1].content)[0].content for pair in map(_pair, parts(attributes.content))
    }
    if (
        named[_CONTENT_TYPE] != _TST_INFO
        or named[_MESSAGE_DIGEST] != hashlib.new(digest, token.info).digest()
    ):
        return False
    # Signed as the SET that it is, not as the field that it stands in.
    hashed = hashlib.new(digest, b"\x31" + attributes.whole[1:]).digest()
    identifier = next(oid for oid, name in _DIGESTS.items() if name == digest)
    named_digest = (
        b"\x30" + bytes([len(identifier) + 4]) + b"\x06" + bytes([len(identifier)]) + identifier + b"\x05\x00"
    )
    inner = named_digest + b"\x04" + bytes([len(hashed)]) + hashed
    length = (modulus.bit_length() + 7) // 8
    tail = b"\x00\x30" + bytes([len(inner)]) + inner
    expected = b"\x00\x01".ljust(length - len(tail), b"\xff") + tail
    if len(signature.content) != length:
        return False
    return (
        pow(int.from_bytes(signature.content, "big"), exponent, modulus).to_bytes(length, "big") == expected
    )


def rsa_key(certificate: bytes) -> tuple[int, int]:
    """Modulus and exponent of the key in an X.509 certificate, PEM; raises ValueError as :func:`is_by`."""
    if len(certificate) > _LONGEST_CERTIFICATE:
        raise ValueError(f"no certificate: {len(certificate)} bytes")
    pem = _PEM.search(certificate)
    if pem is None:
        raise ValueError("no certificate in PEM")
    fields = parts(parts(_only(base64.b64decode(b"".join(pem[1].split()))).content)[0].content)
    algorithm, key = parts(fields[6 if fields[0].tag == 0xA0 else 5].content)
    if parts(algorithm.content)[0].content != _RSA:
        raise ValueError("the certificate holds no RSA key; openssl ts -verify reads others")
    modulus, exponent = (int.from_bytes(one.content, "big") for one in parts(_only(key.content[1:]).content))
    if modulus.bit_length() < _SMALLEST_RSA or not 3 <= exponent < 2**64:
        raise ValueError(f"its RSA key is no key of {_SMALLEST_RSA} bits or more")
    return modulus, exponent


def parts(data: bytes) -> list[Der]:
    """The values that *data* is made of, one behind the other."""
    found, at = [], 0
    while at < len(data):
        length, start = data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise ValueError("a length that DER does not have")
            length, start = int.from_bytes(data[start : start + count], "big"), start + count
        if start + length > len(data):
            raise ValueError("cut off")
        found.append(Der(data[at], data[start : start + length], data[at : start + length]))
        at = start + length
    return found


def _only(data: bytes) -> Der:
    (one,) = parts(data)
    return one


def _pair(attribute: Der) -> tuple[Der, Der]:
    one, two = parts(attribute.content)
    return one, two
