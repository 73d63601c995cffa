"""Backups: restored into an empty database, of either sort, they hold what they held, to the last bit."""

import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from driftlock.cli import main
from driftlock.model import Event
from driftlock.services.streams import blank_stream
from driftlock.storage.backup import (
    MANIFEST,
    BrokenBackup,
    TargetNotEmpty,
    contents_of,
    restore,
    write_backup,
)
from driftlock.storage.backup_rows import count
from driftlock.storage.backup_source import DatabaseInUse, still
from driftlock.storage.connect import EVERYTHING, reading, writing
from driftlock.storage.migrate import upgrade
from driftlock.storage.opening import UnsafeDatabase, connect_as_owner
from driftlock.storage.schema import metadata, runs, streams
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED
from tests.made_desk import NOW, NOW_US, MadeDesk
from tests.postgres import OWNER

SORTS = ["sqlite", "postgresql"]
ODD = {
    "b": [-0.0, 5e-324, 0.1 + 0.2, 2**63],
    "a": "\x00 \ufdd0 größer 🙂",
    "A": None,
    "nested": {"z": 1, "a": 2},
}


def nobody(_done: int) -> None:
    """Progress that is not looked at."""


@pytest.fixture(scope="module")
def up_to_date(tmp_path_factory) -> Path:
    """A file with all tables, as a migration leaves it."""
    path = tmp_path_factory.mktemp("template") / "driftlock.db"
    engine = connect_as_owner(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def database(request, tmp_path, postgres, up_to_date):
    """Makes a database of a sort: its address for the application and for the owner."""
    names = iter("abcdefgh")

    def made(sort: str, *, tables: bool = True) -> tuple[str, str]:
        if sort == "sqlite":
            path = tmp_path / f"{next(names)}.db"
            if tables:
                shutil.copy(up_to_date, path)
            return f"sqlite:///{path}", f"sqlite:///{path}"
        name = postgres.fresh() if tables else postgres.empty()
        request.addfinalizer(lambda: postgres.drop(name))
        return postgres.url(name), postgres.url(name, OWNER)

    return made


@pytest.fixture
def owners():
    """Engines of owners, closed at the end."""
    opened = []

    def engine(url: str, *, role: str | None = None) -> sa.Engine:
        opened.append(connect_as_owner(url))
        upgrade(opened[-1], grant_to=role)
        return opened[-1]

    yield engine
    for one in opened:
        one.dispose()


def filled(urls: tuple[str, str]) -> None:
    """Two tenants: events of any bytes, windows, flagged ones with records, names that hold a NUL."""
    store = SqlStore(urls[0], urls[1] if urls[0].startswith("postgresql") else "")
    for tenant in ("demo", "other"):
        stream = blank_stream(tenant, name="a\x00p\ufdd0i", kind="logs", profile=BALANCED, created_at=NOW)
        store.streams.add(stream)
        events = [
            Event(
                bytes(range(256)) * (n if n % 50 == 49 else n % 3),
                "logs",
                b"%d" % n,
                None,
                "s\x00" if n else None,
            )
            for n in range(450)
        ]
        store.events.append(tenant, stream.id, events, NOW)
        desk = MadeDesk(tenant=tenant)
        desk.add_windows(
            store, desk.add_stream(store, source="upload"), [NOW_US] * 60, flagged=set(range(30))
        )
        with writing(store.engine, tenant) as connection:
            connection.execute(sa.update(metadata.tables["anomalies"]).values(record=ODD))
            connection.execute(sa.update(metadata.tables["windows"]).values(mu=0.1 + 0.2, cbar=5e-324))
    store.close()


def held(engine: sa.Engine) -> dict[str, list[tuple]]:
    """Every row of every table, as Python sees it."""
    with reading(engine, EVERYTHING) as connection:
        return {
            table.name: [
                tuple(json.dumps(value) if isinstance(value, dict) else value for value in row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize("into", SORTS)
@pytest.mark.parametrize("of", SORTS)
def test_a_restored_database_holds_every_row_as_it_was(database, owners, tmp_path, of, into):
    """Compared row by row, types and order of JSON keys included."""
    there, new = database(of), database(into)
    filled(there)
    source, target = owners(there[1]), owners(new[1])
    path = tmp_path / "backup.zip"
    contents = write_backup(source, path, at=NOW, progress=nobody)
    assert path.stat().st_mode & 0o777 == 0o600
    assert contents_of(path) == contents
    assert contents.tables["events"][0] == 900
    assert restore(target, path, progress=nobody) == contents
    was, now = held(source), held(target)
    assert was == now
    assert json.loads(now["anomalies"][0][-1]) == ODD
    assert list(json.loads(now["anomalies"][0][-1])) == list(ODD)


def test_both_databases_write_the_same_file(database, owners, tmp_path):
    """But for the times of a ZIP: the same members, byte for byte."""
    members = []
    first = database("sqlite")
    filled(first)
    write_backup(owners(first[1]), tmp_path / "0.zip", at=NOW, progress=nobody)
    for number, sort in enumerate(SORTS):
        target = owners(database(sort)[1])
        restore(target, tmp_path / "0.zip", progress=nobody)
        path = tmp_path / f"{number + 1}.zip"
        write_backup(target, path, at=NOW, progress=nobody)
        with zipfile.ZipFile(path) as file:
            members.append({name: file.read(name) for name in file.namelist()})
    assert members[0] == members[1]


@pytest.fixture
def backup(database, owners, tmp_path) -> Path:
    urls = database("sqlite")
    filled(urls)
    path = tmp_path / "backup.zip"
    write_backup(owners(urls[1]), path, at=NOW, progress=nobody)
    return path


def rewritten(path: Path, name: str, change) -> Path:
    """A copy of which one member is another."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as file, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for member in file.namelist():
            content = file.read(member)
            new.writestr(member, change(content) if member == name else content)
    return copy


EVENTS = "tables/events.ndjson"
BROKEN = {
    "a row is gone": lambda path: rewritten(path, EVENTS, lambda text: text[text.index(b"\n") + 1 :]),
    "a number is another": lambda path: rewritten(path, EVENTS, lambda text: text.replace(b",7,", b",8,", 1)),
    "a row comes twice": lambda path: rewritten(path, EVENTS, lambda text: text[: text.index(b"\n") + 1] + text),
    "a line is no JSON": lambda path: rewritten(path, EVENTS, lambda text: b"{" + text),
    "a line is too short": lambda path: rewritten(path, EVENTS, lambda text: b"[1]\n" + text),
    "a time is none": lambda path: rewritten(path, "tables/runs.ndjson", lambda text: text.replace(b"2026", b"x", 1)),
    "no manifest": lambda path: rewritten(path, MANIFEST, lambda text: b"[]"),
    "another format": lambda path: rewritten(path, MANIFEST, lambda text: text.replace(b'"version": 1', b'"version": 2')),
    "a table is missing": lambda path: rewritten(path, MANIFEST, lambda text: text.replace(b'"events"', b'"others"')),
    "cut": lambda path: cut(path, path.stat().st_size // 2),
    "cut by a byte": lambda path: cut(path, path.stat().st_size - 1),
    "empty": lambda path: cut(path, 0),
    "a bit fell over": lambda path: fallen(path),
}  # fmt: skip


def cut(path: Path, size: int) -> Path:
    copy = path.with_name("cut.zip")
    copy.write_bytes(path.read_bytes()[:size])
    return copy


def fallen(path: Path) -> Path:
    """In the middle of the events."""
    with zipfile.ZipFile(path) as file:
        at = file.getinfo(EVENTS).header_offset + 2_000
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    copy = path.with_name("fallen.zip")
    copy.write_bytes(content)
    return copy


@pytest.mark.parametrize("sort", SORTS)
def test_a_broken_file_is_named_and_leaves_the_target_empty(backup, database, owners, sort):
    """Each way of being broken, one after the other into the same target; the whole file still goes in."""
    target = owners(database(sort)[1])
    for how, broken_by in BROKEN.items():
        broken = broken_by(backup)
        with pytest.raises(BrokenBackup, match=broken.name) as raised:
            restore(target, broken, progress=nobody)
        assert "Nothing was restored" in str(raised.value), how
        rows = {name: len(rows) for name, rows in held(target).items() if rows}
        assert rows == {"tenants": 1}, how  # as a migration leaves it
    restore(target, backup, progress=nobody)


@pytest.mark.parametrize("sort", SORTS)
def test_a_database_that_holds_something_is_left_alone(backup, database, owners, sort):
    urls = database(sort)
    filled(urls)
    engine = owners(urls[1])
    before = held(engine)
    with pytest.raises(TargetNotEmpty, match="events"):
        restore(engine, backup, progress=nobody)
    assert held(engine) == before


@pytest.mark.parametrize("sort", SORTS)
def test_a_backup_is_one_moment_whoever_writes_meanwhile(database, owners, tmp_path, sort):
    urls = database(sort)
    filled(urls)
    store = SqlStore(urls[0])
    wrote = []

    def meanwhile(_done: int) -> None:
        stream = blank_stream("demo", name="late", kind="logs", profile=BALANCED, created_at=NOW)
        store.streams.add(stream)
        store.events.append("demo", stream.id, [Event(b"late", "logs", b"1")], NOW)
        wrote.append(stream.id)

    path = tmp_path / "backup.zip"
    contents = write_backup(owners(urls[1]), path, at=NOW, progress=meanwhile)
    store.close()
    assert wrote
    assert (contents.tables["streams"][0], contents.tables["events"][0]) == (4, 900)
    restore(owners(database(sort)[1]), path, progress=nobody)


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_worked_on_is_not_moved(database, owners, sort):
    urls = database(sort)
    filled(urls)
    engine = owners(urls[1])
    with still(engine, NOW) as connection:
        assert count(connection, streams) == 4
    with writing(engine, "demo") as connection:
        connection.execute(sa.update(runs).values(state="running", worker="w", heartbeat_at=NOW))
    with pytest.raises(DatabaseInUse, match="Stop the dashboard"), still(engine, NOW):
        pass
    with still(engine, datetime(2026, 1, 5, 12, 10, tzinfo=UTC)):
        pass  # whoever worked on it is gone


def test_only_the_owner_copies_a_database(database, owners):
    """The plain role would see nothing, and write an empty backup."""
    app, owner = database("postgresql", tables=False)
    owners(owner, role="driftlock_app")
    with pytest.raises(UnsafeDatabase, match="does not own"):
        connect_as_owner(app)


def test_the_commands_do_all_of_it(database, tmp_path, monkeypatch):
    """migrate, backup, restore into PostgreSQL, move to another SQLite file: the same rows in the end."""
    there, server, last = (database(sort, tables=False) for sort in ("sqlite", "postgresql", "sqlite"))

    def run(*arguments: str, urls: tuple[str, str], code: int = 0) -> str:
        owner = urls[1] if urls[0].startswith("postgresql") else ""
        given = {
            "DRIFTLOCK_DATABASE_URL": urls[0],
            "DRIFTLOCK_MIGRATION_URL": owner,
            "DRIFTLOCK_HOME": str(tmp_path),
        }
        result = CliRunner().invoke(main, arguments, env=given)
        assert result.exit_code == code, result.output
        return result.output

    assert "From revision none to 0009" in run("migrate", urls=there)
    assert "is at revision 0009" in run("migrate", "status", urls=there)
    filled(there)
    file = str(tmp_path / "backup.zip")
    assert "  events                     900" in run("backup", file, urls=there)
    assert "already" in run("backup", file, urls=there, code=2)
    assert "signing keys" in run("restore", file, urls=server)
    assert "not empty" in run("restore", file, urls=server, code=2)
    address = tmp_path / "address"
    address.write_text(last[0])
    assert "compared" in run("move", "--to", f"@{address}", urls=server)
    one, other = (connect_as_owner(url) for url in (there[0], last[0]))
    assert held(one) == held(other)
    one.dispose()
    other.dispose()
    assert "base" in run("migrate", "down", urls=last, code=2)
    assert "to none" in run("migrate", "down", "base", "--yes", urls=last)
    said = run("move", "--to", "mysql://anna:hush@db/x", urls=there, code=2)
    assert "hush" not in said
    shutil.copy(file, tmp_path / "cut.zip")
    Path(file).write_bytes(Path(file).read_bytes()[:-9])
    assert "Nothing was restored" in run("restore", file, urls=last, code=2)
