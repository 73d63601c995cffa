"""Signing keys: private ones as files that only their owner can read, public ones kept for ever."""

import hmac
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from driftlock.errors import ApplicationError, NotFound
from driftlock.evidence.verifier.integrity import key_id

FOLDER: Final = "signing"  # below the folder of the application
_DIGEST_KEY: Final = "digests.key"
_OTHERS: Final = 0o077  # permissions of everybody but the owner


class UnusableKey(ApplicationError):
    """A key file cannot be used; the message says why and what to do, never what is in it."""


class Signer(Protocol):
    """Signs statements."""

    @property
    def public_key(self) -> bytes:
        """32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes, the same for the same message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """What may be shown of a key."""

    number: int  # from 1 on, in the order they were made
    public_key: str  # 64 hex digits
    created: str  # as the caller said
    retired: str | None = None  # likewise; None: it can sign

    @property
    def key_id(self) -> str:
        """16 hex digits of the SHA-256 of the public key."""
        return key_id(bytes.fromhex(self.public_key))


class SigningKey:
    """One private key, in memory."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def key_id(self) -> str:
        """As of :class:`KeyInfo`."""
        return key_id(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """64 bytes, the same for the same message (RFC 8032)."""
        return self._private.sign(message)


class KeyRing:
    """
    The keys below one folder.

    The newest key that is not retired signs. Retiring removes the private half
    and keeps the public one, so that what it signed can still be checked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, created: str) -> KeyInfo:
        """
        Make a key, which signs from now on.

        Args:
            created: The day, for people.
        """
        private = Ed25519PrivateKey.generate()
        made = SigningKey(private)
        self._write(
            f"{made.key_id}.key", private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        number = 1 + max((info.number for info in self.list()), default=0)
        return self._keep(KeyInfo(number=number, public_key=made.public_key.hex(), created=created))

    def list(self) -> tuple[KeyInfo, ...]:
        """All keys, oldest first; raises UnusableKey where a file of the folder is damaged."""
        return tuple(
            sorted(map(_info, self._folder.glob("*.json")), key=lambda info: (info.number, info.key_id))
        )

    def info(self, key: str) -> KeyInfo:
        """
        One key.

        Raises:
            NotFound: There is no such key.
        """
        found = next((info for info in self.list() if info.key_id == key), None)
        if found is None:
            raise NotFound(
                "There is no signing key of that id. `driftlock signing list` shows those there are."
            )
        return found

    def public(self, key: str) -> str:
        """A public key as PEM, to be handed out; raises NotFound."""
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.info(key).public_key))
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def retire(self, key: str, on: str) -> KeyInfo:
        """
        Remove the private half of a key for good: it signs no more; raises NotFound.

        Args:
            on: The day, for people; that of an earlier call stays.
        """
        info = self.info(key)
        kept = self._keep(replace(info, retired=info.retired or on))
        (self._folder / f"{key}.key").unlink(missing_ok=True)
        return kept

    def active(self) -> SigningKey | None:
        """
        The key that signs; None where there is none.

        Raises:
            UnusableKey: Its file is missing or damaged, or others can read it.
        """
        usable = [info for info in self.list() if info.retired is None]
        return self._signing_key(usable[-1].key_id) if usable else None

    def digest_key(self, tenant: str) -> bytes:
        """
        The secret that digests of a tenant's events are keyed with, 32 bytes; made when first asked for.

        Without it nobody can guess an event and compare.
        """
        if not (self._folder / _DIGEST_KEY).exists():
            with suppress(FileExistsError):  # another process was sooner
                self._write(_DIGEST_KEY, secrets.token_bytes(32))
        return hmac.digest(self._secret(_DIGEST_KEY), tenant.encode(), "sha256")

    def _signing_key(self, key: str) -> SigningKey:
        try:
            private = load_pem_private_key(self._secret(f"{key}.key"), password=None)
        except ValueError as error:
            raise UnusableKey(f"The private key {key} is damaged. Retire it and make a new one.") from error
        if not isinstance(private, Ed25519PrivateKey) or SigningKey(private).key_id != key:
            raise UnusableKey(f"The file of key {key} holds another key. Retire it and make a new one.")
        return SigningKey(private)

    def _keep(self, info: KeyInfo) -> KeyInfo:
        path = self._folder / f"{info.key_id}.json"
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(info), sort_keys=True) + "\n")
        beside.replace(path)
        return info

    def _write(self, name: str, secret: bytes) -> None:
        """A file that nobody else can read at any moment; raises FileExistsError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(
            os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as file:
            file.write(secret)

    def _secret(self, name: str) -> bytes:
        path = self._folder / name
        try:
            if path.stat().st_mode & _OTHERS:
                raise UnusableKey(
                    f"Others can read {name} in the folder of signing keys. Run chmod 600 on it."
                )
            return path.read_bytes()
        except OSError as error:
            raise UnusableKey(
                f"{name} in the folder of signing keys cannot be read: {error.strerror}. Put it back, or retire the key."
            ) from error


def _info(path: Path) -> KeyInfo:
    try:
        info = KeyInfo(**json.loads(path.read_text()))
        if info.key_id != path.stem:
            raise ValueError("another key")
    except (ValueError, TypeError) as error:
        raise UnusableKey(
            f"{path.name} in the folder of signing keys is damaged. Put it back from a backup."
        ) from error
    return info
