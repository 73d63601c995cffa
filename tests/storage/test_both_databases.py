"""What must not depend on the database: numbers, order, JSON, records; and logs that stay as they were written."""

import json
import random
from dataclasses import asdict

import numpy as np
import pytest
import sqlalchemy as sa

from driftlock.model import Event
from driftlock.services.advance import advance
from driftlock.services.streams import blank_stream
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import anomalies, metadata, streams, suppressions, windows
from driftlock.storage.schema_people import accesses, audit_log, tenants
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED
from tests.core.streams import with_burst
from tests.storage.conftest import NOON
from tests.storage.made_tenants import row

ODD = {
    "z": [0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, 1e22, 1e-7, 2**63, -(2**80), 1.0],
    "a": "\x00\u2028 größer 🙂 \\u0000",
    "B": {"y": None, "x": True},
    "": [],
}


class Noon:
    def now(self):
        return NOON


def test_json_comes_back_as_it_was_written(store, add_stream):
    """Every bit of every number, the order of keys, NUL; a digest over it is the same everywhere."""
    stream_id = add_stream()
    with writing(store.engine, "demo") as connection:
        connection.execute(sa.update(streams).values(configuration=ODD))
    kept = store.streams.get("demo", stream_id).configuration
    assert json.dumps(kept) == json.dumps(ODD)


def test_numbers_keep_every_bit(store, add_stream):
    """Seed 3: 2,000 of them, of every size; but zero loses its sign."""
    random_ = random.Random(3)
    values = [random_.uniform(-1, 1) * 10.0 ** random_.randrange(-300, 300) for _ in range(1_990)]
    values += [
        5e-324,
        2.2250738585072014e-308,
        1.7976931348623157e308,
        float("inf"),
        float("-inf"),
        0.1,
        1 / 3,
        1e16,
        1.0,
    ]
    stream_id, table = add_stream(), windows
    made = row(table, "demo", 1) | {"stream_id": stream_id}
    with writing(store.engine, "demo") as connection:
        connection.execute(
            sa.insert(table), [made | {"window": at, "mu": value} for at, value in enumerate(values)]
        )
        kept = list(connection.scalars(sa.select(table.c.mu).order_by(table.c.window)))
        connection.execute(sa.update(table).values(mu=-0.0))
        zeros = set(connection.scalars(sa.select(table.c.mu)))
    assert [value.hex() for value in kept] == [value.hex() for value in values]
    assert [value.hex() for value in zeros] == [(0.0).hex()]


def test_text_is_ordered_by_its_bytes(store):
    """Large letters before small ones, hyphens where they stand, whatever the language of the server."""
    texts = ["b", "B", "a-b", "ab", "a_b", "Ä", "ä", "a b", "é", "z", "10", "9"]
    with writing(store.engine, "demo") as connection:
        connection.execute(
            sa.insert(suppressions),
            [row(suppressions, "demo", 1) | {"id": f"{at}", "reason": text} for at, text in enumerate(texts)],
        )
        reason = suppressions.c.reason
        assert list(connection.scalars(sa.select(reason).order_by(reason))) == sorted(texts, key=str.encode)
        found = set(connection.scalars(sa.select(reason).where(reason.icontains("A"))))
        assert found == {"a-b", "ab", "a_b", "a b"}
        assert list(connection.scalars(sa.select(reason).where(reason.icontains("_", autoescape=True)))) == [
            "a_b"
        ]


def test_a_transaction_that_only_reads_sees_one_moment(store, add_stream):
    add_stream()
    count = sa.select(sa.func.count()).select_from(streams)
    with reading(store.engine, "demo") as connection:
        assert connection.scalar(count) == 1
        add_stream()
        assert connection.scalar(count) == 1
    with reading(store.engine, "demo") as connection:
        assert connection.scalar(count) == 2


