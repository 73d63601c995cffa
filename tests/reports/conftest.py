"""One application with a flagged window and a flagged number, and a reader of PDF."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from data_generator import generate
from driftlock.bootstrap import App, open_app
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED

SECONDS = 120


class At:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, str, str]]:
    """The application, the id of a flagged window, the id of a flagged number."""
    home: Path = tmp_path_factory.mktemp("reports")
    app = open_app(Settings(home=home, demo_data=False), clock=At(), work=False)
    ids = []
    for sample, events in (("web-logs", 3_000), ("service-metrics", 6_000)):
        data = generate(sample, events=events).data
        run = app.start_run(
            "demo",
            source="sample",
            name=sample,
            open_source=lambda data=data: io.BytesIO(data),
            profile=BALANCED,
        )
        while app.work():
            pass
        stream = app.queries.streams("demo", run)[0]
        found = app.queries.anomalies("demo", stream.id, limit=1) or app.series.anomalies(
            "demo", stream.id, limit=1
        )
        ids.append(found[0].id)
    yield app, ids[0], ids[1]
    app.close()


@pytest.fixture
def pdf_text() -> Callable[[bytes], str]:
    """The text of a PDF."""

    def read(data: bytes) -> str:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)

    return read
