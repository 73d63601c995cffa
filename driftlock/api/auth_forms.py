"""What a form of the sign-in pages must bring along, and which cookies it gets back."""

import hmac
import re
import secrets
import time
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import Message, Send

from driftlock.api.refusals import Refused
from driftlock.services.sessions import COOKIE

FORM_COOKIE: Final = "driftlock_form"
GUEST_COOKIE: Final = "driftlock_guest"
LARGEST_FORM: Final = 16_384  # bytes
_GUEST_SECONDS: Final = 3600
# Of this process: after a restart a form that was open is sent once more.
_OWN: Final = secrets.token_bytes(32)
_PATH: Final = re.compile(r"/(?:[!#-\[\]-~][!-\[\]-~]*)?").fullmatch  # visible ASCII without backslash


def form_token(request: Request) -> str:
    """What the form's hidden field holds: bound to the cookie that comes with the page."""
    given = request.cookies.get(FORM_COOKIE, "")
    return given if _signed(given, b"form") else _sign(secrets.token_urlsafe(16), b"form")


def keep_form_token(request: Request, answer: Response, token: str) -> None:
    """The same in a cookie that no script and no other site's form can send."""
    answer.set_cookie(
        FORM_COOKIE, token, httponly=True, samesite="strict", secure=is_https(request), path="/auth"
    )


async def read_form(request: Request) -> dict[str, str]:
    """
    Fields of a form of ours.

    Raises:
        Refused: 400, 403 or 413; it is none, was sent by another site, or is too large.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused(400, "Send the form of the page.")
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_FORM:
                raise Refused(413, "The form is too large.")
    except ClientDisconnect as gone:
        raise Refused(400, "The connection ended early.") from gone
    try:
        fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20))
    except ValueError as malformed:
        raise Refused(400, "Send the form of the page.") from malformed
    origin = request.headers.get("Origin")
    # These pages name no origin, so a browser may say "null" for ours and for a frame of another site's alike.
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    named = origin not in (None, "null") and urlsplit(origin).netloc != request.headers.get("Host")
    if elsewhere or named:
        raise Refused(403, "This form was sent by another site.")
    cookie = request.cookies.get(FORM_COOKIE, "")
    if not _signed(cookie, b"form") or not _same(cookie, fields.get("form", "")):
        raise Refused(403, "This page was open for too long. Load it again.")
    return fields


def keep_session(request: Request, answer: Response, token: str, seconds: int) -> None:
    """Sign the browser in: no script reads the cookie, and no other site's form sends it."""
    answer.set_cookie(
        COOKIE, token, max_age=seconds, httponly=True, samesite="lax", secure=is_https(request), path="/"
    )


def inside(address: str | None) -> str:
    """
    A path of ours, or the front page: nobody is led elsewhere.

    >>> inside("/anomaly?id=7"), inside("//evil.example"), inside("https://evil.example"), inside(None)
    ('/anomaly?id=7', '/', '/', '/')
    """
    given = address or "/"
    if len(given) > 2_000 or not _PATH(given) or given.startswith(("//", "/auth/", "/_stcore/", "/v1/")):
        return "/"
    return given


def guest_cookie(connection: HTTPConnection, send: Send) -> Send:
    """Let who reads a public page open the websocket that draws it."""
    made = _sign(f"{int(time.time()) + _GUEST_SECONDS}", b"guest")
    flags = "; Secure" if is_https(connection) else ""
    cookie = f"{GUEST_COOKIE}={made}; HttpOnly; SameSite=Lax; Path=/; Max-Age={_GUEST_SECONDS}{flags}"

    async def with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
        await send(message)

    return with_cookie


def is_guest(connection: HTTPConnection) -> bool:
    """Whether a public page was opened in this browser within the hour."""
    given = connection.cookies.get(GUEST_COOKIE, "")
    until = given.partition(".")[0]
    return _signed(given, b"guest") and int(until) > time.time()


def is_https(connection: HTTPConnection) -> bool:
    """Whether the browser came by https."""
    return connection.url.scheme in ("https", "wss")


def _sign(value: str, purpose: bytes) -> str:
    return f"{value}.{hmac.new(_OWN, purpose + value.encode(), sha256).hexdigest()}"


def _signed(given: str, purpose: bytes) -> bool:
    value, _, _ = given.partition(".")
    return bool(value) and _same(given, _sign(value, purpose))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
