"""
Homes that are not quite empty.

``made_home`` has every table, which opening the application would take most time for; ``copied_home`` has what several
tests begin with, made once.
"""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from driftlock.bootstrap import open_app
from driftlock.settings import Settings
from tests.postgres import INSTEAD, server

FILE = "driftlock.db"


def made_home(folder: Path) -> Path:
    """*folder* as the first opening of the application leaves it; empty where the stores are elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.environ.get("DRIFTLOCK_TEST_DATABASE") == "postgresql":
        return folder
    shutil.copy(_first() / FILE, folder / FILE)
    return folder


def copied_home(home: Path, folder: Path) -> Path:
    """*folder* as a copy of *home*, whose application is closed."""
    shutil.copytree(home, folder)
    if database := INSTEAD.get(Settings(home=home).database_url):
        INSTEAD[Settings(home=folder).database_url] = server().copy(database)
    return folder


@cache
def _first() -> Path:
    home = Path(tempfile.mkdtemp(prefix="driftlock-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    open_app(Settings(home=home, demo_data=False), work=False).close()
    return home
