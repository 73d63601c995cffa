"""A dashboard and a browser of one's own, for pictures and for benchmarks."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright

ROOT: Final = Path(__file__).parents[2]
CHROMIUM_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
START_SECONDS: Final = 60


@contextmanager
def dashboard(*, demo_data: bool, home: Path | None = None) -> Iterator[str]:
    """The address of a ``driftlock serve`` with an empty home, or the one given, while the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as empty:
        server = subprocess.Popen(
            [sys.executable, "-m", "driftlock", "serve", f"--port={port}"],
            cwd=ROOT,
            env=os.environ
            | {"DRIFTLOCK_HOME": str(home or empty), "DRIFTLOCK_DEMO_DATA": "on" if demo_data else "off"},
            stdout=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _await(f"{address}/healthz", server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(5 * START_SECONDS):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            try:
                server.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            break
    raise SystemExit("the dashboard did not start; try `driftlock serve` to see why")


def chromium() -> str:
    """Where the browser is."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        raise SystemExit(f"this needs a browser: none of {', '.join(CHROMIUM_NAMES)} is on the path")
    return executable


def launched(playwright: Playwright) -> Browser:
    """The system's Chromium, without a window."""
    return playwright.chromium.launch(
        executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
