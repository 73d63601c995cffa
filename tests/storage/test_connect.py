from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from driftlock.services.streams import blank_stream
from driftlock.storage import connect as connecting
from driftlock.storage.connect import changing, connect, empty_log, reading, writing
from driftlock.storage.schema import detector_states, runs
from driftlock.storage.store import SqlStore
from driftlock.storage.types import UtcTime, write_json
from driftlock_core.profiles import BALANCED
from tests.storage.conftest import NOON


def test_readers_do_not_block_the_writer(store):
    """What a reader sees stays as it was, and the writer goes on."""
    count = sa.select(sa.func.count()).select_from(runs)
    with reading(store.engine, "demo") as reader:
        assert reader.scalar(count) == 0
        with writing(store.engine, "demo") as writer:
            writer.execute(
                sa.insert(runs).values(
                    **dict.fromkeys(("id", "source", "name", "state", "step"), "a"),
                    **dict.fromkeys(("bytes_read", "events_received", "events_analyzed"), 0),
                    configuration={},
                    options={},
                    tenant="demo",
                    cancel_requested=False,
                    created_at=NOON,
                )
            )
        assert reader.scalar(count) == 0
    with reading(store.engine, "demo") as reader:
        assert reader.scalar(count) == 1


def test_nothing_can_belong_to_a_stream_that_is_not_there(store):
    with pytest.raises(sa.exc.IntegrityError), writing(store.engine, "demo") as connection:
        connection.execute(sa.insert(detector_states).values(tenant="demo", stream_id="none", cursor=0))


def test_what_is_deleted_is_overwritten_and_the_log_cut_back(in_sqlite):
    """Payloads must not stay legible in free pages, nor a log as large as the largest deletion."""
    with in_sqlite.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_size_limit").scalar() == 32 * 1024**2


def test_an_error_of_the_database_does_not_quote_what_was_to_be_stored(store):
    with pytest.raises(sa.exc.IntegrityError) as raised, writing(store.engine, "demo") as connection:
        connection.execute(
            sa.insert(detector_states).values(tenant="demo", stream_id="x", cursor=0, state=b"secret")
        )
    assert "secret" not in str(raised.value)


def test_times_come_back_aware_and_the_same_moment(tmp_path):
    table = sa.Table("moments", sa.MetaData(), sa.Column("moment", UtcTime))
    engine = connect(f"sqlite:///{tmp_path}/moments.db")
    moment = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    with changing(engine) as connection:
        table.create(connection)
        connection.execute(sa.insert(table), [{"moment": moment}, {"moment": None}])
        assert connection.scalars(sa.select(table.c.moment)).all() == [moment, None]
        assert connection.scalar(sa.select(table.c.moment)).tzinfo == UTC
        assert connection.scalar(sa.select(sa.func.count()).where(table.c.moment < moment)) == 0


def test_a_time_without_a_zone_is_refused(tmp_path):
    table = sa.Table("moments", sa.MetaData(), sa.Column("moment", UtcTime))
    engine = connect(f"sqlite:///{tmp_path}/moments.db")
    table.create(engine)
    with engine.connect() as connection, pytest.raises(sa.exc.StatementError, match="no time zone"):
        connection.execute(sa.insert(table), [{"moment": datetime(2026, 3, 1)}])


def test_json_without_a_meaning_elsewhere_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json({"p_perm": float("nan")})


def test_a_reader_that_goes_on_keeps_the_log_and_nobody_fails(in_sqlite, monkeypatch):
    """The log is emptied by the next one who asks."""
    monkeypatch.setattr(connecting, "LOG_TIMEOUT_MS", 10)
    with in_sqlite.engine.connect() as reader:
        reader.scalar(sa.select(sa.func.count()).select_from(runs))
        in_sqlite.streams.add(
            blank_stream("demo", name="api", kind="logs", profile=BALANCED, created_at=NOON)
        )
        assert not empty_log(in_sqlite.engine)
    assert empty_log(in_sqlite.engine)
    with in_sqlite.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == connecting.BUSY_TIMEOUT_MS


def test_a_new_database_is_its_owners_alone_in_whatever_folder(tmp_path):
    """Payloads and names of people lie in it, and in the log beside it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o755)
    store = SqlStore(f"sqlite:///{folder / 'd.db'}")
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name
    store.engine.dispose()
