"""Addresses inside the dashboard. They carry ids and names of views, never payloads."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from driftlock.ui.session import desk, shared, tenant

OVERVIEW: Final = "pages/overview.py"
ANALYZE: Final = "pages/analyze.py"
ANOMALY: Final = "pages/anomaly.py"
TUNING: Final = "pages/tuning.py"
FEEDBACK: Final = "pages/feedback.py"
SCENARIOS: Final = "pages/scenarios.py"
STREAMS: Final = "pages/streams.py"
REPORTS: Final = "pages/reports.py"
VERIFY: Final = "pages/verify.py"
ADMIN: Final = "pages/admin.py"
# The default page answers at the root, so its address has no path.
_PATHS: Final = {
    OVERVIEW: "",
    ANALYZE: "analyze",
    ANOMALY: "anomaly",
    TUNING: "tuning",
    FEEDBACK: "feedback",
    SCENARIOS: "scenarios",
    STREAMS: "streams",
    REPORTS: "reports",
    VERIFY: "verify",
    ADMIN: "admin",
}


def address(page: str, **parameters: str | Sequence[str]) -> str:
    """The full address of a view, as another browser can open it; several values repeat their name."""
    named = shared() | parameters
    return f"{root()}/{_PATHS[page]}" + (f"?{urlencode(named, doseq=True)}" if named else "")


def root() -> str:
    """Where the dashboard is served, without a slash at its end."""
    here = urlsplit(st.context.url or "")
    path = here.path.rstrip("/")
    for page in _PATHS.values():
        if page and path.endswith(f"/{page}"):
            path = path.removesuffix(f"/{page}")
    return urlunsplit((here.scheme, here.netloc, path, "", ""))


def at(path: str) -> str | None:
    """The page that answers at *path*; None: none of these."""
    return next((page for page, its in _PATHS.items() if its == path), None)


def copy(page: str, *, key: str, **parameters: str | Sequence[str]) -> None:
    """A button that shows the address, with Streamlit's own copy symbol."""
    with st.popover("Copy link", key=key):
        st.code(address(page, **parameters), language=None, wrap_lines=True)


def run_asked() -> str | None:
    """
    The run that this page's address names.

    Leaving a page whose widgets are part of its address, Streamlit leaves an
    entry in the browser's history that holds the *next* page's parameters.
    Who goes back to it wants the run whose anomaly was open.
    """
    if run_id := st.query_params.get("run"):
        return run_id
    queries = desk().queries
    anomaly_id = st.query_params.get("id", "")
    opened = queries.anomaly(tenant(), anomaly_id) or desk().series.anomaly(tenant(), anomaly_id)
    stream = queries.stream(tenant(), opened.row.stream_id) if opened else None
    if stream is None or stream.run_id is None:
        return None
    st.query_params.from_dict({"run": stream.run_id})
    return stream.run_id
