"""The audit log: what it holds, that it is written with the change, and that nobody alters it unseen."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from driftlock.services.acting import Actor, Record, aside, by_system, note
from driftlock.services.audit import LONGEST_SEGMENT, Audit
from driftlock.services.audit_rows import plain
from driftlock.storage.connect import writing
from driftlock.storage.schema import demo_data
from driftlock.storage.schema_people import audit_log
from driftlock.storage.store import SqlStore

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ROWS = 9
ANN = Actor(tenant="demo", user="a" * 32, role="operator", address="10.0.0.7")


def said(number: int, *, actor: Actor = ANN, **also: object) -> Record:
    """A change of limits, the *number*-th."""
    told = {"object_id": f"{number:032x}", "before": {"alpha": 0.05}, "after": {"alpha": number / 1000}}
    return Record(
        actor=actor,
        at=NOON + timedelta(seconds=number, microseconds=number),
        action="limits.apply",
        object_kind="stream",
        **(told | {"reason": f"because {number}"} | also),
    )


def touch(connection: sa.Connection) -> None:
    """Change something."""
    connection.execute(sa.delete(demo_data).where(demo_data.c.tenant == "demo"))
    connection.execute(sa.insert(demo_data).values(tenant="demo", begun_at=NOON, days=0, taken=0))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path) -> Iterator[SqlStore]:
    sqlite = f"sqlite:///{tmp_path}/driftlock.db"
    opened = SqlStore(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    yield opened
    opened.close()


@pytest.fixture
def lite(tmp_path) -> Iterator[SqlStore]:
    """A log of :data:`ROWS` rows in SQLite, without what keeps it from being changed."""
    opened = SqlStore(f"sqlite:///{tmp_path}/lite.db")
    for number in range(1, ROWS + 1):
        opened.audit.append(said(number))
    with opened.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
        for name in names.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.commit()
    yield opened
    opened.close()


def test_anybody_can_recompute_the_chain_from_what_is_handed_out(store):
    """Ten lines, without this program: SHA-256 of the canonical JSON of each row, the hash before included."""
    for number in range(1, 4):
        told = plain({"alpha": 1e-7, "large": 1e22, "text": "é\0\ud800", "n": -0.0, "n\0": [2.5, True, None]})
        store.audit.append(said(number, after=told))
    rows = [json.loads(json.dumps(row)) for row in Audit(store).export("demo")]
    previous = "0" * 64
    for seq, row in enumerate(rows, start=1):
        stated = row.pop("hash")
        text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (row["seq"], row["previous"]) == (seq, previous)
        assert hashlib.sha256(text.encode()).hexdigest() == stated
        previous = stated
    assert Audit(store).check("demo").sentence == f"3 records, unbroken; head {previous}."


def test_both_databases_hash_the_same_rows_to_the_same_head(postgres_url, tmp_path):
    """The head of a log moved from one to the other stays what it was."""
    heads = []
    for url in (postgres_url, f"sqlite:///{tmp_path}/same.db"):
        opened = SqlStore(url)
        for number in range(1, 30):
            opened.audit.append(
                said(number, after={"limit": number / 7, "big": 10.0**number, "é": ["ü", None]})
            )
        heads.append(Audit(opened).check("demo").head)
        opened.close()
    assert heads[0] == heads[1] != "0" * 64


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text()
    | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), values, max_size=5))
def test_what_goes_into_a_row_reads_back_from_json_as_it_was(given_values):
    """Also where a database writes numbers without exponents and keeps no NUL."""
    kept = plain(given_values)
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, allow_nan=False)
    text.encode()
    assert "\\u0000" not in text
    assert "e+" not in "".join(repr(one) for one in _numbers(kept))
    assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False) == text


def _numbers(value):
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list):
        for one in value:
            yield from _numbers(one)


def test_a_row_is_bounded_whatever_a_change_says_about_itself():
    """Payloads are counted, not kept; long texts and lists are cut."""
    kept = plain({"payload": b"secret" * 99, "text": "x" * 9_999, "ids": [f"{n:032x}" for n in range(5_000)]})
    assert kept["payload"] == "594 bytes"
    assert "secret" not in str(kept)
    assert len(json.dumps(kept)) < 5_000


def _tampered() -> list[tuple[str, str, int, str]]:
    """Name, SQL, first record that is wrong, and what is wrong with it."""
    cases: list[tuple[str, str, int, str]] = []
    changes = {
        "at": "'2026-01-05 12:00:01.000000'",
        "actor": "'somebody'",
        "role": "'viewer'",
        "action": "'limits.undo'",
        "object_kind": "'run'",
        "object_id": "'ffff'",
        "before": "'{\"alpha\":0.04}'",
        "after": "NULL",
        "reason": "reason || '.'",
        "address": "NULL",
        "previous": f"'{'1' * 64}'",
        "hash": f"'{'2' * 64}'",
    }
    for seq in range(1, ROWS + 1):
        for column, value in changes.items():
            if column == "at" and seq == 1:
                value = "'2026-01-05 12:00:09.000000'"
            sql = f'UPDATE audit_log SET "{column}" = {value} WHERE seq = {seq}'
            cases.append((f"{column} of {seq}", sql, seq, "changed"))
        for column in ("at", "before", "after"):
            sql = f"UPDATE audit_log SET \"{column}\" = 'no such thing' WHERE seq = {seq}"
            cases.append((f"unreadable {column} of {seq}", sql, seq, "changed"))
        away = f"UPDATE audit_log SET tenant = 'other' WHERE seq = {seq}"
        gone = f"DELETE FROM audit_log WHERE seq = {seq}"
        moved = f"UPDATE audit_log SET seq = seq + 100 WHERE seq = {seq}"
        what = "missing" if seq < ROWS else "cut"
        cases.append((f"tenant of {seq}", away, seq, what))
        cases.append((f"without {seq}", gone, seq, what))
        cases.append((f"{seq} moved to the end", moved, seq, "missing"))
        closed = f"{gone}; UPDATE audit_log SET seq = seq - 1 WHERE seq > {seq}"
        cases.append((f"without {seq}, the gap closed", closed, seq, "moved" if seq < ROWS else "cut"))
    for seq in range(1, ROWS):
        swap = (
            f"UPDATE audit_log SET seq = -1 WHERE seq = {seq}; UPDATE audit_log SET seq = {seq} WHERE seq = "
            f"{seq + 1}; UPDATE audit_log SET seq = {seq + 1} WHERE seq = -1"
        )
        cases.append((f"{seq} and the next swapped", swap, seq, "moved"))
        room = f"UPDATE audit_log SET seq = -seq - 1 WHERE seq > {seq}; UPDATE audit_log SET seq = -seq WHERE seq < 0"
        double = f"{room}; INSERT INTO audit_log SELECT tenant, {seq + 1}, {_REST} FROM audit_log WHERE seq = {seq}"
        cases.append((f"{seq} twice", double, seq + 1, "moved"))
    return cases


_REST = ", ".join(f'"{column.name}"' for column in audit_log.columns if column.name not in ("tenant", "seq"))
TAMPERED = _tampered()


def test_every_tampering_is_caught_and_named(lite):
    """Each column of each row, rows deleted, moved, swapped, doubled, cut off: the first wrong record is told."""
    audit = Audit(lite)
    head = audit.check("demo").head
    with lite.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM audit_log").all()
    marks = ", ".join("?" * len(audit_log.columns))
    raw = lite.engine.raw_connection()
    missed = []
    for name, sql, first, what in TAMPERED:
        raw.executescript(sql)
        found = audit.check("demo", head=head)
        if found.unbroken or found.first_broken != first or what != found.what:
            missed.append((name, found))
        assert f"record {first:,}:" in found.sentence or found.what == "cut" or missed
        raw.executescript("DELETE FROM audit_log")
        raw.executemany(f"INSERT INTO audit_log VALUES ({marks})", [tuple(row) for row in kept])
    raw.close()
    assert len(TAMPERED) >= 100
    assert missed == []
    assert audit.check("demo", head=head).unbroken


def test_a_chain_written_anew_is_told_by_a_head_from_before(lite):
    """Whoever can write everything can make a chain that is whole; not one that leads to the old head."""
    audit = Audit(lite)
    head = audit.check("demo").head
    raw = lite.engine.raw_connection()
    raw.executescript("DELETE FROM audit_log")
    raw.close()
    for number in range(1, ROWS + 1):
        lite.audit.append(said(number, reason="rewritten"))
    assert audit.check("demo").unbroken
    found = audit.check("demo", head=head)
    assert (found.unbroken, found.what) == (False, "cut")


def test_a_log_that_grew_still_holds_the_head_from_before(lite):
    """A head written down last month is on the way to today's."""
    audit = Audit(lite)
    head = audit.check("demo").head
    lite.audit.append(said(77))
    found = audit.check("demo", head=head)
    assert (found.unbroken, found.records) == (True, ROWS + 1)
    assert found.head != head


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_log SET reason = 'x'", "UPDATE audit_log SET seq = 99", "DELETE FROM audit_log"]
)
def test_the_database_itself_refuses_to_change_what_is_written(store, sql):
    """Append-only by the tables, not by good manners; of a tenant that is there."""
    store.audit.append(said(1))
    with pytest.raises(sa.exc.DBAPIError), writing(store.engine, "demo") as connection:
        connection.exec_driver_sql(sql)
    assert Audit(store).check("demo").records == 1


