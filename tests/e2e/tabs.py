"""Tabs of a page that may be drawn anew while a reader clicks."""

from playwright.sync_api import Page, expect


def select_tab(page: Page, name: str) -> None:
    """Click until it is the one that shows: a click that meets a redraw of the page is lost."""
    tab = page.get_by_role("tab", name=name)
    for _ in range(3):
        tab.click()
        try:
            expect(tab).to_have_attribute("aria-selected", "true", timeout=3_000)
            return
        except AssertionError:
            continue
    expect(tab).to_have_attribute("aria-selected", "true")
