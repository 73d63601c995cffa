"""Tabs of a page that may be drawn anew while a reader clicks."""

from playwright.sync_api import Page, expect

from tests.e2e.waiting import repeated


def select_tab(page: Page, name: str) -> None:
    """Click until it is the one that shows."""
    tab = page.get_by_role("tab", name=name)
    repeated(
        tab.click,
        lambda ms: expect(tab).to_have_attribute("aria-selected", "true", timeout=ms),
        first=3_000,
    )
