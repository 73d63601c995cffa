"""Requests to an ASGI application in this process, without a network."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: Mapping[str, str]  # names in small letters
    content: bytes
    lines: tuple[tuple[str, str], ...] = ()  # of the head; a name may come twice

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    """Sends *headers* with every request; an error behind the answer is the server's to log, not ours."""

    def __init__(
        self, application: Any, headers: Mapping[str, str] | None = None, *, address: str = "127.0.0.1"
    ) -> None:
        self._application = application
        self.headers = dict(headers or {})
        self.address = address  # it seems to come from

    def get(self, path: str, **given: Any) -> Answer:
        return self.ask("GET", path, **given)

    def options(self, path: str, **given: Any) -> Answer:
        return self.ask("OPTIONS", path, **given)

    def post(self, path: str, **given: Any) -> Answer:
        return self.ask("POST", path, **given)

    def ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | Iterable[bytes] = b"",
        headers: Mapping[str, str | bytes] | None = None,
    ) -> Answer:
        """The whole answer; *content* in pieces is sent without its length."""
        named = {name.lower(): value for name, value in (self.headers | dict(headers or {})).items()}
        if isinstance(content, bytes):
            named["content-length"] = str(len(content))
            content = [content]
        # In a thread: a browser that another test has open keeps a loop running in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, self._ask(method, path, iter(content), named)).result()

    async def _ask(
        self, method: str, path: str, pieces: Iterator[bytes], headers: Mapping[str, str | bytes]
    ) -> Answer:
        started: dict[str, Any] = {}
        parts: list[bytes] = []

        async def receive() -> dict[str, Any]:
            piece = next(pieces, None)
            return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            else:
                parts.append(message.get("body", b""))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path.partition("?")[0]),
            "raw_path": path.partition("?")[0].encode(),
            "query_string": path.partition("?")[2].encode(),
            "headers": [
                (name.encode(), value if isinstance(value, bytes) else value.encode())
                for name, value in headers.items()
            ],
            "client": (self.address, 50_000),
            "server": ("127.0.0.1", 80),
        }
        try:
            await self._application(scope, receive, send)
        except Exception:
            if not started:
                raise
        lines = tuple((name.decode(), value.decode("latin-1")) for name, value in started["headers"])
        return Answer(started["status"], dict(lines), b"".join(parts), lines)
