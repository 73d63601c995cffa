"""A dashboard of its own for the browser tests, and a browser."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from driftlock.bootstrap import open_app
from driftlock.model import DEMO
from driftlock.settings import Settings
from tests.e2e.views import Seen, views
from tests.made_home import made_home

ROOT = Path(__file__).parents[2]
# The one without a window of its own needs a third less of the processor for the same pages.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    # One process for all tabs of a context, which so need not compile the dashboard's program again.
    "--process-per-site",
    # A page is open for seconds: what the compilers that optimize bring in them costs more than it saves.
    "--js-flags=--no-opt --no-maglev --always-sparkplug",
    "--force-prefers-reduced-motion",
]
START_SECONDS = 60
PATIENCE = 60_000  # ms, on a busy machine
EMPTY = "about:blank"

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Missing, it skips; in CI that is a failure."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        missing = f"none of {', '.join(CHROMIUM_NAMES)} is on the path"
        if os.environ.get("CI"):
            pytest.fail(f"{missing}, and CI must not skip the browser tests")
        pytest.skip(f"{missing}, so the dashboard cannot be seen")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=FLAGS,
        )
        yield browser
        browser.close()


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[str]:
    """The address of a dashboard on *home*, while the block lasts; *settings* without their prefix."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home.mkdir(parents=True, exist_ok=True)
    log = home / "streamlit.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                "app.py",
                f"--server.port={port}",
                "--server.address=127.0.0.1",
            ],
            cwd=ROOT,
            env=os.environ
            | {"DRIFTLOCK_HOME": str(home)}
            | {f"DRIFTLOCK_{name.upper()}": value for name, value in settings.items()},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(f"{address}/_stcore/health", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running dashboard with an empty home, no demo data, and an upload limit of 4 MB."""
    home = tmp_path_factory.mktemp("home") / "driftlock"
    with serving(home, demo_data="off", max_upload_mb="4") as address:
        yield address


@pytest.fixture(scope="session")
def seen(warm: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """A dashboard with demonstration data and one of every view; tests look at it and leave it as it is."""
    home = tmp_path_factory.mktemp("views") / "home"
    filled(home)
    with serving(home) as address:
        with forgetting(warm):
            found = views(tab(warm), address)
        yield Seen(address, found)


def filled(home: Path) -> None:
    """The demonstration and the play of normal operations, judged before a page waits for them and is drawn meanwhile."""
    app = open_app(Settings(home=made_home(home)), work=False)
    app.demo.seed(DEMO)
    app.scenarios.play(DEMO, "normal-operations", 7)
    while app.work():
        pass
    app.close()


def _await(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers; its end, or a minute, is an error that shows its log."""
    for _ in range(START_SECONDS * 5):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            # communicate() would close the pipe; wait() with a limit is a pause that ends with the server.
            try:
                server.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
    raise RuntimeError(f"the dashboard did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def warm(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser whose cache keeps the dashboard's own program: reading that takes most of the time of a first visit."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture(scope="session")
def another(chromium: Browser) -> Iterator[BrowserContext]:
    """A second one, which shares nothing with the first."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture
def page(warm: BrowserContext) -> Iterator[Page]:
    """A tab of 1280 × 800, light; nothing that earlier ones stored is there."""
    with forgetting(warm):
        yield tab(warm)


@pytest.fixture
def elsewhere(another: BrowserContext) -> Iterator[Page]:
    """The same in another browser."""
    with forgetting(another):
        yield tab(another)


def tab(context: BrowserContext) -> Page:
    """A new one of 1280 × 800, light."""
    opened = context.new_page()
    opened.set_viewport_size({"width": 1280, "height": 800})
    opened.emulate_media(color_scheme="light")
    opened.set_default_timeout(PATIENCE)
    return opened


@contextmanager
def forgetting(context: BrowserContext) -> Iterator[BrowserContext]:
    """At the end one empty tab is open there, and of all that was stored only the cache is left."""
    yield context
    for number, opened in enumerate(context.pages):
        origin: str = opened.evaluate("location.origin")
        if origin != "null":
            context.new_cdp_session(opened).send(
                "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb"}
            )
        if number:
            opened.close()
        elif (
            opened.url != EMPTY
        ):  # going there by itself it stays in its process, which the next tab then finds
            opened.evaluate(f"location.replace('{EMPTY}')")
            opened.wait_for_url(EMPTY)
    context.clear_cookies()