def test_numbers_have_no_gaps_however_many_write_at_once(store):
    """Eight threads, ten changes each, of two tenants: 1 to 40 each, unbroken."""
    errors = []

    def write(worker: int) -> None:
        actor = Actor(tenant=("demo", "other")[worker % 2], user=f"{worker}", role="analyst")
        try:
            for number in range(10):
                store.audit.append(said(number, actor=actor))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [Audit(store).check(tenant) for tenant in ("demo", "other")]
    assert errors == []
    assert [(one.records, one.unbroken) for one in found] == [(40, True), (40, True)]


_PROCESS = """
import sys
from datetime import UTC, datetime
from driftlock.services.acting import Actor, Record
from driftlock.storage.store import SqlStore
store = SqlStore(sys.argv[1])
actor = Actor(tenant="demo", user=sys.argv[2], role="analyst")
for number in range(40):
    at = datetime(2026, 1, 5, tzinfo=UTC)
    store.audit.append(Record(actor=actor, at=at, action="x", object_kind="y", object_id=str(number)))
"""


def test_two_processes_write_one_chain(store):
    """Neither waits for the other longer than a row takes, and no number is given twice."""
    url = store.engine.url.render_as_string(hide_password=False)
    both = [subprocess.Popen([sys.executable, "-c", _PROCESS, url, name]) for name in ("one", "two")]
    assert [process.wait(120) for process in both] == [0, 0]
    found = Audit(store).check("demo")
    assert (found.records, found.unbroken) == (80, True)
    assert {row.actor for row in Audit(store).page("demo", limit=80).rows} == {"one", "two"}


