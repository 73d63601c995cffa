"""Scenarios as a browser shows them: played, presented, revealed, linked, exported."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, TimeoutError, expect

from tests.e2e.waiting import idle, press

pytestmark = pytest.mark.browser

# Letters of at least so many pixels can be read from the back of a room.
LARGE = 18
# What is written smaller: element, text, size.
SMALLER = """least => [...document.querySelectorAll('[data-testid=stMain] *')].filter(e =>
        [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
        && e.checkVisibility() && e.getClientRects().length
        && !['STYLE', 'SCRIPT', 'TITLE'].includes(e.tagName)
        && !(e.closest('[data-testid=stIconMaterial]')) && e.getBoundingClientRect().width > 1
        && parseFloat(getComputedStyle(e).fontSize) < least)
      .map(e => [e.tagName, e.textContent.slice(0, 40), getComputedStyle(e).fontSize])"""


@pytest.fixture(scope="module", autouse=True)
def worked_off(warm: BrowserContext, dashboard: str) -> None:
    """The error storm was played once: judging it takes a while where the machine is busy."""
    page = warm.new_page()
    page.set_default_timeout(120_000)
    open_storm(page, dashboard)
    page.close()


def open_storm(page: Page, dashboard: str, **parameters: str) -> None:
    """The error storm on its stage."""
    asked = "&".join(f"{name}={value}" for name, value in {"sc": "error-storm", **parameters}.items())
    page.goto(f"{dashboard}/scenarios?{asked}")
    page.get_by_text(re.compile(r"^Step \d of 6")).wait_for()
    page.get_by_text(re.compile(r"tested .* flagged")).first.wait_for()


def step(page: Page, number: int) -> None:
    expect(page.get_by_text(re.compile(rf"^Step {number} of 6"))).to_be_visible()


def player(page: Page) -> Locator:
    """The button that plays and pauses."""
    return page.locator(".st-key-scenario-play button")


def test_ux28_captions_advance_with_j(page: Page, dashboard: str) -> None:
    """Each press is the next caption, and the address follows."""
    open_storm(page, dashboard)
    for number in (2, 3, 4):
        press(page, "j")
        step(page, number)
        expect(page).to_have_url(re.compile(rf"step={number}\b"))
    expect(page.get_by_text("Driftlock flags its first window of it")).to_be_visible()


def test_ux28_presenter_mode_hides_the_menu_and_is_large(page: Page, dashboard: str) -> None:
    open_storm(page, dashboard, step="4")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    idle(page)
    page.get_by_text("Presenter mode").click()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"present=1"))
    idle(page)
    with suppress(
        TimeoutError
    ):  # a chart is drawn once more in the larger letters; what stays small is told below
        page.wait_for_function(f"least => ({SMALLER})(least).length === 0", arg=LARGE)
    assert page.evaluate(SMALLER, LARGE) == []


def test_ux29_truth_is_revealed_when_asked(page: Page, dashboard: str) -> None:
    """Off at first; then counts of found, missed and false with what chance would give, and a shade."""
    open_storm(page, dashboard, step="6")
    idle(page)
    expect(page.get_by_text("Missed", exact=True)).to_have_count(0)
    expect(page.get_by_text("hidden: collective")).to_have_count(0)
    page.get_by_text("Reveal what is hidden").click()
    for label in ("Found", "Missed", "False", "False, expected"):
        expect(page.get_by_text(label, exact=True)).to_be_visible()
    expect(page.get_by_text("hidden: collective")).to_be_visible()


def test_a_link_leads_to_the_step(page: Page, elsewhere: Page, dashboard: str) -> None:
    """The address that Copy link shows opens the same step in another browser, and nothing plays there."""
    open_storm(page, dashboard, step="3")
    idle(page)
    page.get_by_role("button", name="Copy link").click()
    address = page.get_by_test_id("stCode").inner_text().strip()
    elsewhere.goto(address)
    expect(elsewhere.get_by_text(re.compile(r"^Step 3 of 6"))).to_be_visible()
    expect(player(elsewhere)).to_be_visible()


def test_while_it_plays_the_strip_keeps_its_canvas(page: Page, dashboard: str) -> None:
    """Counts grow, the strip is the same element, nothing below it moves; pause stops it."""
    open_storm(page, dashboard, step="2", speed="1×")
    idle(page)
    player(page).click()
    pause = page.get_by_role("button", name="Pause Shortcut P")
    pause.wait_for()
    clock = page.get_by_text(re.compile(r"^14:0\d:\d\d · tested"))
    before = clock.inner_text()
    canvas = page.locator("[data-testid=stMain] canvas").first
    canvas.evaluate("e => e.dataset.seen = 'before'")
    below = page.get_by_text("Reveal what is hidden").bounding_box()
    expect(clock).not_to_have_text(before)
    changed = clock.inner_text()
    expect(clock).not_to_have_text(changed)
    assert canvas.evaluate("e => e.dataset.seen") == "before"
    assert page.get_by_text("Reveal what is hidden").bounding_box() == below
    pause.click()
    page.get_by_role("button", name="Play Shortcut P").wait_for()
    idle(page)
    stopped = clock.inner_text()
    page.wait_for_timeout(2_500)
    assert clock.inner_text() == stopped


def test_at_full_speed_it_plays_to_its_end(page: Page, dashboard: str) -> None:
    """Captions come by themselves; at the end the play stands still at the last one."""
    open_storm(page, dashboard, speed="max")
    idle(page)
    player(page).click()
    step(page, 2)
    expect(page.get_by_text(re.compile(r"^Step 6 of 6"))).to_be_visible(timeout=60_000)
    expect(player(page)).to_be_disabled()
    expect(page).to_have_url(re.compile(r"step=6\b"))


def test_the_walkthrough_is_a_file_that_opens_alone(
    page: Page, chromium: Browser, dashboard: str, tmp_path: Path
) -> None:
    """Without a network: all steps are there, with their drawings, and nothing is asked for."""
    open_storm(page, dashboard)
    idle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export walkthrough").click()
    assert waiting.value.suggested_filename == "driftlock-error-storm-7.html"
    file = tmp_path / "walkthrough.html"
    waiting.value.save_as(file)
    context = chromium.new_context(offline=True)
    alone = context.new_page()
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(file.as_uri())
    expect(alone.get_by_role("heading", level=2)).to_have_count(7)
    expect(alone.locator("svg")).to_have_count(7)
    assert asked == [file.as_uri()]
    context.close()


def test_the_top_anomaly_opens(page: Page, dashboard: str) -> None:
    open_storm(page, dashboard, step="4")
    idle(page)
    page.get_by_role("link", name="Open top anomaly").click()
    expect(page).to_have_url(re.compile(r"/anomaly\?id=[0-9a-f]{16}"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Error storm")
