"""In front of the pages: who is not signed in gets to the sign-in page, and no further, by HTTP or websocket."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from driftlock.api.auth_forms import guest_cookie, is_guest
from driftlock.bootstrap import App
from driftlock.services.sessions import COOKIE

PUBLIC: Final = frozenset({"/verify"})  # pages that nobody signs in for
# Files of the interface, the same for everybody, and what monitors ask.
_OPEN: Final = (
    "/static/",
    "/favicon",
    "/_stcore/health",
    "/_stcore/host-config",
    "/oauth2callback",
    "/healthz",
)
_OF_A_PAGE: Final = ("/_stcore/", "/media/", "/component/", "/app/static/")
_SSO_COOKIE: Final = "_streamlit_user"
GUEST_UPLOAD_BYTES: Final = 64_000_000
_CLOSED: Final = 4401  # of a websocket: not signed in


class Gate:
    """
    A pure ASGI application around another.

    It asks the database, so that a session that was ended lets nobody in. What
    an open page does is checked again at each of its reruns: a websocket
    outlives the cookie it was opened with.

    Args:
        sso: Whether an identity provider is set up; then its cookie passes here, and the pages look whose it is.
    """

    def __init__(self, app: ASGIApp, application: App, *, sso: Callable[[], bool]) -> None:
        self._app = app
        self._application = application
        self._sso = sso

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if await run_in_threadpool(self._may, connection):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        # A page looks for them below its own address too, and takes every answer but an error for theirs.
        part = any(one in path for one in _OF_A_PAGE)
        if path.rstrip("/") in PUBLIC and scope["type"] == "http":
            await self._app(scope, receive, guest_cookie(connection, send))
        elif part and is_guest(connection):
            if _announced(connection) > GUEST_UPLOAD_BYTES:
                await PlainTextResponse("Too large.", 413)(scope, receive, send)
                return
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _CLOSED})
        elif part:
            await PlainTextResponse("Sign in first.", 401)(scope, receive, send)
        else:
            await RedirectResponse(sign_in_address(path, scope["query_string"]), 303)(scope, receive, send)

    def _may(self, connection: HTTPConnection) -> bool:
        app = self._application
        return (
            not app.signing_in
            or app.sessions.check(connection.cookies.get(COOKIE)) is not None
            or (_SSO_COOKIE in connection.cookies and self._sso())
        )


def sign_in_address(path: str, query: bytes) -> str:
    """The sign-in page that leads back there; the front page needs no saying."""
    asked = path + (f"?{query.decode('latin-1')}" if query else "")
    return "/auth/login" if asked == "/" else f"/auth/login?next={quote(asked, safe='')}"


def _announced(connection: HTTPConnection) -> int:
    length = connection.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0
