"""
Take the README's pictures from a dashboard that is started for it: ``make images``.

The data are the demonstration's and the scenarios' own, so that only dates differ from one day to the
next, and in the picture of the live generator how far it has come.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from docs.images.browser import chromium, dashboard, launched
from docs.images.shots import Scheme, beside, settled, shoot, window

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
DESK: Final = (1280, 960)
PHONE: Final = (390, 844)
DEMO_MS: Final = 180_000  # until all of the demonstration is there
LIVE_MS: Final = 30_000


def main() -> None:
    """Start, take, and say where the pictures are and how large."""
    chromium()  # no browser: said before anything is started
    with dashboard(demo_data=True) as address, sync_playwright() as playwright:
        browser = launched(playwright)
        _prepared(browser, address)
        # The live picture last: what it sends would stand on the overview.
        for path in (*_desk(browser, address), _phone(browser, address), _analyze(browser, address)):
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1_000:.0f} kB")
        browser.close()


def _prepared(browser: Browser, address: str) -> None:
    page = window(browser, "light", *DESK)
    page.goto(address)
    page.locator(".st-key-lanes .dl-flag").first.wait_for()
    page.get_by_text("Demo data is being prepared").wait_for(state="detached", timeout=DEMO_MS)
    page.context.close()


def _desk(browser: Browser, address: str) -> list[Path]:
    """The pictures as wide as a desk's screen."""
    wanted: tuple[tuple[str, Scheme, int, Callable[[Page, str], None]], ...] = (
        ("overview-light", "light", 1080, _overview),
        ("overview-dark", "dark", 1080, _overview),
        ("anomaly-light", "light", 1080, _bytes),
        ("anomaly-dark", "dark", 1080, _bytes),
        ("tuning-light", "light", 1320, _tuning),
        ("scenarios-dark", "dark", 960, _scenario),
    )
    taken = []
    for name, scheme, height, lead in wanted:
        page = window(browser, scheme, DESK[0], height)
        lead(page, address)
        taken.append(shoot(page, HERE / f"{name}.png"))
        page.context.close()
    return taken


def _phone(browser: Browser, address: str) -> Path:
    """Overview, anomaly and tuning lab, side by side."""
    pictures = []
    for lead in (_overview, _anomaly, _limits):
        page = window(browser, "light", *PHONE)
        lead(page, address)
        settled(page)
        pictures.append(page.screenshot(animations="disabled"))
        page.context.close()
    return beside(pictures, HERE / "phone-light.png")


def _analyze(browser: Browser, address: str) -> Path:
    page = window(browser, "light", DESK[0], 880)
    _live(page, address)
    return shoot(page, HERE / "analyze-light.png")


def _overview(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="NDJSON").wait_for()
    page.locator(".st-key-lanes .dl-flag").first.wait_for()


def _anomaly(page: Page, address: str) -> None:
    """The strongest window of the assistant."""
    page.goto(f"{address}/?s=support+assistant")
    page.get_by_role("button", name="Open the strongest").click()
    page.get_by_text("Templates, beside the baseline").wait_for()


def _bytes(page: Page, address: str) -> None:
    """What differs, from the marked bytes on."""
    _anomaly(page, address)
    _from(page, "Prompts and answers")


def _from(page: Page, text: str) -> None:
    """Scroll until *text* stands a line below the upper edge."""
    settled(page)
    page.get_by_text(text, exact=True).evaluate(
        "e => { e.scrollIntoView({block: 'start'}); document.querySelector('[data-testid=stMain]').scrollBy(0, -8); }"
    )


def _limits(page: Page, address: str) -> None:
    page.goto(f"{address}/tuning?stream=support+assistant&ncd=0.2&p=0.02")
    page.get_by_text("Candidate against current").wait_for()
    page.get_by_text("What would change along the stream").wait_for()


def _tuning(page: Page, address: str) -> None:
    """From the choice of a profile down to what the choice means."""
    _limits(page, address)
    _from(page, "Choose by")


def _scenario(page: Page, address: str) -> None:
    page.goto(f"{address}/scenarios?sc=error-storm&present=1&step=5")
    page.get_by_text("Step 5 of 6").wait_for()


def _live(page: Page, address: str) -> None:
    """A feed at work, paused after half a minute."""
    page.goto(f"{address}/analyze?src=Live+generator")
    rate = page.get_by_label("Events a second")
    rate.fill("300")
    rate.press("Enter")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_timeout(LIVE_MS)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").wait_for()


if __name__ == "__main__":
    main()
