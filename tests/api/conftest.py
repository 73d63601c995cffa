"""An application without a worker, behind its HTTP interface."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from driftlock.api import create_app
from driftlock.bootstrap import App, open_app
from driftlock.settings import Settings
from tests.api.asking import Client
from tests.made_home import made_home

TENANT = {"X-Tenant-Id": "demo"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = open_app(Settings(home=made_home(tmp_path / "home"), max_batch_mb=1), work=False)
    yield opened
    opened.close()


@pytest.fixture
def client(app: App) -> Client:
    return Client(create_app(app), headers=TENANT)


@pytest.fixture
def guarded(app: App) -> Client:
    """The same where a key is asked for."""
    app.settings = replace(app.settings, api_key="0123456789abcdef")
    return Client(create_app(app), headers=TENANT)


@pytest.fixture
def packed() -> Callable[[bytes], bytes]:
    return gzip.compress
