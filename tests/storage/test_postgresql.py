"""What PostgreSQL does that SQLite does not: servers that end, roles, limits; each told in words for whoever sends."""

import threading
from contextlib import suppress

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from driftlock.errors import StoreUnavailable
from driftlock.model import Event
from driftlock.services.streams import blank_stream
from driftlock.storage import postgresql
from driftlock.storage.connect import EVERYTHING, connect, reading, writing
from driftlock.storage.migrate import downgrade, revision_of, revisions, upgrade
from driftlock.storage.opening import OutdatedDatabase, UnsafeDatabase, prepare
from driftlock.storage.postgresql import escape, unescape
from driftlock.storage.schema import detector_states, streams
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED
from tests.postgres import OWNER, Server
from tests.storage.conftest import NOON


@pytest.fixture
def database_url(postgres_url):
    return postgres_url


def receive(store, stream_id, key=b"1"):
    return store.events.append("demo", stream_id, [Event(b"payload", "logs", key)], NOON).accepted


def test_a_restart_between_two_questions_is_not_noticed(store, add_stream, postgres):
    """All connections of the pool are lost; the next question opens another."""
    stream_id = add_stream()
    threads = [threading.Thread(target=store.streams.get, args=("demo", stream_id)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    postgres.restart()
    assert store.streams.get("demo", stream_id).id == stream_id
    postgres.stop("immediate")  # a crash
    postgres.start()
    assert receive(store, stream_id) == 1


def test_a_restart_in_the_middle_undoes_what_was_begun(store, add_stream, postgres):
    stream_id = add_stream()

    def half():
        with writing(store.engine, "demo") as connection:
            connection.execute(sa.update(streams).values(name="another"))
            postgres.restart()
            connection.execute(sa.update(streams).values(kind="traces"))

    with pytest.raises(StoreUnavailable) as raised:
        half()
    assert raised.value.retry_after_s == 5
    assert store.streams.get("demo", stream_id).name == "api"
    assert receive(store, stream_id) == 1


@pytest.fixture
def own_server():
    """To be stopped, which the other tests' must not be."""
    own = Server()
    yield own
    own.remove()


def test_a_server_that_is_away_is_said_without_its_password(own_server):
    url = own_server.url(own_server.fresh())
    store = SqlStore(url)
    own_server.stop()
    for ask in (
        lambda: store.streams.get("demo", "x"),
        lambda: store.runs.unfinished(),
        lambda: SqlStore(url),
    ):
        with pytest.raises(StoreUnavailable, match="cannot be reached") as raised:
            ask()
        assert raised.value.retry_after_s == 5
        told, error = "", raised.value
        while error is not None:
            told, error = told + repr(error) + str(error), error.__cause__ or error.__context__
        assert "made-for-tests" not in told
    own_server.start()
    assert store.runs.unfinished() == []
    store.close()


@pytest.mark.parametrize(
    ("state", "said", "after"),
    [
        ("53100", "disk of the database is full", 30),
        ("40001", "busy", 1),
        ("40P01", "busy", 1),
        ("55P03", "busy", 1),
        ("53300", "busy", 1),
        ("57014", "busy", 1),
        ("25006", "cannot be reached or written", 5),
        ("57P01", "cannot be reached or written", 5),
        ("58030", "cannot be reached or written", 5),
    ],
)
def test_what_the_server_answers_is_told_apart(
    store, add_stream, postgres, postgres_database, state, said, after
):
    """The server raises it in the middle of a batch; nothing of the batch is there."""
    stream_id = add_stream()
    with postgres.session(postgres_database) as session:
        session.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION 'secret payload' USING ERRCODE = '{state}'; END $$"
        )
        session.execute("CREATE TRIGGER fail BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION fail()")
    with pytest.raises(StoreUnavailable, match=said) as raised:
        receive(store, stream_id)
    assert raised.value.retry_after_s == after
    assert "secret" not in str(raised.value)
    with postgres.session(postgres_database) as session:
        session.execute("DROP TRIGGER fail ON events")
    assert store.streams.get("demo", stream_id).events == 0
    assert receive(store, stream_id) == 1


def test_a_read_only_database_is_said(store, add_stream, postgres, postgres_database):
    stream_id = add_stream()
    with postgres.session() as session:
        session.execute(f"ALTER DATABASE {postgres_database} SET default_transaction_read_only = on")
    store.engine.dispose()
    with pytest.raises(StoreUnavailable, match="written"):
        receive(store, stream_id)
    assert store.streams.get("demo", stream_id) is not None  # reading goes on


def test_too_many_connections_are_said(store, add_stream, postgres):
    stream_id = add_stream()
    store.engine.dispose()
    held = []
    with suppress(sa.exc.OperationalError):
        while True:
            held.append(connect(postgres.url("postgres", OWNER)).connect())
    assert len(held) > 20
    with pytest.raises(StoreUnavailable) as raised:
        receive(store, stream_id)
    assert raised.value.retry_after_s <= 5
    for one in held:
        one.close()
        one.engine.dispose()
    assert receive(store, stream_id) == 1


def test_a_pool_in_use_is_busy(store, monkeypatch):
    engine = sa.create_engine(
        store.engine.url.set(drivername=postgresql.DRIVER), pool_size=1, max_overflow=0, pool_timeout=0.05
    )
    with engine.connect(), pytest.raises(StoreUnavailable, match="busy"), reading(engine, "demo"):
        pass
    engine.dispose()


def test_an_error_names_no_value_of_a_row(store, add_stream):
    """The server repeats whole rows in the details of an error."""
    stream_id = add_stream()
    with pytest.raises(sa.exc.IntegrityError) as raised, writing(store.engine, "demo") as connection:
        connection.execute(
            sa.insert(detector_states).values(tenant="demo", stream_id="secret id", cursor=0, state=b"secret")
        )
    assert "secret" not in str(raised.value) + str(raised.value.orig) + repr(raised.value.orig)
    assert "foreign key" in str(raised.value)
    with pytest.raises(sa.exc.IntegrityError) as raised, writing(store.engine, "demo") as connection:
        connection.execute(sa.update(streams).where(streams.c.id == stream_id).values(name=None))
    assert "Failing row" not in str(raised.value)


def test_two_who_look_first_and_write_then_go_one_after_the_other(store):
    """A demonstration is begun once, and a run of an id is stored once, however many ask at the same moment."""
    answers, barrier = [], threading.Barrier(6)

    def begin():
        barrier.wait()
        answers.append(store.demo.begin("demo", days=1, now=NOON))

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]


