"""
How long the Overview takes to paint with 50,000 flagged rows: ``python -m benchmarks.speed.overview_page``.

Seconds from asking for the page, all streams and all time, until its cards, lanes, list and scores stand, in a
browser of its own each time, and the seconds of processor time its page took: on a busy machine those say more.
A new browser is first left alone until it is done with itself, as a reader's has long been.
The first visit also loads the program. Needs Chromium.
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
REST_MS: Final = 2_000  # Chromium readies windows of its own meanwhile, on the same processors
WAIT_MS: Final = 120_000
STOPS: Final = {
    "cards": ".st-key-figures [data-testid=stMetricValue]",
    "lanes": ".st-key-lanes .dl-cell",
    "list": "[data-testid=stDataFrame]",
    "scores": ".st-key-timeline .scatterlayer .js-line",
}


def visit(browser: Browser, address: str) -> dict[str, float]:
    """Seconds until each of the stops, and of processor time until the page is at rest."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.wait_for_timeout(REST_MS)
    before = _processor(browser)
    begun = time.perf_counter()
    page.goto(f"{address}/?r=All")
    found = {}
    for name, drawn in STOPS.items():
        page.locator(drawn).first.wait_for(state="attached")
        found[name] = time.perf_counter() - begun
    page.wait_for_timeout(2_000)
    found["processor"] = _processor(browser) - before
    context.close()
    return found


def _processor(browser: Browser) -> float:
    """Seconds of processor time of all pages so far."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return float(sum(one["cpuTime"] for one in told["processInfo"] if one["type"] == "renderer"))


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
    for name, seconds in first.items():
        later = statistics.median(one[name] for one in others)
        print(f"{name:<10} {seconds:5.1f} s first {later:5.1f} s median of {len(others)} more")


if __name__ == "__main__":
    main()
