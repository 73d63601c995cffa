"""Metrics as a browser shows them: from upload to the number, its series, and the proof."""

import re

import pytest
from made_numbers import wide
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.complaints import complaints
from tests.e2e.conftest import PATIENCE
from tests.e2e.tabs import select_tab
from tests.e2e.views import SCHEMES
from tests.e2e.waiting import idle, sideways

pytestmark = pytest.mark.browser

TABS = ("Series", "At the same time", "Is it chance?", "Record")


@pytest.fixture(scope="module")
def result(warm: BrowserContext, dashboard: str) -> str:
    """The address of a finished run of two measures that jump together."""
    page = warm.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{dashboard}/analyze?src=Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "plant.csv", "mimeType": "text/csv", "buffer": wide()}
    )
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Flagged numbers").wait_for()
    address = page.url
    page.close()
    return address


def open_strongest(page: Page, result: str) -> None:
    """From a result to its strongest number."""
    page.goto(result)
    page.get_by_role("link", name="Open the strongest").click()
    page.get_by_role("tab", name="At the same time").wait_for()


def test_from_upload_to_number_and_proof(page: Page, result: str) -> None:
    """The result names the rate, the page the value and the range, and replay finds every number again."""
    page.goto(result)
    page.get_by_text(re.compile(r"\d+ flagged · one in \d+ numbers judged")).wait_for()
    open_strongest(page, result)
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        re.compile(r"cpu at 2026-03-30 04:00:00 UTC: 90 where [\d.]+ to [\d.]+ was expected")
    )
    page.get_by_role("tab", name="Record").click()
    page.get_by_role("button", name="Replay").click()
    page.get_by_text(re.compile(r"Identical: (\d+) of \1 numbers")).wait_for()


def test_back_returns_from_the_number_to_its_run(page: Page, result: str) -> None:
    """However deep in the tabs, one step back shows the result."""
    open_strongest(page, result)
    page.get_by_role("tab", name="Record").click()
    page.go_back()
    page.get_by_role("heading", name="Flagged numbers").wait_for()
    assert re.search(r"run=\w+", page.url)


def test_no_page_scrolls_sideways_or_fails(page: Page, result: str) -> None:
    """Both pages fit a desk and a phone in both themes, without an error in the page or its console."""
    errors = complaints(page)
    open_strongest(page, result)
    for tab in TABS:
        select_tab(page, tab)
        assert fits(page), tab
    page.get_by_role("link", name="All of this run").click()
    page.get_by_role("heading", name="Flagged numbers").wait_for()
    assert fits(page)
    assert not errors
    assert page.get_by_test_id("stException").count() == 0


def fits(page: Page) -> bool:
    """At both sizes, in both themes."""
    wider = 0
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        for width, height in ((390, 844), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            idle(page)
            wider = max(wider, sideways(page))
    return wider <= 0


def test_numbers_can_be_judged_as_text(page: Page, dashboard: str) -> None:
    """The choice reaches the run: windows instead of numbers, and the reason said."""
    page.goto(f"{dashboard}/analyze?src=Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "plant.csv", "mimeType": "text/csv", "buffer": wide(300)}
    )
    page.get_by_role("radio", name="As text").click()
    page.get_by_role("button", name="Run").click()
    page.get_by_text("Judged as text, as asked for.").wait_for()
    page.get_by_text("Windows tested", exact=True).wait_for()
