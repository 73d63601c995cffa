"""The page of one window in a browser: keys, links, sizes, and charts that can be chosen from."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PATIENCE
from tests.e2e.tabs import select_tab
from tests.e2e.test_dashboard import open_strongest, run_sample
from tests.e2e.waiting import idle, press, sideways

pytestmark = pytest.mark.browser

SIZES = ((390, 844), (1920, 1080), (1280, 800))
TABS = ("What differs", "Fields", "Is it chance?", "What if", "Context", "Record")
# What stands on a tab once it is drawn.
DRAWN = {
    "What differs": "Templates, beside the baseline",
    "Fields": "Lines by the bits of",
    "Is it chance?": "Other compressors:",
    "What if": "Masking X-ray",
    "Context": "Notes of this stretch",
    "Record": "Exact sizes, bytes",
}


@pytest.fixture(scope="module")
def traces(warm: BrowserContext, dashboard: str) -> str:
    """The address of a finished run of the checkout's traces."""
    opened = warm.new_page()
    opened.set_default_timeout(PATIENCE)
    address = run_sample(opened, dashboard, "checkout-traces")
    opened.close()
    return address


def show(page: Page, tab: str) -> None:
    """Open a tab and wait until it is drawn."""
    select_tab(page, tab)
    page.get_by_text(DRAWN[tab]).first.wait_for()


def focus_is_visible(page: Page) -> bool:
    """Whether what has the focus is told from what has not."""
    shown: bool = page.evaluate(
        """() => { const s = getComputedStyle(document.activeElement);
        return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'; }"""
    )
    return shown


def test_ux39_label_undo_export_and_tabs_by_keys_alone(page: Page, traces: str, tmp_path: Path) -> None:
    """N labels, Z takes back, E gives the record, J goes on, arrows change the tab; the focus is seen."""
    open_strongest(page, traces)
    page.get_by_text("○ Open").first.wait_for()
    press(page, "n")
    page.get_by_text("✕ Not real").first.wait_for()
    press(page, "z")
    page.get_by_text("○ Open").first.wait_for()
    idle(page)
    with page.expect_download() as download:
        page.keyboard.press("e")
    file = tmp_path / "record.json"
    download.value.save_as(file)
    assert json.loads(file.read_text())["flagged"] is True

    page.get_by_role("tab", name="What differs").focus()
    page.keyboard.press("ArrowRight")
    assert focus_is_visible(page)
    page.keyboard.press("Enter")
    page.get_by_text(DRAWN["Fields"]).first.wait_for()
    expect(page.get_by_role("tab", name="Fields")).to_have_attribute("aria-selected", "true")

    before = page.url
    page.get_by_role("heading").first.click()
    press(page, "j")
    page.wait_for_url(lambda url: "id=" in url and url != before)
    # The next window, and the tab that was open.
    expect(page.get_by_role("tab", name="Fields")).to_have_attribute("aria-selected", "true")


def test_ux39_charts_have_a_text_in_their_place(page: Page, traces: str) -> None:
    """On every tab that draws one."""
    open_strongest(page, traces)
    for tab, part in (
        ("Fields", "Bits by field"),
        ("What if", "Bits saved by leaving out"),
        ("Context", "Waterfall of"),
    ):
        show(page, tab)
        expect(page.get_by_role("figure", name=re.compile(part)).first).to_be_attached()


def test_ux03_the_address_opens_the_same_tab_and_field_elsewhere(
    page: Page, elsewhere: Page, traces: str
) -> None:
    """Choosing a bar chooses its lines; another browser shows the same."""
    open_strongest(page, traces)
    show(page, "Fields")
    chart = page.get_by_test_id("stPlotlyChart").first
    chart.scroll_into_view_if_needed()
    bar = chart.locator(".bars .point path").first
    bar.wait_for()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + min(12, box["width"] / 2), box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("field="))
    chosen = page.get_by_text(re.compile(r"\d+ of \d+ lines with bits in")).first
    chosen.wait_for()
    elsewhere.goto(page.url)
    expect(elsewhere.get_by_text(chosen.inner_text()).first).to_be_visible()


def test_ux20_the_smallest_set_unticked_and_ticked_back(page: Page, traces: str) -> None:
    """Measured again each time, also behind other tabs' work."""
    open_strongest(page, traces)
    show(page, "What if")
    # Not every window has one; the keys lead to one that has.
    for _ in range(30):
        tick = page.get_by_role("button", name="Tick the smallest set")
        tick.wait_for()
        if tick.is_enabled():
            break
        before = page.url
        press(page, "j")
        page.wait_for_url(lambda url, left=before: url != left)  # type: ignore[misc]
        idle(page)
    page.get_by_role("button", name="Tick the smallest set").click()
    page.get_by_text("would not be flagged", exact=True).wait_for()
    page.locator("[data-testid=stCheckbox]:has(input:checked) label").first.click()
    page.get_by_text(re.compile("^(would be|is) flagged$")).first.wait_for()


def test_ux40_every_tab_of_a_trace_fits_and_the_buttons_are_in_sight(page: Page, traces: str) -> None:
    """At three sizes no tab is wider than the screen, and the first button of the bar needs no scrolling."""
    open_strongest(page, traces)
    real = page.get_by_role("button", name="Real").first
    real.wait_for()
    for tab in TABS:
        show(page, tab)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            idle(page)
            assert sideways(page) == 0, (tab, width)
            page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
            box = real.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height, (tab, width)
        assert page.get_by_test_id("stException").count() == 0, tab


def test_a_list_leads_through_its_windows_and_back(page: Page, dashboard: str, traces: str) -> None:
    """From a row of the overview J goes on in that list, and the link leads back to it."""
    page.goto(f"{dashboard}/?r=All&k=Traces")
    page.locator(".st-key-row-next button").click()
    page.get_by_role("link", name="Why, and how rare").click()
    page.get_by_text(re.compile(r"^1 of \d+ in this list$")).wait_for()
    press(page, "j")
    page.get_by_text(re.compile(r"^2 of \d+ in this list$")).wait_for()
    page.get_by_role("link", name="Back to the list").click()
    page.locator(".st-key-row-next button").wait_for()


def test_a_link_to_a_window_opens_in_a_fresh_browser_with_its_frame(
    page: Page, elsewhere: Page, traces: str
) -> None:
    """The menu of the dashboard stands beside it."""
    open_strongest(page, traces)
    elsewhere.goto(page.url)
    elsewhere.get_by_role("link", name="Tuning lab").wait_for()


def test_a_click_that_a_left_page_still_takes_does_not_empty_the_next(page: Page, traces: str) -> None:
    """Before the next page gives its first sign, the old one asks to have a part of it drawn again."""
    open_strongest(page, traces)
    show(page, "What if")
    idle(page)
    page.get_by_role("link", name="Verify a bundle").evaluate(
        """link => {
          const tick = document.querySelector("[class*='st-key-without-'] input[type=checkbox]");
          link.click();
          tick.click();
        }"""
    )
    page.get_by_role("heading", name="Verify a bundle").wait_for()
    idle(page, still_ms=2_000)
    expect(page.get_by_role("heading", name="Verify a bundle")).to_be_visible()
