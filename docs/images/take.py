"""
Take the README's pictures from a dashboard that is started for it.

    python -m docs.images.take
"""

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
from typing import Final, Literal

from playwright.sync_api import Browser, Page, sync_playwright

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
CHROMIUM_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
SAMPLE: Final = "web-logs"
START_SECONDS: Final = 60
WAIT_MS: Final = 60_000


@contextmanager
def dashboard() -> Iterator[str]:
    """The address of a dashboard with an empty home, while the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
        server = subprocess.Popen(
            [*command, "--server.address=127.0.0.1"],
            cwd=ROOT,
            env=os.environ | {"DRIFTLOCK_HOME": home},
            stdout=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _await(f"{address}/_stcore/health", server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(5 * START_SECONDS):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            try:
                server.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            break
    raise SystemExit("the dashboard did not start; try `streamlit run app.py` to see why")


def take(browser: Browser, address: str) -> list[Path]:
    """Both pictures; answers where they are."""
    light = _window(browser, "light", 1280, 960)
    light.goto(f"{address}/analyze?sample={SAMPLE}")
    light.get_by_role("button", name="Run").click()
    light.get_by_role("link", name="Open the strongest").wait_for()
    result = light.url
    light.get_by_text("Reveal what was hidden").click()
    light.get_by_text("expected by chance.").wait_for()
    analyze = _shoot(light, "analyze-light.png")

    dark = _window(browser, "dark", 1280, 1130)
    dark.goto(result)
    dark.get_by_role("link", name="Open the strongest").click()
    dark.get_by_text("Look closer at event").wait_for()
    return [analyze, _shoot(dark, "anomaly-dark.png")]


def _window(browser: Browser, scheme: Literal["light", "dark"], width: int, height: int) -> Page:
    page = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1.5
    ).new_page()
    page.set_default_timeout(WAIT_MS)
    return page


def _shoot(page: Page, name: str) -> Path:
    """A picture once everything is drawn and nothing is being computed."""
    page.locator("[data-testid=stStatusWidget]").wait_for(state="hidden")
    page.wait_for_function("document.querySelectorAll('[data-testid=stSkeleton]').length === 0")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    page.mouse.move(0, 0)
    path = HERE / name
    page.screenshot(path=path, animations="disabled")
    return path


def chromium() -> str:
    """Where the browser is."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        raise SystemExit(f"this needs a browser: none of {', '.join(CHROMIUM_NAMES)} is on the path")
    return executable


def main() -> None:
    """Start, take, and say where the pictures are."""
    executable = chromium()
    with dashboard() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for path in take(browser, address):
            print(path.relative_to(ROOT))
        browser.close()


if __name__ == "__main__":
    main()