def test_a_row_is_written_with_the_change_or_not_at_all(store):
    """A transaction that is rolled back takes its row along."""
    with (
        suppress(RuntimeError),
        by_system("demo", "a.b", "stream", "s", at=NOON),
        writing(store.engine, "demo") as connection,
    ):
        touch(connection)
        raise RuntimeError
    assert Audit(store).page("demo").total == 0
    with by_system("demo", "a.b", "stream", "s", at=NOON, after={"days": 30}):
        with writing(store.engine, "demo"):
            pass  # looks, and changes nothing
        with writing(store.engine, "demo") as connection:
            note(before={"days": 90}, reason="shorter")
            touch(connection)
    row = Audit(store).page("demo").rows[0]
    assert (row.actor, row.role, row.action, row.object_id) == ("system", "system", "a.b", "s")
    assert (row.before, row.after, row.reason) == ({"days": 90}, {"days": 30}, "shorter")


def test_a_change_that_failed_leaves_its_row_to_no_later_transaction(store):
    """What the verb writes afterwards, to tidy up, is not the change."""
    with by_system("demo", "a.b", "stream", "s", at=NOON, waits=True):
        with suppress(RuntimeError), writing(store.engine, "demo") as connection:
            note(within=connection)
            touch(connection)
            raise RuntimeError
        with writing(store.engine, "demo") as connection:
            touch(connection)
    assert Audit(store).page("demo").total == 0


