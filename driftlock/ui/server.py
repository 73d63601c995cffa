"""The dashboard as a part of a larger server."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager

from driftlock.bootstrap import App
from driftlock.ui import session, sign_in_provider

# What Streamlit loads for the first table, half a second: while the server starts, nobody waits for it.
_TABLES: Final = ("pandas", "pyarrow")
PROGRAM: Final = Path(st.__file__).parent / "static" / "static"  # the files that browsers run


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What a server mounts at its root, behind everything of its own; one in a process."""

    asgi: Any
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]]
    largest_message: int  # bytes that a browser may send at once
    sso_ready: Callable[[], bool]  # whether an identity provider is set up
    sso_address: Callable[[], str]  # where signing in there begins
    sso_claims: Callable[
        [Mapping[str, str]], Mapping[str, object]
    ]  # that cookies of its answer hold; empty: none
    sso_cookie: str
    uploaded_bytes: Callable[[str], int]  # that are held for a page, by the id of its session


def dashboard(script: Path, app: App) -> Dashboard:
    """The pages that *script* navigates, on *app*."""
    for library in _TABLES:
        import_module(library)
    session.use(app, gated=True)
    # The script navigates. Until it has run once, Streamlit would take the folder of pages for the navigation, and
    # an address of a page that is opened first would show it without its frame.
    PagesManager.uses_pages_directory = False
    mounted = st.App(script)
    return Dashboard(
        mounted,
        mounted.lifespan(),
        int(config.get_option("server.maxMessageSize")) * 1_000_000,
        sign_in_provider.ready,
        sign_in_provider.address,
        sign_in_provider.claims,
        sign_in_provider.COOKIE,
        _uploaded_bytes,
    )


def _uploaded_bytes(session_id: str) -> int:
    if not runtime.exists():
        return 0
    manager = runtime.get_instance().uploaded_file_mgr
    if not isinstance(manager, MemoryUploadedFileManager):
        return 0
    held = manager.file_storage.get(session_id) or {}
    return sum(len(one.data) for one in list(held.values()))
