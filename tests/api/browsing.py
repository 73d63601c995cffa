"""A browser without a screen: keeps cookies, follows nothing, fills in the form of the last page."""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from driftlock.api import create_app
from driftlock.api.auth_gate import Gate
from driftlock.bootstrap import App
from tests.api.asking import Answer, Client


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """In place of the dashboard: says that it was reached."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the dashboard"})


def served(app: App, held: Callable[[str], int] = lambda _page: 0) -> Any:
    """All of what `driftlock serve` serves, with :func:`pages` in place of the dashboard."""
    api = create_app(app)
    api.mount("/", Gate(pages, app, held=held))
    return api


class Browser:
    """One of them, at *address*."""

    def __init__(
        self, application: Any, *, address: str = "192.0.2.1", host: str = "driftlock.example"
    ) -> None:
        self._client = Client(application, {"Host": host}, address=address)
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []
        self.form = ""

    def get(self, path: str) -> Answer:
        """One page; its hidden field is kept for the next form."""
        return self._kept(self._client.get(path, headers=self._headers()))

    def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: str) -> Answer:
        """The form of the last page, with *fields*."""
        body = urlencode({"form": self.form} | fields).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._kept(
            self._client.post(path, content=body, headers=self._headers() | kind | (headers or {}))
        )

    def _headers(self) -> dict[str, str]:
        if not self.cookies:
            return {}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _kept(self, answer: Answer) -> Answer:
        for line in (value for name, value in answer.lines if name == "set-cookie"):
            self.set_cookies.append(line)
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if not morsel.value or morsel["max-age"] == "0":
                    del self.cookies[name]
        if found := re.search(r'name="form" value="([^"]+)"', answer.content.decode("utf-8", "replace")):
            self.form = found[1]
        return answer
