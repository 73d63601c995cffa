from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from driftlock.services.streams import blank_stream
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/driftlock.db")
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
