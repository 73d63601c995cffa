import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from driftlock.storage.connect import changing, connect
from driftlock.storage.migrate import NewerDatabase, downgrade, upgrade
from driftlock.storage.schema import metadata


def tables(engine):
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def test_models_and_migrations_agree(tmp_path):
    """The migrations build exactly what the tables in schema.py say."""
    engine = connect(f"sqlite:///{tmp_path}/driftlock.db")
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_there_and_back_again(tmp_path):
    """Downgrading removes every table, upgrading brings them back, upgrading twice changes nothing."""
    engine = connect(f"sqlite:///{tmp_path}/driftlock.db")
    upgrade(engine)
    upgrade(engine)
    assert tables(engine) == set(metadata.tables)
    downgrade(engine, "base")
    assert tables(engine) == set()
    upgrade(engine)
    assert tables(engine) == set(metadata.tables)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path):
    """All of an upgrade or none of it: a table in its way stops it before the first one is made."""
    engine = connect(f"sqlite:///{tmp_path}/driftlock.db")
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("CREATE TABLE windows (mine INTEGER)")
    with pytest.raises(sa.exc.OperationalError, match="windows already exists"):
        upgrade(engine)
    assert tables(engine) == {"windows"}


def test_a_database_of_a_later_version_is_left_alone(tmp_path):
    engine = connect(f"sqlite:///{tmp_path}/driftlock.db")
    upgrade(engine)
    with changing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(
        NewerDatabase, match=r"driftlock\.db was written by a later version \(revision 9999\)"
    ):
        upgrade(engine)
    assert tables(engine) == set(metadata.tables)


def test_processes_that_start_at_once_do_not_collide(tmp_path):
    program = (
        "import sys; from driftlock.storage.connect import connect; from driftlock.storage.migrate import upgrade;"
        "sys.stdin.read(); upgrade(connect(sys.argv[1]))"
    )
    url = f"sqlite:///{tmp_path}/driftlock.db"
    starting = [
        subprocess.Popen([sys.executable, "-c", program, url], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in starting:
        process.stdin.close()  # all are waiting for this
    errors = [process.stderr.read().decode() for process in starting]
    assert [process.wait() for process in starting] == [0, 0, 0, 0], errors
    assert tables(connect(url)) == set(metadata.tables)


def test_every_key_begins_with_the_tenant():
    """But for those of people, who are known before it is known whose data they ask for."""
    of_tenants = [table for name, table in metadata.tables.items() if name not in ("users", "sessions")]
    assert {next(iter(table.primary_key)).name for table in of_tenants} == {"tenant"}
    for table in metadata.tables.values():
        for constraint in table.foreign_key_constraints:
            assert constraint.column_keys[0] == "tenant"


def test_the_schema_can_be_written_for_postgresql():
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert "CREATE" in str(CreateIndex(index).compile(dialect=dialect))


def test_windows_of_before_the_values_have_none_and_lose_nothing(tmp_path):
    """Up, down and up again from revision 0007."""
    engine = connect(f"sqlite:///{tmp_path}/driftlock.db")
    upgrade(engine, "0007")
    with changing(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO streams (tenant, id, name, kind, configuration, status, events, windows, flagged, "
            "incidents, expected_by_chance, events_needed, created_at) "
            "VALUES ('demo', 's', 'api', 'logs', '{}', 'ready', 8, 1, 0, 0, 0.1, 0, '2026-01-05 12:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO windows (tenant, stream_id, window, first_seq, last_seq, seen_us, size, mu, cbar, m, p_stream, "
            "score, exact, gated, flagged, ready, chance, pace_p) "
            "VALUES ('demo', 's', 0, 1, 8, 0, 1, 1, 1, 1, 1, 0.1, 1, 0, 0, 1, 0.1, 0.25)"
        )
    for revision in ("head", "0007", "head"):
        (downgrade if revision == "0007" else upgrade)(engine, revision)
    with engine.connect() as connection:
        kept = connection.execute(sa.select(metadata.tables["windows"])).mappings().one()
    assert (kept["pace_p"], kept["values_p"], kept["values_distance"]) == (0.25, None, None)
