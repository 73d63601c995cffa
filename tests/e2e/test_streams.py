"""Streams and anchors as a browser shows them."""

import re

import pytest
from playwright.sync_api import Page, expect

from data_generator import generate

pytestmark = pytest.mark.browser

WAIT = 60_000  # ms; the machine may be busy
FORBIDDEN = ("confidence", "probability that", "p=0.000", "p = 0.000", "all clear")


def test_from_a_new_stream_to_an_anchor(page: Page, elsewhere: Page, dashboard: str) -> None:
    """
    The click that ends the typing is the one that acts. A stream is made and shows the line that feeds it; of an analyzed one an anchor is frozen, compared and activated.

    Every step stands in the address, so that another browser shows it too; an
    unknown id is answered with a sentence.
    """
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(f"{dashboard}/streams")
    page.get_by_role("button", name="New stream").click()
    page.get_by_label("Name").fill("checkout logs")
    page.get_by_role("button", name="Create stream").click()
    page.wait_for_url(re.compile(r"stream=[0-9a-f]{16}"))
    found = re.search(r"stream=([0-9a-f]{16})", page.url)
    assert found
    expect(page.get_by_text(f"/v1/streams/{found[1]}/events").first).to_be_visible(timeout=WAIT)

    page.goto(f"{dashboard}/analyze?src=Upload")
    page.locator("input[type=file]").set_input_files(
        {
            "name": "shop.log",
            "mimeType": "application/octet-stream",
            "buffer": generate("web-logs", events=2_000).data,
        }
    )
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Flagged windows").wait_for()
    page.goto(f"{dashboard}/streams")
    page.get_by_test_id("stDataFrame").wait_for()
    # A canvas has no cells to click: the selectbox of any stream leads to every other.
    page.goto(f"{dashboard}/streams?stream={found[1]}&tab=Anchors")
    page.locator('[data-testid="stSelectbox"]').first.click()
    page.get_by_role("option", name="shop.log").click()
    page.get_by_text("They lie").wait_for()  # the anchor that was frozen by itself is compared
    page.get_by_role("button", name="New anchor").click()
    page.get_by_label("Note (required)").fill("after release")
    page.get_by_role("button", name="Freeze", exact=True).click()
    page.get_by_text("Frozen", exact=True).wait_for()  # a toast
    page.get_by_role("tab", name="Drift").click()
    page.wait_for_url(re.compile("tab=Drift"))
    expect(page.get_by_text("is most like 2: after release")).to_be_visible(timeout=WAIT)
    said = page.inner_text("body").lower()
    assert not [word for word in FORBIDDEN if word in said]
    address = page.url

    other = elsewhere
    other.set_viewport_size({"width": 390, "height": 844})
    other.emulate_media(color_scheme="dark")
    other.goto(address)
    expect(other.get_by_text("is most like 2: after release")).to_be_visible(timeout=WAIT)
    other.goto(f"{dashboard}/streams?stream=0123456789abcdef")
    expect(other.get_by_text("not kept any more, or never was")).to_be_visible(timeout=WAIT)
