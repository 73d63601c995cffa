"""What every answer of the sign-in pages carries, and how a browser is let in."""

import base64
from hashlib import sha256
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from driftlock.api import auth_pages
from driftlock.api.auth_forms import keep_session
from driftlock.bootstrap import App

_STYLE_HASH: Final = base64.b64encode(sha256(auth_pages.style().encode()).digest()).decode()
HEADERS: Final = {
    # What a link's token stands in goes to nobody, and is kept nowhere.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
}


def page(html: str, status: int = 200) -> HTMLResponse:
    """One of the pages."""
    return HTMLResponse(html, status, HEADERS)


def enter(
    app: App, request: Request, token: str, then: str, *, seconds: int | None = None
) -> RedirectResponse:
    """On to *then*, signed in; *seconds*: how long the browser keeps the token, else as long as any session."""
    answer = RedirectResponse(then, 303, HEADERS)
    longest = int(app.sessions.longest.total_seconds())
    keep_session(request, answer, token, longest if seconds is None else seconds)
    return answer
