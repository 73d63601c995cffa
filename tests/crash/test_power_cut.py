"""What a power cut may take back: nothing that was acknowledged, nothing that a person did."""

import pytest

from driftlock.storage.connect import writing
from driftlock.storage.store import SqlStore
from tests.crash import load
from tests.crash.databases import DATABASES, database


@pytest.fixture(params=DATABASES)
def store(request, tmp_path):
    with database(request.param, tmp_path) as made:
        opened = SqlStore(made.url)
        yield opened
        opened.close()


def waits_for_the_disk(store: SqlStore, **options: bool) -> bool:
    with writing(store.engine, load.TENANT, **options) as connection:
        if store.engine.dialect.name == "postgresql":
            return connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        return connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_a_commit_waits_for_the_disk_unless_it_can_be_made_again(store):
    """In any order on one connection: none leaves its setting to the next."""
    assert waits_for_the_disk(store)
    assert not waits_for_the_disk(store, lasting=False)
    assert waits_for_the_disk(store)
    assert waits_for_the_disk(store, lasting=True, alone=False)
