from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from driftlock.services.streams import blank_stream
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/driftlock.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request) -> str:
    """An address of each database: SQLite without a file, PostgreSQL with empty tables and a plain role."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def store(database_url) -> Iterator[SqlStore]:
    store = SqlStore(database_url)
    yield store
    store.close()


@pytest.fixture
def in_sqlite(sqlite_url) -> Iterator[SqlStore]:
    """A store of which something is asked that only SQLite does."""
    store = SqlStore(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def add_stream(store):
    """Make a stream and answer its id."""

    def add(tenant: str = "demo") -> str:
        stream = blank_stream(tenant, name="api", kind="logs", profile=BALANCED, created_at=NOON)
        store.streams.add(stream)
        return stream.id

    return add
