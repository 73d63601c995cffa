"""
How long somebody who comes for the first time waits: ``python -m benchmarks.speed.newcomer``.

Seconds from asking for the root page until a number of flagged windows stands on it, in a browser of its
own and on an empty home each time; the server listens before. Needs Chromium. Five visits.
"""

import statistics
import time
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from docs.images.browser import dashboard, launched

VISITS: Final = 5
WAIT_MS: Final = 120_000
# The card of flagged windows with a number above none.
SEEN: Final = """() => [...document.querySelectorAll('.st-key-figures [data-testid=stMetric]')].some(card =>
  card.innerText.startsWith('Flagged')
  && parseInt(card.querySelector('[data-testid=stMetricValue]').innerText) > 0)"""


def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds until the frame of the page stands, and until the number does."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(WAIT_MS)
    begun = time.perf_counter()
    page.goto(address)
    page.get_by_role("heading", name="Overview").wait_for()
    frame = time.perf_counter() - begun
    page.wait_for_function(SEEN)
    seen = time.perf_counter() - begun
    page.context.close()
    return frame, seen


def main() -> None:
    """Print both times, fastest, median and slowest."""
    frames, counts = [], []
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for _ in range(VISITS):
            with dashboard(demo_data=True) as address:
                frame, count = visit(browser, address)
            frames.append(frame)
            counts.append(count)
        browser.close()
    for name, spent in (("page with its title", frames), ("first flagged count", counts)):
        print(
            f"{name:<20} {min(spent):5.1f} s fastest {statistics.median(spent):5.1f} s median "
            f"{max(spent):5.1f} s slowest"
        )


if __name__ == "__main__":
    main()
