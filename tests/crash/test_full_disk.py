"""A disk that is full: refused, nothing that was acknowledged is lost, and it goes on when there is room again."""

import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from psycopg import sql

from driftlock.errors import StoreUnavailable
from tests.crash import load
from tests.crash.contents import contents, differences, of_streams
from tests.crash.databases import lasting_server
from tests.crash.reference import Undisturbed, opened, undisturbed

SIZE = (1_600, 1_500)  # events of a stream, lines of an upload
STREAM = "orders"
DISK_MB = {"sqlite": 6, "postgresql": 40}
LEFT_BYTES = 150_000  # on the disk, when it is filled


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Undisturbed:
    return undisturbed(tmp_path_factory.mktemp("undisturbed"), SIZE)


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[bool]:
    """A file system of that size where this user may make one; says so where not."""
    at.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(at)], capture_output=True
    )
    if made.returncode:
        warnings.warn(f"no small disk can be made here: {made.stderr.decode().strip()}", stacklevel=2)
    try:
        yield not made.returncode
    finally:
        if not made.returncode:
            subprocess.run(["umount", "-l", str(at)], check=True)


@contextmanager
def sqlite(folder: Path) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """URL, what fills its disk, and what makes room again."""
    disk = folder / "disk"
    with small_disk(disk, DISK_MB["sqlite"]) as is_small:
        if not is_small:
            pytest.skip("a small disk needs the right to mount one")
        yield f"sqlite:///{disk}/driftlock.db", lambda: fill(disk), lambda: (disk / "filler").unlink()


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """As for SQLite; the tables lie on the small disk, the log of the server does not."""
    server = lasting_server()
    disk = server.folder / "disk"
    with small_disk(disk, DISK_MB["postgresql"]) as is_small:
        if not is_small:
            pytest.skip("a small disk needs the right to mount one")
        owner = (server.folder / "data").stat()
        os.chown(disk, owner.st_uid, owner.st_gid)
        name = server.fresh()
        with server.session() as session:
            session.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(disk))))
            session.execute(sql.SQL("ALTER DATABASE {} SET TABLESPACE small").format(sql.Identifier(name)))
        try:
            yield server.url(name), lambda: fill(disk), lambda: (disk / "filler").unlink()
        finally:
            with suppress(FileNotFoundError):
                (disk / "filler").unlink()
            server.drop(name)
            with server.session() as session:
                session.execute("DROP TABLESPACE small")
    shutil.rmtree(disk, ignore_errors=True)


def fill(disk: Path) -> None:
    free = shutil.disk_usage(disk).free - LEFT_BYTES
    with (disk / "filler").open("wb") as filler:
        filler.write(bytes(max(free, 0)))


@pytest.mark.parametrize("database", [sqlite, postgresql], ids=["sqlite", "postgresql"])
def test_what_was_acknowledged_on_a_full_disk_is_stored_and_the_rest_follows(database, tmp_path, reference):
    deliveries = load.made(*SIZE).posted[STREAM]
    with database(tmp_path) as (url, fill_up, make_room):
        app = opened(tmp_path / "home", url, time.time())
        app.ingest(load.TENANT, STREAM, deliveries[0].body, delivery=deliveries[0].name)
        fill_up()
        acknowledged, refused = 1, None
        for one in deliveries[1:]:
            try:
                app.ingest(load.TENANT, STREAM, one.body, delivery=one.name)
            except StoreUnavailable as full:
                refused = full
                break
            acknowledged += 1
        assert refused is not None, "the disk was not full"
        stored = app.queries.stream(load.TENANT, STREAM)
        assert stored is not None
        assert stored.events == sum(one.events for one in deliveries[:acknowledged])
        with suppress(StoreUnavailable):  # judging may fit, or not
            app.turn(due_only=False)
        make_room()
        for one in deliveries[acknowledged - 1 :]:  # the last one that was acknowledged is sent again
            app.ingest(load.TENANT, STREAM, one.body, delivery=one.name)
        until = time.monotonic() + 30
        while app._store.pending.waiting(load.TENANT, STREAM):
            assert time.monotonic() < until
            app.turn(due_only=False)
        found = of_streams(contents(app._store), [STREAM])
        app.close()
    assert "full" in str(refused)
    assert refused.retry_after_s == 30
    assert differences(of_streams(reference.found, [STREAM]), found) == []
