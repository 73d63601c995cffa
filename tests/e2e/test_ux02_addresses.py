"""Every page by its address alone, as the first request that a new process ever gets."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.cli.serving import Server
from tests.e2e.complaints import complaints
from tests.e2e.conftest import serving

pytestmark = pytest.mark.browser

# Address, title.
PAGES = {
    "/": "Overview",
    "/analyze": "Analyze",
    "/anomaly?id=none": "Anomaly",
    "/tuning": "Tuning lab",
    "/scenarios": "Scenarios",
    "/streams": "Streams and anchors",
    "/feedback": "Feedback",
    "/reports": "Reports and evidence",
    "/verify": "Verify a bundle",
    "/admin": "Admin",
}
MENU = [
    "Overview", "Analyze", "Tuning lab", "Feedback", "Streams and anchors", "Scenarios", "Reports and evidence",
    "Verify a bundle", "Admin",
]  # fmt: skip
PATIENCE = 60_000


def opens(page: Page, address: str, title: str) -> None:
    """The page with its frame, and nothing that failed."""
    errors = complaints(page)
    page.goto(address)
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible(timeout=PATIENCE)
    menu = page.get_by_test_id("stSidebarNav")
    for entry in MENU:
        expect(menu.get_by_role("link", name=entry, exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".st-key-help button")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert errors == []


@pytest.mark.parametrize(
    "paths", [[*PAGES], ["/anomaly?id=none", "/", "/analyze"]], ids=["the root", "a deep one"]
)
def test_ux02_a_page_opens_first_of_all_on_the_server(page: Page, tmp_path: Path, paths: list[str]) -> None:
    """`driftlock serve`, fresh; after it others by their addresses."""
    server = Server(tmp_path / "home")
    try:
        for path in paths:
            opens(page, server.address + path, PAGES[path])
    finally:
        server.stop()


def test_ux02_a_page_opens_first_of_all_in_the_dashboard_alone(page: Page, tmp_path: Path) -> None:
    """`streamlit run app.py`, fresh; an address keeps what it asks for."""
    with serving(tmp_path / "home", demo_data="off") as address:
        for path in sorted(PAGES, key=lambda path: path != "/anomaly?id=none"):
            opens(page, address + path, PAGES[path])
            assert page.url == address + path
