"""A database that cannot be written says so, in words for whoever sends."""

import sqlite3

import pytest

from driftlock.errors import StoreUnavailable
from driftlock.model import Event
from driftlock.storage import connect
from tests.storage.conftest import NOON


def events(count: int, size: int = 10) -> list[Event]:
    return [Event(b"x" * size, "logs", n.to_bytes(8, "big")) for n in range(count)]


@pytest.fixture
def database_url(sqlite_url):
    """What PostgreSQL answers: tests/storage/test_postgresql.py."""
    return sqlite_url


def test_a_locked_database_is_busy_for_a_moment(store, add_stream, monkeypatch):
    stream_id = add_stream()
    monkeypatch.setattr(connect, "BUSY_TIMEOUT_MS", 50)
    store.engine.dispose()  # connections opened from now on wait so long
    with sqlite3.connect(store.engine.url.database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="busy") as raised:
            store.events.append("demo", stream_id, events(1), NOON)
        assert raised.value.retry_after_s == 1
        other.execute("ROLLBACK")
    assert store.events.append("demo", stream_id, events(1), NOON).accepted == 1


def test_a_full_disk_is_said_and_nothing_is_stored(store, add_stream):
    """The database may not grow by more than a few pages: what SQLite answers is what it answers on a full disk."""
    stream_id = add_stream()
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(StoreUnavailable, match="full") as raised:
        store.events.append("demo", stream_id, events(500, 1_000), NOON)
    assert raised.value.retry_after_s == 30
    assert store.streams.get("demo", stream_id).events == 0
