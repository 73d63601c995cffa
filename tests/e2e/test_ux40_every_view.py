"""Every view fits its window, and no text of any says what cannot be known."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.axe import grave
from tests.e2e.complaints import complaints
from tests.e2e.views import NAMES, SCHEMES, Seen, View, open_view
from tests.e2e.waiting import PATIENCE, change_theme, idle

pytestmark = pytest.mark.browser

# What fits does not hang on colours: the wide window and the phone are looked at in one theme.
SIZES = {
    "light": {"desk": (1280, 800), "wide": (1920, 1080), "phone": (390, 844)},
    "dark": {"desk": (1280, 800)},
}
FORBIDDEN = re.compile(
    r"\bconfidence\b|probability that|\bp ?= ?0(?:\.0+)?(?![.\d])|all clear", re.IGNORECASE
)
# What a reader came for stands in the first screen.
PRIMARY = {
    "Overview": "Open the strongest",
    "Anomaly, What differs": "Real",
    "Analyze": "Choose",
    "Tuning lab": "Apply candidate",
    "Scenarios": "Open",
    "Scenarios, played": "Play",
    "Streams": "New stream",
    "Feedback, Label": "Real",
    "Reports, Make": "Make the report",
    "Reports, Archive": "Download",
}
CUT = """() => [...document.querySelectorAll(
  '[data-testid=stMetricLabel] p, [data-testid=stMetricValue], [data-testid=stMetricValue] *, [data-testid=stMetricDelta] *')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.innerText)"""
SIDEWAYS = """() => Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')]
  .map(e => e.scrollWidth - e.clientWidth))"""


@pytest.mark.parametrize("name", NAMES)
def test_ux12_38_40_a_view_fits_claims_nothing_and_can_be_read(page: Page, seen: Seen, name: str) -> None:
    """
    In three sizes: no sideways scroll, no cut card, the primary action in the first screen.

    In both themes: nothing serious in the eyes of axe. No forbidden word, no error. The page is opened once;
    then its window is changed, as a reader turns a phone, and its theme, as the evening comes.
    """
    page.set_default_timeout(PATIENCE)
    errors = complaints(page)
    found = {}
    open_view(page, seen.address, seen.views[name])
    for scheme in SCHEMES:
        if scheme != "light":
            change_theme(page, scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        for size, (width, height) in SIZES[scheme].items():
            page.set_viewport_size({"width": width, "height": height})
            idle(page)
            found[scheme, size] = _does_not_fit(page, name, height)
            if size == "desk":
                found[scheme, "axe"] = grave(Axe().run(page).response)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
    # What tables and charts draw on a canvas has a text of its own in the page.
    assert FORBIDDEN.findall(page.locator("body").inner_text()) == []
    assert FORBIDDEN.findall(" ".join(_texts_in_place_of_pictures(page))) == []
    assert page.get_by_test_id("stException").count() == 0
    assert errors == []


def _does_not_fit(page: Page, name: str, height: int) -> list[str]:
    """What a reader at this size would complain of."""
    wrong = [f"cut: {text}" for text in page.evaluate(CUT)]
    if sideways := page.evaluate(SIDEWAYS):
        wrong.append(f"{sideways} px sideways")
    if name in PRIMARY:
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
        button = page.get_by_test_id("stMain").get_by_role("button", name=PRIMARY[name]).first
        box = button.bounding_box()
        if box is None or box["y"] + box["height"] > height:
            wrong.append(f"“{PRIMARY[name]}” is not in the first screen: {box}")
    return wrong


def _texts_in_place_of_pictures(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('[aria-label], [alt]')].map(e => e.getAttribute('aria-label') || e.alt)"
    )
    return found


@pytest.mark.parametrize(
    ("name", "shown"), [("Overview", 1), ("Tuning lab", 1), ("Scenarios", 0), ("Analyze", 0)]
)
def test_range_and_streams_are_seen_where_they_narrow_something(
    page: Page, seen: Seen, name: str, shown: int
) -> None:
    """And stay in the address where they do not."""
    page.set_default_timeout(PATIENCE)
    view = seen.views[name]
    open_view(page, seen.address, View(f"{view.path}?r=7+d", view.drawn))
    expect(page.locator("[role=radiogroup][aria-label=Range]:visible")).to_have_count(shown)
    assert "r=7" in page.url


def test_ux38_an_error_of_ours_would_be_seen(page: Page, seen: Seen) -> None:
    """A picture without a text and a pale word, put into the page, are both told."""
    page.set_default_timeout(PATIENCE)
    open_view(page, seen.address, seen.views["Scenarios"])
    page.evaluate(
        """document.querySelector('[data-testid=stMainBlockContainer]').insertAdjacentHTML('afterbegin',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color:#ccc;background:#fff">pale</p>')"""
    )
    told = [line.partition(":")[0] for line in grave(Axe().run(page).response)]
    assert sorted(told) == ["color-contrast", "image-alt"]
