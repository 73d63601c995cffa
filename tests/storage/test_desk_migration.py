"""A database from before the desk, brought up to date and back."""

import pytest
import sqlalchemy as sa

from driftlock.storage.connect import changing, connect
from driftlock.storage.migrate import downgrade, upgrade

RECEIVED = 1_767_614_400_000_000
OF_WINDOW = (
    "size, mu, cbar, m, p_stream, score, exact, gated, flagged, ready, chance) "
    "VALUES (?, ?, ?, ?, ?, ?, 1, 1, 1, 1, 0.1, 0.1, 1, 0, 1, 1, 0.1)"
)


@pytest.fixture
def old(tmp_path):
    """
    Revision 0003: three windows, flagged, and two alerts.

    The first names its time; the second does not, but its last event, 8, is kept; the third's event is gone.
    """
    engine = connect(f"sqlite:///{tmp_path}/driftlock.db")
    upgrade(engine, "0003")
    with changing(engine) as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO streams (tenant, id, name, kind, configuration, status, events, windows, flagged, "
            "incidents, expected_by_chance, events_needed, created_at) "
            "VALUES ('demo', 's', 'api', 'logs', '{}', 'ready', 8, 3, 3, 1, 0.3, 0, '2026-01-05 12:00:00')"
        )
        for seq in (4, 8):
            run(
                "INSERT INTO events (tenant, stream_id, seq, key, received_us, kind, payload) "
                "VALUES ('demo', 's', ?, ?, ?, 'logs', x'')",
                (seq, b"%d" % seq, RECEIVED + seq),
            )
        for number, (last_seq, last_at) in enumerate([(4, 77), (8, None), (9, None)]):
            run(
                f"INSERT INTO windows (tenant, stream_id, window, first_seq, last_seq, last_at_us, {OF_WINDOW}",
                ("demo", "s", number, 1, last_seq, last_at),
            )
            run(
                "INSERT INTO anomalies (tenant, id, stream_id, window, first_seq, last_seq, last_at_us, status, "
                "ncd, p, p_stream, p_perm, extra_bits, severity, incident, sentence, record) "
                "VALUES ('demo', ?, 's', ?, 1, ?, ?, 'flagged', 1, 1, 1, 1, 1, 'low', 1, '', '{}')",
                (f"a{number}", number, last_seq, last_at),
            )
        for number, (last_seq, last_at) in enumerate([(4, 77), (8, None)]):
            run(
                "INSERT INTO series_anomalies (tenant, id, stream_id, series, record, last_record, first_seq, "
                "last_seq, last_at_us, value, low, high, nearest, view, bits, p, score, severity, sentence, whole) "
                "VALUES ('demo', ?, 's', 'cpu', 1, 1, 1, ?, ?, 1, 1, 1, 1, 'level', 1, 1, 1, 'low', '', '{}')",
                (f"b{number}", last_seq, last_at),
            )
    yield engine
    engine.dispose()


def column(engine, table, name):
    with engine.connect() as connection:
        return list(connection.scalars(sa.text(f"SELECT {name} FROM {table} ORDER BY last_seq")))


def test_the_moment_is_that_of_the_last_event_else_when_it_came_in(old):
    upgrade(old)
    expected = [77, RECEIVED + 8, 0]
    assert column(old, "windows", "seen_us") == expected
    assert column(old, "anomalies", "seen_us") == expected
    assert column(old, "series_anomalies", "seen_us") == expected[:2]
    assert column(old, "anomalies", "pattern") == ["", "", ""]  # what was found before has none
    assert column(old, "windows", '"window"') == [0, 1, 2]


def test_it_goes_down_again_and_loses_nothing_that_was_there(old):
    def shape():
        inspect = sa.inspect(old)
        return {
            table: (
                sorted(one["name"] for one in inspect.get_columns(table)),
                sorted(str(one["name"]) for one in inspect.get_indexes(table)),
            )
            for table in inspect.get_table_names()
        }

    before = shape()
    upgrade(old)
    assert shape() != before
    downgrade(old, "0003")
    assert shape() == before
    assert column(old, "windows", "last_at_us") == [77, None, None]
    assert column(old, "anomalies", "id") == ["a0", "a1", "a2"]
    assert column(old, "series_anomalies", "id") == ["b0", "b1"]
