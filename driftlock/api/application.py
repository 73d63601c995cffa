"""The HTTP interface of an application."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from driftlock.api import auth, auth_provider, events, refusals
from driftlock.bootstrap import App
from driftlock.errors import StoreUnavailable
from driftlock.model import DEMO


def create_app(
    app: App,
    *,
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]] | None = None,
    mark: Path | None = None,
    provider: auth_provider.Provider | None = None,
) -> FastAPI:
    """
    ``POST /v1/streams/{stream_id}/events``, ``GET /healthz`` and ``/auth/…``, in front of *app*.

    Args:
        lifespan: Of what is mounted beside it.
        mark: The picture on the sign-in pages.
        provider: Of identities.
    """
    # The pages of documentation would load scripts from elsewhere.
    api = FastAPI(
        title="Driftlock", docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json", lifespan=lifespan
    )
    refusals.install(api)
    api.include_router(events.router(app))
    api.include_router(auth.router(app, mark=mark, provider=provider))
    api.include_router(auth_provider.router(app, provider))

    @api.get("/healthz")
    def healthz() -> JSONResponse:
        """Whether events can be read and stored: 200, else 503."""
        try:
            app.queries.runs(DEMO, limit=1)
        except StoreUnavailable as busy:
            return refusals.unavailable(busy)
        return JSONResponse({"status": "ok"})

    return api
