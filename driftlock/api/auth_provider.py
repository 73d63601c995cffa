"""``/auth/sso`` and ``/oauth2callback``: in by way of an identity provider (OpenID Connect)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message

from driftlock.api import auth_pages
from driftlock.api.access import address
from driftlock.api.auth_answers import HEADERS, enter, page
from driftlock.api.auth_forms import inside, is_https
from driftlock.bootstrap import App
from driftlock.errors import ApplicationError, StoreUnavailable
from driftlock.services.accounts_rows import Refused
from driftlock.services.accounts_vouched import UNKNOWN, vouched
from driftlock.services.sessions import COOKIE
from driftlock.services.sign_in import NOWHERE

CALLBACK: Final = "/oauth2callback"
THEN_COOKIE: Final = "driftlock_then"
NOT_SET_UP: Final = "No identity provider is set up here."
SILENT: Final = "Your identity provider does not answer. Try again in a moment, or sign in with a password."
DECLINED: Final = "Your identity provider did not sign you in. Try again, or sign in with a password."
NOT_TAKEN: Final = (
    "What your identity provider said was not taken: it was too old, was used before, or was not meant for this "
    "server and this browser. Sign in once more."
)
_THERE_SECONDS: Final = (
    600  # that somebody may take there, and still come back to the page that was asked for
)
_AGAIN: Final = "/auth/login"


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, as the pages behind know it."""

    ready: Callable[[], bool]
    address: Callable[[], str]  # where signing in there begins
    pages: ASGIApp  # go there, and check what comes back
    claims: Callable[
        [Mapping[str, str]], Mapping[str, object]
    ]  # in the cookies of such an answer; empty: none
    cookie: str  # that it is remembered by, for signing out there too


def router(app: App, provider: Provider | None) -> APIRouter:
    """The routes, in front of *app*."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/auth/sso")
    async def sso(request: Request, next: str = "/") -> Response:
        """To the identity provider."""
        if provider is None or not provider.ready():
            return page(auth_pages.message("Not set up", NOT_SET_UP), 404)
        answer = RedirectResponse(await run_in_threadpool(provider.address), 303, HEADERS)
        answer.set_cookie(
            THEN_COOKIE,
            quote(inside(next), safe=""),
            max_age=_THERE_SECONDS,
            path=CALLBACK,
            httponly=True,
            samesite="lax",
            secure=is_https(request),
        )
        return answer

    @routes.get(CALLBACK)
    async def callback(request: Request) -> Response:
        """Back from there: in, or what stands against it; after signing out there, to the sign-in page."""
        if provider is None or not provider.ready():
            return page(auth_pages.message("Not set up", NOT_SET_UP), 404)
        if "error" in request.query_params:
            return _refused(DECLINED, 401)
        if "code" not in request.query_params:
            return RedirectResponse(_AGAIN, 303, HEADERS)
        answer = await passed(provider.pages, request)
        lines = answer.headers.getlist("set-cookie")
        claims = provider.claims(_cookies(lines))
        if not claims:
            return _with(_refused(NOT_TAKEN, 401), lines, request)
        try:
            token = await run_in_threadpool(_open, app, claims, request)
        except StoreUnavailable:
            raise
        except ApplicationError as refused:
            others = [line for line in lines if not line.startswith(provider.cookie)]
            return _with(_refused(str(refused), 403), others, request)
        entered = enter(app, request, token, inside(unquote(request.cookies.get(THEN_COOKIE, "/"))))
        entered.delete_cookie(THEN_COOKIE, path=CALLBACK)
        return _with(entered, lines, request)

    return routes


async def begin(provider: Provider, request: Request) -> Response:
    """The way there, or that it does not answer."""
    answer = await passed(provider.pages, request)
    return answer if answer.status_code < 400 else _refused(SILENT, 502)


async def passed(pages: ASGIApp, request: Request) -> Response:
    """The answer of *pages* to the same request."""
    answer, parts = Response(), []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status_code = message["status"]
            answer.raw_headers = list(message["headers"])
        else:
            parts.append(message.get("body", b""))

    await pages(request.scope, request.receive, send)
    answer.body = b"".join(parts)
    return answer


def _open(app: App, claims: Mapping[str, object], request: Request) -> str:
    who = vouched(claims)
    user = app.accounts.matched(subject=who.subject, email=who.email, name=who.name)
    if user is None:
        raise Refused(UNKNOWN)
    token = app.sessions.open(user.id, address=address(request), replaces=request.cookies.get(COOKIE))
    if app.sessions.check(token) is None:
        raise Refused(NOWHERE)
    return token


def _cookies(lines: Iterable[str]) -> dict[str, str]:
    """What they set; a value is what stands before the first semicolon, and never in quotes here."""
    pairs = (line.partition(";")[0].partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _with(answer: Response, lines: Iterable[str], request: Request) -> Response:
    """The cookies that keep the state of the sign-in, or end it."""
    for line in lines:
        answer.headers.append("set-cookie", f"{line}; Secure" if is_https(request) else line)
    return answer


def _refused(said: str, status: int) -> Response:
    return page(auth_pages.message("Not signed in", said), status)