def test_nothing_is_written_where_nobody_known_acts(store):
    """Work of the program on its own queue is no change that anybody made."""
    note(after={"x": 1})
    with writing(store.engine, "demo") as connection:
        touch(connection)
    with (
        by_system("demo", "a.b", "stream", "s", at=NOON),
        aside(),
        writing(store.engine, "demo") as connection,
    ):
        touch(connection)
    assert Audit(store).page("demo").total == 0


def test_a_segment_leads_from_the_first_to_the_last_row_that_names_an_object(store):
    """Rows between stand in it, so that the chain can be followed; also where an object is one of several."""
    ids = ["1" * 32, "2" * 32, "1" * 32, "3" * 32, "4" * 32]
    for number, one in enumerate(ids):
        store.audit.append(said(number, object_id=one))
    store.audit.append(said(9, object_id="change", after={"anomalies": ["5" * 32, "3" * 32]}))
    audit = Audit(store)
    assert [row["seq"] for row in audit.segment("demo", "stream", "1" * 32)] == [1, 2, 3]
    assert [row["seq"] for row in audit.segment("demo", "stream", "3" * 32)] == [4, 5, 6]
    assert audit.segment("other", "stream", "3" * 32) == audit.segment("demo", "stream", "0" * 32) == []
    assert len(audit.rows("demo", 1, 10**9)) == 6 <= LONGEST_SEGMENT


def test_pages_are_filtered_and_counted(store):
    """Newest first; an action also by its beginning up to a dot."""
    for number in range(6):
        action = ("limits.apply", "limits.undo", "limitsx")[number % 3]
        store.audit.append(
            Record(actor=ANN, at=NOON + timedelta(hours=number), action=action, object_kind="s")
        )
    audit = Audit(store)
    assert [row.seq for row in audit.page("demo", limit=2).rows] == [6, 5]
    assert audit.page("demo", action="limits").total == 4
    assert audit.page("demo", action="limits.undo").total == 2
    assert audit.page("demo", since=NOON + timedelta(hours=4)).total == 2
    assert audit.page("demo", until=NOON + timedelta(hours=4)).total == 4
    assert audit.page("demo", actor="nobody").total == audit.page("other").total == 0


def test_what_a_change_names_among_others_is_found_by_its_id(store):
    """Whether it is told by the index of such rows, as a name of sixteen digits is, or not; each row once."""
    long, short = f"{7:032x}", "a-name"
    store.audit.append(said(1, object_id=long, after={"anomalies": [long, short]}))
    store.audit.append(said(2, before={"anchor": long}, after=None))
    store.audit.append(said(3, after={"anchor": short}))
    store.audit.append(said(4))
    audit = Audit(store)
    for name, numbers in ((long, [2, 1]), (short, [3, 1]), (f"{8:032x}", [])):
        page = audit.page("demo", object_id=name)
        assert ([row.seq for row in page.rows], page.total) == (numbers, len(numbers))
    page = audit.page("demo", object_kind="stream", object_id=long, offset=1, limit=1)
    assert ([row.seq for row in page.rows], page.total) == ([1], 2)


def test_a_check_says_how_far_it_is(store):
    for number in range(1, 4):
        store.audit.append(said(number))
    told = []
    assert Audit(store).check("demo", progress=lambda read, of: told.append((read, of))).unbroken
    assert told == [(3, 3)]
