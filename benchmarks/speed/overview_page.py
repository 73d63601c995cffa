"""
How long the Overview takes to paint with 50,000 flagged rows: ``python -m benchmarks.speed.overview_page``.

Seconds from asking for the page, all streams and all time, until its cards and until lanes and list
stand, in a browser of its own each time. The first visit also loads the program. Needs Chromium.
"""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from benchmarks.speed.overview import ALERTS, FLAGGED, WINDOWS, filled
from docs.images.browser import dashboard, launched
from driftlock.storage.store import SqlStore

VISITS: Final = 6
WAIT_MS: Final = 120_000


def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds until the cards stand, and until lanes and list do."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(WAIT_MS)
    begun = time.perf_counter()
    page.goto(f"{address}/?r=All")
    page.locator(".st-key-figures [data-testid=stMetricValue]").first.wait_for()
    cards = time.perf_counter() - begun
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_test_id("stDataFrame").first.wait_for()
    whole = time.perf_counter() - begun
    page.context.close()
    return cards, whole


def main() -> None:
    """Fill a database, visit it, print the first visit and the others."""
    with TemporaryDirectory() as folder:
        store = SqlStore(f"sqlite:///{folder}/driftlock.db")
        filled(store)
        store.close()
        print(f"{WINDOWS:,} windows, {FLAGGED + ALERTS:,} flagged")
        with dashboard(demo_data=False, home=Path(folder)) as address, sync_playwright() as playwright:
            browser = launched(playwright)
            first, *others = [visit(browser, address) for _ in range(VISITS)]
            browser.close()
    for name, at in (("cards", 0), ("lanes and list", 1)):
        later = statistics.median(one[at] for one in others)
        print(f"{name:<16} {first[at]:5.1f} s first {later:5.1f} s median of {len(others)} more")


if __name__ == "__main__":
    main()
