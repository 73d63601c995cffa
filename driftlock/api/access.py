"""Who may send, and for which tenant."""

import hmac

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from driftlock.api.refusals import Refused
from driftlock.bootstrap import App
from driftlock.model import DEMO
from driftlock.services.api_keys_rows import PREFIX, KeyHolder
from driftlock.services.api_keys_verifying import TooManyKeys
from driftlock.services.permissions import Permission, allowed

# Everybody can read it in docker-compose.yml: it lets a new installation start, and ends with the first account.
PUBLISHED = "only-for-this-machine"
_NO_TENANT = "There is no tenant of that name, or nothing of it for you."


async def holder(request: Request, app: App) -> KeyHolder | None:
    """
    Whose key the request carries; None: nobody has to have one here.

    A key of people or programs (``dlk_…``) decides the tenant. The key of the
    instance (DRIFTLOCK_API_KEY) is compared in a time that tells nothing of it.

    Raises:
        Refused: 401 for a key that is none, or is missing; 429 if it cannot be checked now.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else ""
    if given.startswith(PREFIX):
        try:
            found = await run_in_threadpool(app.api_keys.verify, given, address=address(request))
        except TooManyKeys as busy:
            raise Refused(429, str(busy), Retry_After="1") from busy
        if found is None:
            raise _unknown()
        return found
    key = app.settings.api_key
    if key and not hmac.compare_digest(given.encode(), key.encode()):
        raise _unknown()
    if key in ("", PUBLISHED) and await run_in_threadpool(lambda: app.signing_in):
        raise _unknown()
    return None


def tenant(request: Request, key: KeyHolder | None) -> str:
    """
    Whose data it is about: the key's tenant, which a header may repeat.

    Without such a key the header is required: no page of another site can send
    it from a reader's browser without being allowed to.

    Raises:
        Refused: 400 without either, 404 for a tenant that is not there or another's.
    """
    named = request.headers.get("X-Tenant-Id")
    if key is not None:
        if named not in (None, key.tenant):
            raise Refused(404, _NO_TENANT)
        return key.tenant
    if named is None:
        raise Refused(400, f"Name the tenant: X-Tenant-Id: {DEMO}.")
    if named != DEMO:
        raise Refused(404, _NO_TENANT)
    return named


def check_may(key: KeyHolder | None, permission: Permission, *, stream_id: str | None = None) -> None:
    """
    Whether the key's role allows it, and its stream.

    Raises:
        Refused: 403.
    """
    if key is None:
        return
    if not allowed(key.role, permission):
        raise Refused(403, f"A key with the role {key.role} may not do that. Use one whose role may.")
    if key.stream_id is not None and stream_id != key.stream_id:
        raise Refused(403, "This key is of another stream. Use one of this stream, or of none.")


def address(request: Request) -> str | None:
    """Where the request comes from, as the server or a proxy of this machine saw it."""
    return request.client.host if request.client else None


def _unknown() -> Refused:
    return Refused(
        401,
        "Send a key: Authorization: Bearer KEY. One of a tenant (dlk_…, driftlock keys new), or that of this "
        "server (DRIFTLOCK_API_KEY).",
        WWW_Authenticate="Bearer",
    )
