"""The checker of signatures against another implementation, and RFC 8032's own examples."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock.evidence.verifier.ed25519 import is_signed

# RFC 8032, section 7.1: secret key, message; public key and signature follow from them.
VECTORS = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
]
ORDER = 2**252 + 27742317777372353535851937790883648493


def other(public, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("secret", "message"), VECTORS)
def test_examples_of_the_standard_hold(secret, message):
    key, text = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)), bytes.fromhex(message)
    assert is_signed(key.public_key().public_bytes_raw(), text, key.sign(text))
    assert not is_signed(key.public_key().public_bytes_raw(), text + b"x", key.sign(text))


@settings(max_examples=60, deadline=None)
@given(
    secret=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=200),
    at=st.integers(0, 95),
    bit=st.integers(0, 7),
)
def test_agrees_with_another_implementation_also_on_damaged_signatures(secret, message, at, bit):
    """A bit flipped in key or signature."""
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert is_signed(public, message, signature)
    damaged = bytearray(public + signature)
    damaged[at] ^= 1 << bit
    given_key, given_signature = bytes(damaged[:32]), bytes(damaged[32:])
    assert (
        is_signed(given_key, message, given_signature) == other(given_key, message, given_signature) is False
    )


@settings(max_examples=60, deadline=None)
@given(public=st.binary(min_size=32, max_size=32), signature=st.binary(min_size=64, max_size=64))
def test_agrees_on_bytes_that_are_no_keys(public, signature):
    assert is_signed(public, b"", signature) == other(public, b"", signature)


def test_a_signature_cannot_be_written_in_a_second_way():
    """The scalar plus the order of the group says the same, and is refused."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"x")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert is_signed(public, b"x", signature)
    assert not is_signed(public, b"x", signature[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize(
    ("public", "signature"), [(b"", bytes(64)), (bytes(31), bytes(64)), (bytes(32), bytes(63))]
)
def test_wrong_lengths_are_no_signature(public, signature):
    assert not is_signed(public, b"", signature)
