"""What axe-core, which checks a page for readers who do not see, hear or point like most, says of every view."""

from collections.abc import Mapping
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e.views import NAMES, PATIENCE, Seen, open_view

pytestmark = pytest.mark.browser

GRAVE = frozenset({"serious", "critical"})
# Markup of Streamlit 1.67 that no page can change: the rule, and what of the element's own HTML tells it.
STREAMLITS = (
    # The menu lays a div with a section's title between the list and its items, which so have no list as parent.
    ("list", 'data-testid="stSidebarNavItems"'),
    ("listitem", "<li class="),
    # The sparkline of a card is drawn by Vega, whose layer for the point under the pointer is an empty group.
    ("svg-img-alt", 'aria-roledescription="symbol mark container"'),
)


def grave(answer: Mapping[str, Any]) -> list[str]:
    """What is serious or worse and not Streamlit's own, one line for each element."""
    return [
        f"{violation['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for violation in answer["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
        if not any(violation["id"] == rule and mark in node["html"] for rule, mark in STREAMLITS)
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_ux38_nothing_serious_is_ours(chromium: Browser, seen: Seen, name: str, scheme: str) -> None:
    """In both themes; text of every colour included."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    open_view(page, seen.address, seen.views[name])
    assert grave(Axe().run(page).response) == []
    context.close()


def test_ux38_an_error_of_ours_would_be_seen(chromium: Browser, seen: Seen) -> None:
    """A picture without a text and a pale word, put into the page, are both told."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    open_view(page, seen.address, seen.views["Scenarios"])
    page.evaluate(
        """document.querySelector('[data-testid=stMainBlockContainer]').insertAdjacentHTML('afterbegin',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color:#ccc;background:#fff">pale</p>')"""
    )
    told = [line.partition(":")[0] for line in grave(Axe().run(page).response)]
    assert sorted(told) == ["color-contrast", "image-alt"]
    context.close()
