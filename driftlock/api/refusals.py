"""Errors as answers: ``{"detail": sentence}`` with what to do next, never with what was sent."""

import logging
import secrets
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from driftlock.errors import ApplicationError, MalformedPayload, NotFound, StoreUnavailable
from driftlock.services.faults import log_fault
from driftlock.services.ingest import BelongsToRun, InvalidStreamId, MalformedLine, TooLarge

logger = logging.getLogger(__name__)

_STATUS: Final[dict[type[ApplicationError], int]] = {
    InvalidStreamId: 400,
    MalformedPayload: 400,
    NotFound: 404,
    BelongsToRun: 409,
    TooLarge: 413,
}


class Refused(Exception):
    """A request that is answered without being carried out."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def install(api: FastAPI) -> None:
    """Answer every error of *api* in one form."""
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(ApplicationError, _known)
    api.add_middleware(_Unforeseen)


def unavailable(error: StoreUnavailable) -> JSONResponse:
    """503 with the time of the next try."""
    return JSONResponse(
        {"detail": str(error)}, status_code=503, headers={"Retry-After": str(error.retry_after_s)}
    )


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return JSONResponse({"detail": error.detail}, status_code=error.status, headers=error.headers)


async def _known(_request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, StoreUnavailable):
        return unavailable(error)
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    place = {"line": error.line, "reason": error.reason} if isinstance(error, MalformedLine) else {}
    return JSONResponse({"detail": str(error), **place}, status_code=status)


class _Unforeseen:
    """Errors of the program: the message may quote a payload, so only where it happened is logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            error_id = secrets.token_hex(4)
            log_fault(logger, error, f"error {error_id}")
            if scope["type"] == "http" and not begun:
                detail = f"An error of the program (error id {error_id}); its log says where."
                await JSONResponse({"detail": detail}, status_code=500)(scope, receive, send)
