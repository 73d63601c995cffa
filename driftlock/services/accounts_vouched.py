"""Whom an identity provider vouches for, read from the claims of its token (OpenID Connect Core 1.0, 2 and 5.1)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from driftlock.services.accounts_rows import Refused

UNKNOWN: Final = (
    "Your identity provider vouches for you, but nobody of that address has an account or an open invitation here. "
    "Ask somebody who manages people to invite you."
)
UNVERIFIED: Final = (
    "Your identity provider does not say that it has verified your e-mail address, so it opens nothing here. Have it "
    "verified there, or sign in with a password."
)
INCOMPLETE: Final = (
    "Your identity provider does not say who you are: its token needs an e-mail address, a subject, an issuer and a "
    "time. Whoever set it up can have it say so."
)
ENDED: Final = "What your identity provider said of you is over. Sign in there again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Somebody with a verified address."""

    subject: str  # SHA-256 of the issuer and what it calls the person
    email: str  # in small letters
    name: str | None
    sign_in: str  # SHA-256 of what tells this sign-in from all others
    at: datetime


def vouched(claims: Mapping[str, object]) -> Vouched:
    """
    Who that is.

    Raises:
        Refused: The claims do not say it, or the address is not verified.
    """
    email, subject, issuer = claims.get("email"), claims.get("sub"), claims.get("iss")
    if not isinstance(email, str) or not isinstance(subject, str) or not isinstance(issuer, str):
        raise Refused(INCOMPLETE)
    # A word is no truth value: "false" would be true.
    if claims.get("email_verified") is not True:
        raise Refused(UNVERIFIED)
    address = email.strip().lower()
    # The Kelvin sign in small letters is a k, and belongs to another mailbox.
    if not address or "\0" in address or address.isascii() != email.isascii():
        raise Refused(UNVERIFIED)
    name = claims.get("name")
    # Claims, and not the cookie they came in: the same signature can be written in several ways, and a cookie that
    # was cut in pieces is the same for all who sign in within a second.
    told = json.dumps([issuer, subject, claims.get("iat"), claims.get("nonce")])
    return Vouched(
        subject=_digest(f"{issuer}\0{subject}"),
        email=address,
        name=name if isinstance(name, str) else None,
        sign_in=_digest(told),
        at=_moment(claims.get("iat")),
    )


def _moment(issued: object) -> datetime:
    try:
        return datetime.fromtimestamp(float(issued), UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        raise Refused(INCOMPLETE) from None


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
