"""
Fixtures of every folder: a real PostgreSQL server.

``DRIFTLOCK_TEST_DATABASE=postgresql`` runs whatever tests are named with their stores on it: each SQLite file that a
store of this process would open is a PostgreSQL database instead.
"""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from driftlock.storage import store
from driftlock.storage.connect import connect
from tests.postgres import INSTEAD, postgres, postgres_database, postgres_owner_url, postgres_url, server

__all__ = ["postgres", "postgres_database", "postgres_owner_url", "postgres_url"]


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """
    Streamlit's AppTest leaves the page it ran as ``__main__``.

    A process spawned by a later test would then begin by running that page.
    """
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("DRIFTLOCK_TEST_DATABASE") == "postgresql":
        skip_of_the_file(items)
    if os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("browser"):
                # A click can meet a page that is just being drawn anew; what came of the first time is printed at the end.
                item.add_marker(pytest.mark.flaky(reruns=1))
    items[:] = interleaved(items)


def pytest_collection_finish() -> None:
    """What was loaded to find the tests stays until the end: no search for garbage has to go through it again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why a test had to be run twice; one that nobody reads about would hide a fault."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"run a second time: {report.nodeid}")
        terminalreporter.line(report.longreprtext)


def interleaved(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """
    Files with a browser spread evenly among all others, so that seldom two of them share the processor.

    A worker takes a whole file; the longest comes first.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    browser = [path for path in reversed(files) if "e2e" in path.parts]
    others = [path for path in files if "e2e" not in path.parts]
    step = len(others) / max(1, len(browser))
    order = [
        path
        for at, one in enumerate(browser)
        for path in (one, *others[round(at * step) : round((at + 1) * step)])
    ]
    return [item for path in order or others for item in files[path]]


if os.environ.get("DRIFTLOCK_TEST_DATABASE") == "postgresql":

    def instead(database_url: str):
        if database_url.startswith("sqlite"):
            if database_url not in INSTEAD:
                INSTEAD[database_url] = server().fresh()
            database_url = server().url(INSTEAD[database_url])
        return connect(database_url)

    store.connect = instead  # type: ignore[assignment]

    # These look into the SQLite file itself, or have another process open it.
    of_the_file = {
        "test_runs_of_earlier_versions_are_read",
        "test_the_generator_ends_with_a_process_that_is_killed",
        "test_what_is_deleted_leaves_the_log_of_the_database_too",
    }

    def skip_of_the_file(items: list[pytest.Item]) -> None:
        for item in items:
            if item.name.partition("[")[0] in of_the_file or "[sqlite" in item.name:
                item.add_marker(pytest.mark.skip(reason="of a SQLite file"))

    def pytest_report_header(config: pytest.Config) -> str:
        return "stores: PostgreSQL instead of SQLite"
