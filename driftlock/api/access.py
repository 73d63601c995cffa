"""Who may send, and for which tenant."""

import hmac

from fastapi import Request

from driftlock.api.refusals import Refused
from driftlock.model import DEMO


def check_key(request: Request, key: str) -> None:
    """
    Compare the bearer token with *key*, in a time that tells nothing of it; no key, nothing to compare.

    Raises:
        Refused: 401.
    """
    if not key:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = hmac.compare_digest(token.strip().encode(), key.encode())
    if scheme.lower() != "bearer" or not known:
        raise Refused(
            401,
            "Send the key of this server: Authorization: Bearer KEY (DRIFTLOCK_API_KEY).",
            WWW_Authenticate="Bearer",
        )


def tenant(request: Request) -> str:
    """
    The tenant that the request names.

    The header is required: no page of another site can send it from a
    reader's browser without being allowed to.

    Raises:
        Refused: 400 without the header, 404 for a tenant that is not there.
    """
    named = request.headers.get("X-Tenant-Id")
    if named is None:
        raise Refused(400, f"Name the tenant: X-Tenant-Id: {DEMO}.")
    if named != DEMO:
        raise Refused(404, "There is no tenant of that name, or nothing of it for you.")
    return named
