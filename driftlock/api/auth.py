"""``/auth/…``: signing in and out, looking around without an account, answering a link."""

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from driftlock.api import auth_pages
from driftlock.api.access import address
from driftlock.api.auth_answers import HEADERS, enter, page
from driftlock.api.auth_forms import form_token, inside, keep_form_token, read_form
from driftlock.api.auth_provider import Provider, begin, passed
from driftlock.api.refusals import Refused
from driftlock.bootstrap import App
from driftlock.errors import ApplicationError, NotFound, StoreUnavailable
from driftlock.services.sessions import COOKIE
from driftlock.services.visitors import STAYS


def router(app: App, *, mark: Path | None = None, provider: Provider | None = None) -> APIRouter:
    """The routes, in front of *app*."""
    routes = APIRouter(prefix="/auth", include_in_schema=False)
    picture = mark.read_bytes() if mark is not None and mark.is_file() else b""

    @routes.get("/mark.png")
    def mark_png() -> Response:
        """The mark of the program."""
        kept = {"Cache-Control": "max-age=86400"}
        return Response(picture, 200 if picture else 404, media_type="image/png", headers=kept)

    @routes.get("/login")
    async def login(request: Request, next: str = "/") -> Response:
        """The sign-in page; who is signed in goes on."""
        if "provider" in request.query_params and provider is not None:
            return await begin(provider, request)
        then = inside(next)
        known = await run_in_threadpool(_known, app, request)
        return RedirectResponse(then, 303) if known else await _doors(app, request, then, provider)

    @routes.post("/login")
    async def post_login(request: Request) -> Response:
        """The same again with what was wrong, or a session."""
        fields = await _fields(request)
        if isinstance(fields, Response):
            return fields
        then = inside(fields.get("next"))
        try:
            token = await run_in_threadpool(
                app.sign_in.sign_in,
                fields.get("email", ""),
                fields.get("password", ""),
                address=address(request),
                replaces=request.cookies.get(COOKIE),
            )
        except StoreUnavailable:
            raise
        except ApplicationError as wrong:
            return await _doors(app, request, then, provider, str(wrong), email=fields.get("email", ""))
        return enter(app, request, token, then)

    @routes.post("/explore")
    async def explore(request: Request) -> Response:
        """A place of one's own with demonstration data."""
        fields = await _fields(request)
        if isinstance(fields, Response):
            return fields
        here = await run_in_threadpool(app.sessions.check, request.cookies.get(COOKIE))
        if here is not None:
            return RedirectResponse(inside(fields.get("next")), 303)
        try:
            token = await run_in_threadpool(app.visitors.open, address(request))
        except StoreUnavailable:
            raise
        except ApplicationError as full:
            return await _doors(app, request, inside(fields.get("next")), provider, str(full))
        return enter(app, request, token, "/", seconds=int(STAYS.total_seconds()))

    @routes.get("/logout")
    async def logout(request: Request) -> Response:
        """The question before it."""
        here = await run_in_threadpool(app.sessions.check, request.cookies.get(COOKIE))
        if here is None and provider is not None and _known_there(provider, request):
            return await passed(provider.pages, request)
        if here is None:
            return RedirectResponse("/auth/login", 303)
        form = form_token(request)
        answer = page(auth_pages.sign_out(form=form, visitor=here.user_id is None))
        keep_form_token(request, answer, form)
        return answer

    @routes.post("/logout")
    async def post_logout(request: Request) -> Response:
        """The session ends, or all of the person's."""
        fields = await _fields(request)
        if isinstance(fields, Response):
            return fields
        await run_in_threadpool(_leave, app, request.cookies.get(COOKIE, ""), "everywhere" in fields)
        answer: Response = RedirectResponse("/auth/login", 303, HEADERS)
        if provider is not None and _known_there(provider, request):
            answer = page(auth_pages.signed_out_here())
        answer.delete_cookie(COOKIE, path="/")
        return answer

    for path in ("/accept", "/reset"):

        @routes.get(path)
        async def link(request: Request, token: str = "") -> Response:
            """What stands behind an invitation, or a link to a new password."""
            return await _link(app, request, token)

    @routes.post("/accept")
    async def accept(request: Request) -> Response:
        """An account, or one more membership of one; and a session."""
        return await _answered(app, request, _accept)

    @routes.post("/reset")
    async def reset(request: Request) -> Response:
        """A new password, and a session."""
        return await _answered(app, request, _reset)

    return routes


def _known_there(provider: Provider, request: Request) -> bool:
    """Whether this browser came in by the identity provider."""
    return provider.cookie in request.cookies and provider.ready()


def _known(app: App, request: Request) -> bool:
    """Whether there is nothing to sign in for; a visitor may still sign in."""
    if not app.signing_in:
        return True
    here = app.sessions.check(request.cookies.get(COOKIE))
    return here is not None and here.user_id is not None


async def _doors(
    app: App, request: Request, then: str, provider: Provider | None, error: str = "", *, email: str = ""
) -> Response:
    form = form_token(request)
    people = await run_in_threadpool(app.accounts.any)
    answer = page(
        auth_pages.sign_in(
            form=form,
            then=then,
            error=error,
            explore=app.visitors.offered,
            people=people,
            sso=provider is not None and provider.ready(),
            email=email,
        ),
        401 if error else 200,
    )
    keep_form_token(request, answer, form)
    return answer


async def _fields(request: Request) -> dict[str, str] | Response:
    """Fields of the form, or the page that says what is wrong with it."""
    try:
        return await read_form(request)
    except Refused as refused:
        return page(auth_pages.message("Once more", refused.detail), refused.status)


def _leave(app: App, token: str, everywhere: bool) -> None:
    here = app.sessions.check(token)
    app.sessions.end(token)
    if everywhere and here is not None and here.user_id is not None:
        app.sessions.end_all(here.user_id)


async def _link(app: App, request: Request, token: str, error: str = "") -> Response:
    try:
        welcome = await run_in_threadpool(app.accounts.welcome, token)
    except NotFound as ended:
        return page(auth_pages.message("This link does not work", str(ended)), 404)
    form = form_token(request)
    answer = page(auth_pages.answer_link(welcome, form=form, token=token, error=error), 400 if error else 200)
    keep_form_token(request, answer, form)
    return answer


async def _answered(
    app: App, request: Request, carry_out: Callable[[App, dict[str, str], str | None], str]
) -> Response:
    fields = await _fields(request)
    if isinstance(fields, Response):
        return fields
    place = address(request)
    try:
        user_id = await run_in_threadpool(carry_out, app, fields, place)
    except StoreUnavailable:
        raise
    except ApplicationError as wrong:
        return await _link(app, request, fields.get("token", ""), str(wrong))
    token = await run_in_threadpool(
        app.sessions.open, user_id, address=place, replaces=request.cookies.get(COOKIE)
    )
    return enter(app, request, token, "/")


def _accept(app: App, fields: dict[str, str], place: str | None) -> str:
    token, password = fields.get("token", ""), fields.get("password", "")
    welcome = app.accounts.welcome(token)
    if not welcome.known:
        return app.accounts.accept(token, name=fields.get("name", ""), password=password)
    return app.accounts.join(token, app.sign_in.person(welcome.email, password, address=place))


def _reset(app: App, fields: dict[str, str], _place: str | None) -> str:
    return app.accounts.reset(fields.get("token", ""), password=fields.get("password", ""))
