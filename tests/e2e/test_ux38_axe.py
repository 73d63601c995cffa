"""That axe-core tells of what it is asked for; every view goes past it in test_ux40_every_view.py."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e.axe import grave
from tests.e2e.views import PATIENCE, Seen, open_view

pytestmark = pytest.mark.browser


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
