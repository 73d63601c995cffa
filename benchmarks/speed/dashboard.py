"""
A 200,000-line upload in the browser, from click to result: ``python -m benchmarks.speed.dashboard``.

Needs Chromium. The log is generated, so anyone can run it.
"""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.sources import generated
from docs.images.browser import dashboard, launched

LINES = 200_000
WAIT_MS = 120_000


def measure(page: Page, address: str, log: Path) -> tuple[float, float]:
    """Seconds from the click on Run to the first counted progress, and to the result."""
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{address}/analyze?src=Upload")
    page.locator("input[type=file]").set_input_files(log)
    run = page.get_by_role("button", name="Run")
    run.wait_for()
    run.click()
    start = time.perf_counter()
    either = page.get_by_role("progressbar").or_(page.get_by_role("heading", name="Flagged windows"))
    either.first.wait_for()
    progress = time.perf_counter() - start
    page.get_by_role("heading", name="Flagged windows").wait_for()
    return progress, time.perf_counter() - start


def main() -> None:
    """Print one line."""
    with (
        tempfile.TemporaryDirectory() as folder,
        dashboard(demo_data=False) as address,
        sync_playwright() as playwright,
    ):
        log = Path(folder) / "generated.log"
        log.write_bytes(generated(LINES, 1))
        browser = launched(playwright)
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        progress, result = measure(page, address, log)
        print(
            f"{LINES:,} lines, {log.stat().st_size / 1e6:.0f} MB: progress after {progress:.1f} s, "
            f"result after {result:.1f} s"
        )
        browser.close()


if __name__ == "__main__":
    main()
