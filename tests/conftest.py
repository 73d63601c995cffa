"""
Fixtures of every folder: a real PostgreSQL server.

``DRIFTLOCK_TEST_DATABASE=postgresql`` runs whatever tests are named with their stores on it: each SQLite file that a
store of this process would open is a PostgreSQL database instead.
"""

import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from driftlock.storage import store
from driftlock.storage.connect import connect
from tests.postgres import INSTEAD, postgres, postgres_database, postgres_owner_url, postgres_url, server

__all__ = ["postgres", "postgres_database", "postgres_owner_url", "postgres_url"]

_BYTES_A_TEST = 500


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
    items[:] = longest_files_first(items)


def pytest_collection_finish() -> None:
    """What was loaded to find the tests stays until the end: no search for garbage has to go through it again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why a test had to be run twice; one that nobody reads about would hide a fault."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"run a second time: {report.nodeid}")
        terminalreporter.line(report.longreprtext)


def longest_files_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """
    A worker takes a whole file: begun last, a long one would keep the others waiting.

    How long it takes is told by its bytes, and by its tests: one that is run with many values is written once.
    """
    tests = Counter(item.path for item in items)
    length = {path: path.stat().st_size + _BYTES_A_TEST * count for path, count in tests.items()}
    return sorted(items, key=lambda item: (-length[item.path], str(item.path)))


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
