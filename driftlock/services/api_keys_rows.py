"""Keys that programs sign in with: the nouns, and what of them is kept."""

import base64
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, get_args

KeyRole = Literal["stream", "viewer", "analyst", "operator", "auditor", "admin"]
KEY_ROLES: Final[tuple[KeyRole, ...]] = get_args(KeyRole)  # stream: may send events, and nothing else
PREFIX: Final = "dlk_"
SECRET_BYTES: Final = 20
HINT: Final = (
    4  # characters of the secret that lists show, and that a wrong key fails at without being hashed
)
_FORM: Final = re.compile(r"dlk_([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\.([a-z2-7]{32})").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as lists show it."""

    id: str
    name: str
    role: KeyRole
    stream_id: str | None  # that it may send to; None: any
    hint: str  # first characters of the secret
    by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    used_from: str | None
    revoked_at: datetime | None
    replaces: str | None  # the key it was made from by rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """What a key that was sent is checked against."""

    tenant: str
    key: ApiKey
    hash: str  # Argon2id of the whole key


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made. Shown once; only its hash is kept."""

    id: str
    key: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who sent a request."""

    tenant: str
    key_id: str
    role: KeyRole
    stream_id: str | None


class ApiKeyTable(Protocol):
    """Keys."""

    def add(self, stored: StoredKey) -> None: ...

    def find(self, key_id: str) -> StoredKey | None:
        """Of whatever tenant, unless that is suspended or removed."""

    def all(self, tenant: str) -> list[ApiKey]: ...

    def end(self, tenant: str, key_id: str, *, at: datetime) -> bool:
        """Revoked from then on, or from earlier on if it was; False: the tenant has no such key."""

    def expire(self, tenant: str, key_id: str, *, at: datetime) -> None:
        """Over at the latest then."""

    def used(self, tenant: str, key_id: str, *, at: datetime, address: str | None) -> None: ...


def new_key() -> tuple[str, str, str]:
    """A key of 160 random bits, its id and its hint."""
    made = uuid.uuid4()
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().lower()
    return f"{PREFIX}{made}.{secret}", made.hex, secret[:HINT]


def parts(text: str) -> tuple[str, str] | None:
    """
    Id and secret of a key; None: it has not the form of one.

    >>> parts("dlk_1c1f7b1e-0000-4000-8000-000000000000." + "a" * 32)[0]
    '1c1f7b1e000040008000000000000000'
    >>> parts("dlk_x.y")
    """
    found = _FORM(text)
    return (found[1].replace("-", ""), found[2]) if found else None
