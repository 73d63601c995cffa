"""``POST /v1/streams/{stream_id}/events``: lines in, a receipt out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from driftlock.api import access
from driftlock.api.refusals import Refused
from driftlock.bootstrap import App
from driftlock.services.ingest import TooLarge

# Bodies that are read or stored at a time; each may be of the largest size.
MOST_AT_ONCE: Final = 16
LONGEST_KEY: Final = 255  # characters of Idempotency-Key
ENCODINGS: Final = ("", "identity", "gzip", "zstd")


def router(app: App) -> APIRouter:
    """The route, in front of *app*."""
    routes = APIRouter(prefix="/v1")
    room = threading.BoundedSemaphore(MOST_AT_ONCE)

    @routes.post("/streams/{stream_id}/events", status_code=202)
    async def post_events(stream_id: str, request: Request) -> JSONResponse:
        """Answers when everything is stored; what is wrong with one line is wrong with the whole batch."""
        key = await access.holder(request, app)
        tenant = access.tenant(request, key)
        access.check_may(key, "send", stream_id=stream_id)
        if request.headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
            raise Refused(415, "Send the lines plain, or as gzip or zstd.")
        delivery = request.headers.get("Idempotency-Key")
        if delivery is not None and not 0 < len(delivery) <= LONGEST_KEY:
            raise Refused(400, f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.")
        with _room(room):
            body = await _body(request, app.settings.max_batch_bytes)
            receipt = await run_in_threadpool(app.ingest, tenant, stream_id, body, delivery=delivery)
        return JSONResponse(asdict(receipt), status_code=202)

    return routes


@contextmanager
def _room(room: threading.BoundedSemaphore) -> Iterator[None]:
    if not room.acquire(blocking=False):
        raise Refused(429, f"{MOST_AT_ONCE} batches are being stored already; try again.", Retry_After="1")
    try:
        yield
    finally:
        room.release()


async def _body(request: Request, limit_bytes: int) -> bytes:
    """What was sent; too much of it is refused as soon as that is known."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > limit_bytes:
        raise TooLarge(limit_bytes)
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit_bytes:
                raise TooLarge(limit_bytes)
            parts.append(part)
    except ClientDisconnect as gone:
        raise Refused(400, "The connection ended before the whole batch had come; send it again.") from gone
    return b"".join(parts)
