"""In front of the pages: who is not signed in gets to the sign-in page, and no further, by HTTP or websocket."""

import ipaddress
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from driftlock.api.auth_forms import guest_cookie, is_guest
from driftlock.api.auth_uploads import STRANGER, NoRoom, Uploads
from driftlock.bootstrap import App
from driftlock.services.accounts_rows import Session
from driftlock.services.sessions import COOKIE

PUBLIC: Final = frozenset({"/verify"})  # pages that nobody signs in for
# Files of the interface, the same for everybody, and what monitors ask.
_OPEN: Final = (
    "/static/",
    "/favicon",
    "/_stcore/health",
    "/_stcore/host-config",
    "/healthz",
)
_OF_A_PAGE: Final = ("/_stcore/", "/media/", "/component/", "/app/static/")
GUEST_UPLOAD_BYTES: Final = 64_000_000
_CLOSED: Final = 4401  # of a websocket: not signed in
_ELSEWHERE: Final = 4403  # of a websocket: opened by a page of another site
_READS: Final = ("GET", "HEAD", "OPTIONS")
# A page of another site shows none of ours in a frame, and is not told which anomaly a reader came from.
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
)
REBOUND: Final = (
    "Nobody has an account here yet, so this server answers only to localhost, to an IP address and to names without "
    "a dot: any other name could be that of another site, led to this machine. Make an account (driftlock users add "
    "--owner YOUR-ADDRESS), or set DRIFTLOCK_SIGN_IN=off if something else in front of it asks people who they are."
)


class Gate:
    """
    A pure ASGI application around another.

    It asks the database, so that a session that was ended lets nobody in. What
    an open page does is checked again at each of its reruns: a websocket
    outlives the cookie it was opened with.

    Args:
        held: How many bytes of a page's uploads lie in memory, by the page's session.
    """

    def __init__(self, app: ASGIApp, application: App, *, held: Callable[[str], int]) -> None:
        self._app = app
        self._application = application
        self._uploads = Uploads(held)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _with_headers(send)
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if _of_another_site(connection):
            await _refuse(scope, receive, send, 403, "This was sent by another site.", _ELSEWHERE)
        elif scope["type"] == "http" and scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
        else:
            await self._ask(connection, receive, send)

    async def _ask(self, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        scope, path = connection.scope, connection.scope["path"]
        signing_in = await run_in_threadpool(lambda: self._application.signing_in)
        if not signing_in:
            if self._application.settings.sign_in == "auto" and not _named_by_its_own(connection):
                await _refuse(scope, receive, send, 403, REBOUND, _ELSEWHERE)
                return
            await self._app(scope, receive, send)
            return
        session = await run_in_threadpool(self._session, connection)
        # A page looks for them below its own address too, and takes every answer but an error for theirs.
        part = any(one in path for one in _OF_A_PAGE)
        if session is not None:
            largest = self._application.settings.max_upload_bytes
            whose = STRANGER if session.user_id is None else session.tenant or session.user_id
            await self._with_room(connection, receive, send, largest, whose)
        elif path.rstrip("/") in PUBLIC and scope["type"] == "http":
            await self._app(scope, receive, guest_cookie(connection, send))
        elif part and is_guest(connection):
            await self._with_room(connection, receive, send, GUEST_UPLOAD_BYTES, STRANGER)
        elif part or scope["type"] == "websocket":
            await _refuse(scope, receive, send, 401, "Sign in first.", _CLOSED)
        else:
            await RedirectResponse(sign_in_address(path, scope["query_string"]), 303)(scope, receive, send)

    async def _with_room(
        self, connection: HTTPConnection, receive: Receive, send: Send, largest: int, whose: str
    ) -> None:
        """For whoever may open the page, as long as there is room for what is sent."""
        try:
            with self._uploads.room(connection, largest, whose):
                await self._app(connection.scope, receive, send)
        except NoRoom as full:
            await PlainTextResponse(full.said, full.status)(connection.scope, receive, send)

    def _session(self, connection: HTTPConnection) -> Session | None:
        return self._application.sessions.check(connection.cookies.get(COOKIE))


def _of_another_site(connection: HTTPConnection) -> bool:
    """
    Whether a page of another address opens a websocket, or sends something.

    Cookies do not tell ports and sister sites apart, so the browser sends ours
    along. Programs, which send no cookie by themselves, name no origin.
    """
    origin = connection.headers.get("Origin")
    if origin is None or connection.scope.get("method", "WEBSOCKET") in _READS:
        return False
    return urlsplit(origin).netloc.lower() != connection.headers.get("Host", "").lower()


def _named_by_its_own(connection: HTTPConnection) -> bool:
    """Whether the browser asks for an address that no other site can give itself."""
    try:
        name = urlsplit(f"//{connection.headers.get('Host', '')}").hostname or ""
        if "." not in name or name.endswith(".localhost"):
            return True
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, said: str, code: int) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": code})
    else:
        await PlainTextResponse(said, status)(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            added = [pair for pair in HEADERS if pair[0] not in given]
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return adding


def sign_in_address(path: str, query: bytes) -> str:
    """The sign-in page that leads back there; the front page needs no saying."""
    asked = path + (f"?{query.decode('latin-1')}" if query else "")
    return "/auth/login" if asked == "/" else f"/auth/login?next={quote(asked, safe='')}"
