"""
No tenant sees or changes what another one has, whatever function of the storage is called with whatever id.

Every function is found by looking; one that cannot be called from its signature, or has no tenant and is not said in
``calls.OF_ALL_TENANTS``, fails here.
"""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from driftlock.storage.columns import metadata
from driftlock.storage.connect import EVERY_TENANT, reading, writing
from driftlock.storage.store import SqlStore
from tests.storage.calls import OF_ALL_TENANTS, arguments, desk_functions, functions, opened_desk
from tests.storage.made_tenants import NOBODY, OURS, THEIRS, fill, row

SHARED = {
    "api_keys", "demo_data", "detector_states", "invitations", "jobs", "memberships", "runs", "streams", "tenants",
}  # fmt: skip
PEOPLE = {"users", "sessions"}
OF_TENANTS = [table for table in metadata.sorted_tables if table.name not in PEOPLE]


class World:
    """Two tenants in one database, which can be put back as it was."""

    def __init__(self, sort: str, folder: Path, postgres: Any, *tenants: str) -> None:
        self.sort, self._postgres = sort, postgres
        self._file, self._kept = folder / "driftlock.db", folder / "kept.db"
        self._name = postgres.fresh() if sort == "postgresql" else ""
        self.store = SqlStore(postgres.url(self._name) if self._name else f"sqlite:///{self._file}")
        fill(self.store.engine, *tenants)
        url = postgres.url(self._name, "postgres") if self._name else f"sqlite:///{self._file}"
        self._looking = sa.create_engine(
            url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool
        )
        if sort == "sqlite":
            with self.store.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(self._file, self._kept)
        else:
            with postgres.session(self._name) as session:
                session.execute("CREATE SCHEMA kept")
                for name in metadata.tables:
                    session.execute(f"CREATE TABLE kept.{name} AS TABLE public.{name}")
        self._watch = self._watching()
        self._mark, self._rows = "", {}
        self.first = self.rows()

    def _watching(self) -> Any:
        return self._postgres.session(self._name) if self._name else sqlite3.connect(self._file)

    def put_back(self) -> None:
        if self.sort == "postgresql":
            changed = [name for name, rows in self.rows().items() if rows != self.first[name]]
            # By the superuser, so that no trigger and no policy is asked; into empty files, so that rows lie as they lay.
            self._watch.execute("SET session_replication_role = replica")
            for name in changed:
                self._watch.execute(f"DELETE FROM public.{name}")
                self._watch.execute(f"VACUUM public.{name}")
                self._watch.execute(f"INSERT INTO public.{name} SELECT * FROM kept.{name}")
            self._watch.execute("SET session_replication_role = origin")
        else:
            self.store.engine.dispose()
            self._watch.close()
            for end in ("-wal", "-shm"):
                Path(f"{self._file}{end}").unlink(missing_ok=True)
            shutil.copy(self._kept, self._file)
            self._watch = self._watching()
        self._mark = ""

    def rows(self) -> dict[str, list[str]]:
        """Of every table, as nobody's tenant sees them; read again where anybody has written anything since."""
        changes = "SELECT pg_snapshot_xmax(pg_current_snapshot())" if self._name else "PRAGMA data_version"
        mark = str(self._watch.execute(changes).fetchone())
        if mark != self._mark:
            with self._looking.connect() as connection:
                self._rows = {
                    table.name: sorted(repr(tuple(one)) for one in connection.execute(sa.select(table)))
                    for table in metadata.sorted_tables
                }
            self._mark = mark
        return self._rows

    def close(self) -> None:
        self.store.close()
        self._watch.close()
        self._looking.dispose()
        if self._name:
            self._postgres.drop(self._name)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory, postgres) -> Iterator[World]:
    made = World(request.param, tmp_path_factory.mktemp("world"), postgres, OURS, THEIRS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def ours_alone(tmp_path_factory) -> Iterator[World]:
    """A world in which the others never were."""
    made = World("sqlite", tmp_path_factory.mktemp("alone"), None, OURS)
    yield made
    made.close()


def theirs(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """Rows that belong to the other tenant, or to its people."""
    return {name: [one for one in found if f"{THEIRS}" in one] for name, found in rows.items()}


def called(world: World, name: str, function: Any, tenant: str, of: str) -> str:
    """What it answers, or raises, with the names of whose ids were asked for left out."""
    given, *_ = arguments(name, function, of)
    if tenant != OURS:  # the control: their own question
        given, *_ = arguments(name, function, of)
        given = as_tenant(given, tenant)
    try:
        if name.startswith("desk."):
            with opened_desk(world.store, tenant) as desk:
                answer = function(desk, **given)
        else:
            answer = function(**given)
        if hasattr(answer, "__next__"):
            answer = list(answer)
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    with np.printoptions(threshold=10_000):
        told = re.sub(r"\[SQL.*|[(](sqlite3|psycopg)[^)]*[)].*", "", repr(answer))
    return re.sub(r"\b[0-9a-f]{32,64}\b|0x[0-9a-f]+", "#", told)  # made anew for each call, or from the ids


def as_tenant(value: Any, tenant: str) -> Any:
    """The same arguments for another tenant."""
    if isinstance(value, dict):
        return {key: tenant if key == "tenant" else as_tenant(one, tenant) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(as_tenant(one, tenant) for one in value)
    if hasattr(value, "__dataclass_fields__") and not hasattr(value, "verdicts"):
        names = {name: getattr(value, name) for name in value.__dataclass_fields__}
        return type(value)(**as_tenant(names, tenant))
    return value


def functions_of(world: World) -> dict[str, Any]:
    found = functions(world.store) | desk_functions()
    found.pop("reviews.open")  # what it opens is called instead
    return found


def test_every_function_has_a_tenant_or_a_reason(world):
    found = functions_of(world)
    without = {name for name, function in found.items() if not tenant_of(name, function)}
    assert without <= set(OF_ALL_TENANTS)
    assert set(OF_ALL_TENANTS) <= set(found), "a function that is gone is still excused"


def tenant_of(name: str, function: Any) -> bool:
    return name.startswith("desk.") or arguments(name, function, NOBODY)[2]


def test_a_foreign_id_is_answered_like_an_unknown_one(world, ours_alone):
    """
    As ours with ids of theirs, with ids of nobody, and where the others never were: the same answer.

    Nothing of theirs is in it, and nothing of theirs changes.
    """
    leaks, blind = [], []
    for name, function in sorted(functions_of(world).items()):
        if name in OF_ALL_TENANTS:
            continue
        answers = []
        for of in (NOBODY, THEIRS):
            answers.append(called(world, name, function, OURS, of).replace(of, "…"))
            now = world.rows()
            if theirs(now) != theirs(world.first) and of == THEIRS:
                changed = [one for one in now if theirs(now)[one] != theirs(world.first)[one]]
                # A row of ours that bears one of their ids is ours.
                if any(lost(world.first, now, one) for one in changed):
                    leaks.append(f"{name} changed {changed}")
            if now != world.first:
                world.put_back()
        answers.append(
            called(ours_alone, name, functions_of(ours_alone)[name], OURS, NOBODY).replace(NOBODY, "…")
        )
        if ours_alone.rows() != ours_alone.first:
            ours_alone.put_back()
        if answers[0] != answers[2]:
            leaks.append(f"{name} knows of the others: {answers[0][:300]} but alone {answers[2][:300]}")
        if answers[0] != answers[1]:
            leaks.append(f"{name}: {answers[0][:300]} but {answers[1][:300]}")
        if THEIRS in answers[1]:
            leaks.append(f"{name} tells of theirs: {answers[1][:300]}")
        if world.sort == "postgresql":
            continue
        # The control: their own question is answered otherwise, or changes something; else this test sees nothing.
        control = called(world, name, function, THEIRS, THEIRS).replace(THEIRS, "…")
        now = world.rows()
        nobody = called(world, name, function, NOBODY, NOBODY).replace(NOBODY, "…")
        if control == nobody == answers[1] and now == world.first:
            blind.append(name)
        if now != world.first:
            world.put_back()
    assert leaks == []
    if world.sort == "sqlite":  # the questions are the same
        assert set(blind) == BLIND, sorted(set(blind) ^ BLIND)


# Whose answer is the same for their own rows as for nobody's: they need rows that fit each other better than these.
BLIND = {
    "accounts.join", "anchors.put", "bundles.of_anomalies", "cases.change", "desk.add_note", "desk.suppressions",
    "desk.window_votes", "jobs.add", "proposals.add", "retention.count", "retention.streams",
    "reviews.about", "sessions.end_tenant", "tenant_settings.set", "tuning.suppressed", "votes.not_flagged", "votes.reached",
}  # fmt: skip


def lost(first: dict[str, list[str]], now: dict[str, list[str]], table: str) -> bool:
    """Whether a row of theirs is gone or another one; new ones are looked at by their tenant."""
    before, after = set(theirs(first)[table]), set(theirs(now)[table])
    added = set() if table in PEOPLE else after - before
    return bool(before - after) or any(not one.startswith(f"('{OURS}'") for one in added)


# PostgreSQL by itself, whatever the program asks.


@pytest.fixture
def filled(postgres_url) -> Iterator[SqlStore]:
    """A database of two tenants, by the plain role."""
    store = SqlStore(postgres_url)
    fill(store.engine, OURS, THEIRS)
    yield store
    store.close()


def test_a_raw_connection_sees_the_rows_of_its_tenant_alone(filled):
    """Without a condition, in every table; none without a tenant."""
    for table in OF_TENANTS:
        owners = sa.select(table.c.tenant)
        with reading(filled.engine, OURS) as connection:
            assert set(connection.scalars(owners)) == {OURS}, table.name
        with filled.engine.connect() as connection:
            assert list(connection.scalars(owners)) == [], table.name
        with reading(filled.engine, "nobody") as connection:
            assert list(connection.scalars(owners)) == [], table.name


def test_who_shares_out_work_sees_all_of_the_queue_and_nothing_else(filled):
    with reading(filled.engine, EVERY_TENANT) as connection:
        seen = {
            table.name for table in OF_TENANTS if THEIRS in set(connection.scalars(sa.select(table.c.tenant)))
        }
    assert seen == SHARED


@pytest.mark.parametrize("carried", [OURS, EVERY_TENANT, "**", ""])
def test_nothing_is_written_for_another_tenant(filled, carried):
    """Neither added, changed nor removed, in no table; not even handed over."""
    before = held(filled, THEIRS)
    for table in OF_TENANTS:
        given = row(table, THEIRS, 1)
        for key in table.primary_key.columns:
            if key.name != "tenant":
                given[key.name] = (
                    77
                    if isinstance(given[key.name], int)
                    else b"x"
                    if isinstance(given[key.name], bytes)
                    else "new"
                )
        with (
            pytest.raises(sa.exc.ProgrammingError, match="row-level security"),
            writing(filled.engine, carried) as connection,
        ):
            connection.execute(sa.insert(table).values(given))
        theirs_only = table.c.tenant == THEIRS
        for statement in (
            sa.update(table).values(tenant=THEIRS),
            sa.update(table).where(theirs_only).values(tenant=OURS),
            sa.delete(table).where(theirs_only),
        ):
            refused: list[str] = []
            try:
                with writing(filled.engine, carried) as connection:
                    assert connection.execute(statement).rowcount == 0, table.name
            except sa.exc.DBAPIError as error:
                refused.append(str(error))
            assert all("row-level security" in one or "permission denied" in one for one in refused), refused
    assert held(filled, THEIRS) == before


def test_no_row_is_given_to_the_name_that_means_all(filled):
    """A row of the tenant “*” would be everybody's."""
    for table in OF_TENANTS:
        with (
            pytest.raises(sa.exc.ProgrammingError, match="row-level security"),
            writing(filled.engine, EVERY_TENANT) as connection,
        ):
            connection.execute(sa.insert(table).values(row(table, EVERY_TENANT, 1)))


def test_the_plain_role_cannot_take_the_protection_away(filled):
    for statement in (
        "ALTER TABLE events DISABLE ROW LEVEL SECURITY", "DROP POLICY tenant_reads ON events", "SET ROLE postgres",
        "TRUNCATE audit_log", "UPDATE audit_log SET reason = 'x'", "DROP TRIGGER audit_log_stays ON audit_log",
    ):  # fmt: skip
        with pytest.raises(sa.exc.ProgrammingError), writing(filled.engine, OURS) as connection:
            connection.exec_driver_sql(statement)


def held(store: SqlStore, tenant: str) -> dict[str, list[Any]]:
    with reading(store.engine, tenant) as connection:
        return {
            table.name: [tuple(one) for one in connection.execute(sa.select(table))] for table in OF_TENANTS
        }
