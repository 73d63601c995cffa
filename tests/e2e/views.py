"""Every page of the dashboard in the states a reader meets, on one server with demonstration data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from playwright.sync_api import Page, expect

from tests.e2e.waiting import PATIENCE, idle

TABS: Final = ("What differs", "Fields", "Is it chance?", "What if", "Context", "Record")
STREAM_TABS: Final = {
    "Baseline": "Is all of it usual?",
    "Anchors": "An anchor is never deleted, only retired",
    "Drift": "Drift ruler",
}
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class View:
    """An address and what stands there once it is drawn: a selector, or a pattern of a text."""

    path: str
    drawn: str | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A server with its views by name."""

    address: str
    views: Mapping[str, View]


def views(page: Page, address: str) -> Mapping[str, View]:
    """
    Addresses of all views by name, after what they show has been made.

    Analyzes the log of the web shop, plays normal operations and makes an evidence
    bundle, once each; the window shown is the strongest of the overview.
    """
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.locator(".st-key-lanes .dl-flag").first.wait_for()
    expect(page.get_by_text("Demo data is being prepared")).to_have_count(0, timeout=PATIENCE)
    page.get_by_role("button", name="Open the strongest").click()
    page.get_by_role("tab", name="What differs").wait_for()
    found = re.search(r"id=(\w+)", page.url)
    assert found
    anomaly = f"/anomaly?id={found[1]}"
    page.goto(f"{address}/analyze?sample=web-logs")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Flagged windows").wait_for()
    found = re.search(r"run=(\w+)", page.url)
    assert found
    run = f"/analyze?run={found[1]}"
    scenario = "/scenarios?sc=normal-operations"
    page.goto(address + scenario)
    played = re.compile(r"tested .* flagged")
    page.get_by_text(played).first.wait_for()
    page.goto(f"{address}/streams")
    # Rows are drawn on a canvas; the first one begins below the head, its box at the left.
    page.get_by_test_id("stDataFrame").first.click(position={"x": 16, "y": 52})
    page.wait_for_url(re.compile("stream="))
    found = re.search(r"stream=(\w+)", page.url)
    assert found
    stream = f"/streams?stream={found[1]}"
    page.goto(f"{address}/reports")
    page.get_by_role("button", name="Make the report").click()
    page.get_by_role("button", name="Verify now").wait_for()
    return {
        "Overview": View("/", ".st-key-lanes .dl-flag"),
        "Anomaly, What differs": View(f"{anomaly}&tab=What+differs", "Templates, beside the baseline"),
        "Anomaly, Fields": View(f"{anomaly}&tab=Fields", "Lines by the bits of"),
        "Anomaly, Is it chance?": View(f"{anomaly}&tab=Is+it+chance%3F", "Other compressors:"),
        "Anomaly, What if": View(f"{anomaly}&tab=What+if", "Masking X-ray"),
        "Anomaly, Context": View(f"{anomaly}&tab=Context", "Notes of this stretch"),
        "Anomaly, Record": View(f"{anomaly}&tab=Record", "Exact sizes, bytes"),
        "Anomaly, unknown": View("/anomaly?id=none", "There is no flagged window of this id"),
        "Analyze": View("/analyze", "Web shop access log"),
        "Analyze, result": View(run, "Flagged windows"),
        "Tuning lab": View("/tuning", "What would change along the stream"),
        "Scenarios": View("/scenarios", "Behavioural anomaly"),
        "Scenarios, played": View(scenario, played),
        "Streams": View("/streams", "Choose a row to open its stream"),
        **{f"Stream, {tab}": View(f"{stream}&tab={tab}", drawn) for tab, drawn in STREAM_TABS.items()},
        "Feedback, Label": View("/feedback?tab=Label", "Reaches"),
        "Feedback, Cases": View("/feedback?tab=Cases", "Choose a row to open it"),
        "Reports, Make": View("/reports", "What it holds"),
        "Reports, Archive": View("/reports?tab=Archive", "1 report, newest first"),
        "Verify": View("/verify", "The same check offline"),
        "Admin": View("/admin", "driftlock users add --owner"),
    }


NAMES: Final = (
    "Overview", *(f"Anomaly, {tab}" for tab in TABS), "Anomaly, unknown",
    "Analyze", "Analyze, result", "Tuning lab", "Scenarios", "Scenarios, played",
    "Streams", *(f"Stream, {tab}" for tab in STREAM_TABS), "Feedback, Label", "Feedback, Cases",
    "Reports, Make", "Reports, Archive", "Verify", "Admin",
)  # fmt: skip


def open_view(page: Page, address: str, view: View) -> None:
    """Go there and wait until it is drawn and nothing moves any more."""
    page.goto(address + view.path)
    if isinstance(view.drawn, str) and view.drawn.startswith("."):
        page.locator(view.drawn).first.wait_for()
    else:
        page.get_by_test_id("stMain").get_by_text(view.drawn).first.wait_for()
    idle(page)
