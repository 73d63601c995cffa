"""Feedback as a browser shows it: labels by keys, and the way back."""

import io

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from data_generator import generate
from tests.e2e.complaints import complaints
from tests.e2e.waiting import press

pytestmark = pytest.mark.browser
WAIT = 60_000  # ms; the machine may be busy


@pytest.fixture(scope="module")
def stream(warm: BrowserContext, dashboard: str) -> str:
    """The name of a stream in which several incidents were flagged."""
    page = warm.new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{dashboard}/analyze?src=Upload")
    data = io.BytesIO(generate("web-logs", events=3_000).data).getvalue()
    page.locator("input[type=file]").set_input_files(
        {"name": "feedback.jsonl", "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Flagged windows").wait_for()
    page.close()
    return "feedback.jsonl"


def sentence(page: Page) -> str:
    """What is said of the window on the card."""
    return page.locator(".st-key-card p").first.inner_text()


def shown(page: Page, text: str) -> None:
    """Wait until *text* is there; a badge with a help text is drawn twice."""
    expect(page.get_by_text(text).first).to_be_visible(timeout=WAIT)


def test_windows_are_labelled_and_taken_back_by_keys_alone(page: Page, dashboard: str, stream: str):
    """Y counts and brings the next window by itself, U the one after; Z brings the last one back."""
    errors = complaints(page)
    page.goto(f"{dashboard}/feedback?stream={stream}")
    shown(page, "Labelled places 0 of 20")
    first = sentence(page)
    real = page.get_by_role("button", name="Real", exact=False).first
    expect(real).to_be_in_viewport()
    press(page, "y")
    shown(page, "Labelled places 1 of 20")
    shown(page, "Only “real” so far")
    expect(page.locator(".st-key-card p").first).not_to_have_text(first, timeout=WAIT)
    second = sentence(page)
    press(page, "u")
    shown(page, "Not useful 1")
    press(page, "z")
    shown(page, "Not useful 0")
    expect(page.locator(".st-key-card p").first).to_have_text(second, timeout=WAIT)
    press(page, "z")
    shown(page, "Labelled places 0 of 20")
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("one => one.scrollWidth - one.clientWidth") == 0
    assert errors == []
