"""Every view fits its window, and no text of any says what cannot be known."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.complaints import complaints
from tests.e2e.views import NAMES, PATIENCE, Seen, View, open_view

pytestmark = pytest.mark.browser

SIZES = {"desk": (1280, 800), "wide": (1920, 1080), "phone": (390, 844)}
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
}
CUT = """() => [...document.querySelectorAll(
  '[data-testid=stMetricLabel] p, [data-testid=stMetricValue], [data-testid=stMetricValue] *, [data-testid=stMetricDelta] *')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.innerText)"""
SIDEWAYS = """() => Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')]
  .map(e => e.scrollWidth - e.clientWidth))"""


@pytest.mark.parametrize(
    ("size", "scheme"),
    [("desk", "light"), ("wide", "dark"), ("phone", "light"), ("phone", "dark")],
)
@pytest.mark.parametrize("name", NAMES)
def test_ux40_and_12_a_view_fits_and_claims_nothing(
    chromium: Browser, seen: Seen, name: str, size: str, scheme: str
) -> None:
    """No sideways scroll, no cut card, the primary action in the first screen, no forbidden word, no error."""
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors = complaints(page)
    open_view(page, seen.address, seen.views[name])
    assert page.evaluate(SIDEWAYS) == 0
    assert page.evaluate(CUT) == []
    if name in PRIMARY:
        _in_the_first_screen(page, PRIMARY[name], height)
    # What tables and charts draw on a canvas has a text of its own in the page.
    assert FORBIDDEN.findall(page.locator("body").inner_text()) == []
    assert FORBIDDEN.findall(" ".join(_texts_in_place_of_pictures(page))) == []
    assert page.get_by_test_id("stException").count() == 0
    assert errors == []
    context.close()


def _in_the_first_screen(page: Page, name: str, height: int) -> None:
    button = page.get_by_test_id("stMain").get_by_role("button", name=name).first
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height


def _texts_in_place_of_pictures(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('[aria-label], [alt]')].map(e => e.getAttribute('aria-label') || e.alt)"
    )
    return found


@pytest.mark.parametrize(
    ("name", "shown"), [("Overview", 1), ("Tuning lab", 1), ("Scenarios", 0), ("Analyze", 0)]
)
def test_range_and_streams_are_seen_where_they_narrow_something(
    chromium: Browser, seen: Seen, name: str, shown: int
) -> None:
    """And stay in the address where they do not."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    view = seen.views[name]
    open_view(page, seen.address, View(f"{view.path}?r=7+d", view.drawn))
    expect(page.locator("[role=radiogroup][aria-label=Range]:visible")).to_have_count(shown)
    assert "r=7" in page.url
    context.close()