def test_streams_of_one_tenant_receive_side_by_side(store, add_stream):
    """Whoever locks the rows that it looks at does not wait for the tenant's other writers."""
    one, other = add_stream(), add_stream()
    with writing(store.engine, "demo", alone=False) as connection:
        connection.execute(sa.select(streams.c.events).where(streams.c.id == one).with_for_update())
        assert receive(store, other) == 1


# Roles and revisions.


@pytest.mark.parametrize("power", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_that_row_level_security_does_not_bind_is_refused(postgres, postgres_database, power):
    with postgres.session() as session:
        session.execute(f"CREATE ROLE mighty LOGIN {power}")
        try:
            with pytest.raises(
                UnsafeDatabase, match="mighty of DRIFTLOCK_DATABASE_URL is a superuser or has BYPASSRLS"
            ):
                SqlStore(postgres.url(postgres_database, "mighty"))
        finally:
            session.execute("DROP ROLE mighty")


@pytest.fixture
def empty(postgres):
    name = postgres.empty()
    yield name
    postgres.drop(name)


def test_the_application_brings_it_up_to_date_where_it_may(postgres, empty):
    """With the owner's address; then it works by itself, as a plain role that cannot change the tables."""
    app, owner = postgres.url(empty), postgres.url(empty, OWNER)
    with pytest.raises(OutdatedDatabase, match=r"revision none, this version needs 0009.*--as-owner"):
        SqlStore(app)
    SqlStore(app, owner).close()
    SqlStore(app).close()
    downgraded = connect(owner)
    downgrade(downgraded, "0005")
    with pytest.raises((OutdatedDatabase, UnsafeDatabase)):
        SqlStore(app)
    downgrade(downgraded, "base")
    assert revision_of(downgraded) is None
    upgrade(downgraded, grant_to="driftlock_app")
    assert revision_of(downgraded) == revisions()[-1]
    downgraded.dispose()
    SqlStore(app).close()


def test_one_role_for_all_is_bound_too(postgres, empty):
    """Who owns the tables passes row-level security unless it is forced."""
    store = SqlStore(postgres.url(empty, OWNER))
    stream = blank_stream("demo", name="api", kind="logs", profile=BALANCED, created_at=NOON)
    store.streams.add(stream)
    with reading(store.engine, "other") as connection:
        assert connection.execute(sa.select(streams)).all() == []
    with reading(store.engine, EVERYTHING) as connection:  # what a backup says, and nobody else
        assert len(connection.execute(sa.select(streams)).all()) == 1
    store.close()


def test_tables_without_the_protection_are_refused(postgres, postgres_database):
    with postgres.session(postgres_database) as session:
        session.execute("ALTER TABLE events NO FORCE ROW LEVEL SECURITY")
    engine = connect(postgres.url(postgres_database))
    with pytest.raises(UnsafeDatabase, match="not forced on events"):
        prepare(engine)
    engine.dispose()


def test_a_question_costs_two_trips_beside_its_own(store, monkeypatch):
    """BEGIN with the tenant, and the end."""
    sent = []
    real = postgresql.psycopg.Connection.execute
    monkeypatch.setattr(
        postgresql.psycopg.Connection,
        "execute",
        lambda *given, **named: sent.append(given[1]) or real(*given, **named),
    )
    listen = lambda *given: sent.append(given[2])  # noqa: E731
    sa.event.listen(store.engine, "before_cursor_execute", listen)
    assert store.runs.get("demo", "x") is None
    assert len(sent) == 2
    store.runs.request_cancel("demo", "x", now=NOON)
    assert len(sent) == 4


# Text that PostgreSQL's has no character for.


@given(st.text(st.sampled_from(["\x00", "\ufdd0", "0", "1", "a"]) | st.characters(exclude_categories=["Cs"])))
def test_escaping_is_undone_and_leaves_no_nul(text):
    assert unescape(escape(text)) == text
    assert "\x00" not in escape(text)


def test_names_with_a_nul_are_found_again(store):
    name = "a\x00b\ufdd0"
    stream = blank_stream("demo", name=name, kind="logs", profile=BALANCED, created_at=NOON)
    store.streams.add(stream)
    store.events.append("demo", stream.id, [Event(b"\x00", "logs", b"\x00", None, name)], NOON)
    assert store.streams.get("demo", stream.id).name == name
    assert store.events.after("demo", stream.id, 0, 9)[0].service == name
    with reading(store.engine, "demo") as connection:
        assert connection.scalar(sa.select(streams.c.id).where(streams.c.name == name)) == stream.id
        assert connection.scalar(sa.select(streams.c.id).where(streams.c.name == "a\x00b")) is None
        total = connection.execute(
            sa.select(sa.func.sum(streams.c.events), sa.func.avg(streams.c.events))
        ).one()
    assert [(type(one), one) for one in total] == [(int, 1), (float, 1.0)]