def test_columns_of_windows_are_their_rows_to_the_last_bit(store, add_stream):
    """Read as arrays, in the order of the stream whatever was written first; a missing number is NaN."""
    stream_id = add_stream()
    odd = [5e-324, 1.7976931348623157e307, float("inf"), 1 / 3, -0.1]
    made = [
        row(windows, "demo", 1)
        | {
            "stream_id": stream_id,
            "window": at,
            "last_at_us": None if at == 2 else 2**62 + at,
            "size": 2**53 + at,
        }
        | {"mu": value, "p_perm": None if at == 1 else value, "exact": at % 2 == 0, "c_window": None}
        for at, value in enumerate(odd)
    ]
    with writing(store.engine, "demo") as connection:
        connection.execute(sa.insert(windows), made[::-1])
    found = store.verdicts.scores("demo", stream_id)
    assert found.window.tolist() == list(range(5))
    assert found.last_at_us.tolist() == [-1 if at == 2 else 2**62 + at for at in range(5)]
    assert found.extra["size"].tolist() == [2**53 + at for at in range(5)]
    assert found.extra["mu"].tolist() == odd
    assert found.extra["c_window"].tolist() == [0] * 5
    assert np.array_equal(found.p_perm, [np.nan if at == 1 else odd[at] for at in range(5)], equal_nan=True)
    assert found.exact.tolist() == [True, False, True, False, True]
    nothing = store.verdicts.scores("demo", "another")
    assert (len(nothing.window), len(nothing.extra["mu"])) == (0, 0)


def test_verdicts_are_the_same_to_the_last_bit(sqlite_url, postgres_url):
    """A burst of foreign lines, seed 11, judged with its store on either: windows, records, sums, state."""
    payloads = with_burst(1_400, 11, start=1_190, stop=1_300, share=0.5)
    events = [
        Event(payload, "logs", at.to_bytes(8, "big"), 1_767_600_000_000_000 + at, "a\x00pi")
        for at, payload in enumerate(payloads)
    ]
    found = []
    for url in (sqlite_url, postgres_url):
        store = SqlStore(url)
        stream = blank_stream(
            "demo", name="api", kind="logs", profile=BALANCED, created_at=NOON, stream_id="stream"
        )
        store.streams.add(stream)
        store.events.append("demo", stream.id, events, NOON)
        assert advance(store, Noon(), "demo", stream.id, slab_events=500)
        with reading(store.engine, "demo") as connection:
            kept = {
                table.name: [
                    tuple(one) for one in connection.execute(sa.select(table).order_by(table.c.window))
                ]
                for table in (windows, anomalies)
            }
            kept["state"] = connection.execute(sa.select(metadata.tables["detector_states"])).one().state
        listed = [asdict(one) for one in store.verdicts.anomalies("demo", stream.id, "strongest", 0, 99)]
        texts = [json.dumps(store.verdicts.anomaly("demo", one["id"])[1]) for one in listed]
        found.append((kept, listed, texts, store.streams.get("demo", stream.id)))
        store.close()
    assert len(found[0][1]) > 0
    assert repr(found[0]) == repr(found[1])


@pytest.fixture
def logged(store):
    """Two rows in each log of two tenants."""
    for tenant in ("kept", "gone"):
        with writing(store.engine, tenant) as connection:
            connection.execute(sa.insert(tenants).values(row(tenants, tenant, 1)))
            for table in (audit_log, accesses):
                connection.execute(sa.insert(table), [row(table, tenant, number) for number in (1, 2)])
    return store


@pytest.mark.parametrize("table", [audit_log, accesses], ids=lambda table: table.name)
def test_a_log_stays_as_it_was_written(logged, table):
    """Nobody changes a row; rows go with their tenant, when it is gone or removed."""
    mine = table.c.tenant == "kept"
    for statement in (sa.update(table).where(mine).values(actor="me"), sa.delete(table).where(mine)):
        refused = pytest.raises(sa.exc.DBAPIError, match=r"stays as it was written|permission denied")
        with refused, writing(logged.engine, "kept") as connection:
            connection.execute(statement)
    with writing(logged.engine, "gone") as connection:
        connection.execute(sa.update(tenants).where(tenants.c.tenant == "gone").values(state="removed"))
        assert connection.execute(sa.delete(table).where(table.c.tenant == "gone")).rowcount == 2
    with writing(logged.engine, "kept") as connection:
        connection.execute(sa.delete(tenants).where(tenants.c.tenant == "kept"))
        assert connection.execute(sa.delete(table).where(mine)).rowcount == 2


def test_a_log_is_not_rewritten_by_its_owner_either(logged, postgres_owner_url):
    """The trigger holds for everybody who does not take it away first."""
    if logged.engine.dialect.name == "sqlite":
        return  # there is one role only, and it was asked above
    owner = SqlStore(postgres_owner_url)
    for statement in (sa.update(audit_log).values(actor="me"), sa.delete(audit_log)):
        with (
            pytest.raises(sa.exc.IntegrityError, match="stays as it was written"),
            writing(owner.engine, "kept") as connection,
        ):
            connection.execute(statement)
    with pytest.raises(sa.exc.IntegrityError, match="stays"), writing(owner.engine, "kept") as connection:
        connection.exec_driver_sql("TRUNCATE audit_log")
    owner.close()
