from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa

from driftlock.services.overview import Overview
from driftlock.services.review import Reviews
from driftlock.storage.connect import reading
from driftlock.storage.schema import reviews, suppressions
from driftlock.storage.store import SqlStore
from tests.made_desk import NOW, NOW_US, MadeDesk


class SetClock:
    """Tells the time it was given."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def store(tmp_path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/driftlock.db")
    yield store
    store.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def review(store, clock) -> Reviews:
    return Reviews(store, clock)


@pytest.fixture
def overview(store, clock) -> Overview:
    return Overview(store, clock)


@pytest.fixture
def desk() -> MadeDesk:
    return MadeDesk(tenant="demo")


@pytest.fixture
def rows(store, desk) -> list[str]:
    """Ids of six flagged windows, patterns aa, bb, aa, … of stream "api", and of two alerts of "cpu", aa and zz."""
    api = desk.add_stream(store, name="api", source="upload")
    found = desk.add_windows(
        store, api, range(NOW_US, NOW_US + 6), flagged=set(range(6)), patterns=("aa", "bb")
    )
    cpu = desk.add_stream(store, name="cpu", kind="metrics", series=True)
    desk.add_numbers(store, cpu, [NOW_US] * 30, warmup=10)
    found += desk.add_alerts(store, cpu, [(1, 2, NOW_US, 5.0, "aa"), (9, 9, NOW_US, 5.0, "zz")])
    return [row.id for row in found]


@pytest.fixture
def kept(store):
    """Every review and suppression as it lies in the database now."""

    def read():
        with reading(store.engine, "demo") as connection:
            return [
                sorted(connection.execute(sa.select(table)).all(), key=str)
                for table in (reviews, suppressions)
            ]

    return read
